"""How fast the engine is, and how far numbers move on other processors."""

"""The replica engine, the tasks and networks that it trains, and what is measured on them."""

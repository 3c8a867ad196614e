"""The machinery that every experiment shares: claims, tables, running, checking, figures."""

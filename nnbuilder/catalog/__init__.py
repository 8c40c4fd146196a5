"""The tables of everything a network can be put together from."""

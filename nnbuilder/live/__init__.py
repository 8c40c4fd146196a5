"""The live view: the hub between runs and browsers, and the routes."""

"""The project as Python source: what a good teacher would write, giving the very same numbers."""

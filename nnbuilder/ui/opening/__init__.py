"""Opening files, and weights that were learned before."""

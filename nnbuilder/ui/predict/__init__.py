"""The predict page: what the network answers for one row and for many."""

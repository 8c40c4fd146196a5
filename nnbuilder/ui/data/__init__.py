"""The data page: a table is opened, looked at and made ready; points are drawn."""

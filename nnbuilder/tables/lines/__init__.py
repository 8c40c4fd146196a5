"""Text cut into rows: the separator, the names, what stands around the table, and lines that do not fit."""

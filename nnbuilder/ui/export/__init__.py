"""The export page, and the files to take home."""

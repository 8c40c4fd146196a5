"""Build, train and export neural networks; the page is in `ui`, the command line in `cli`."""

"""The build page: the project's line, training, the data rail, the network column and the output rail."""

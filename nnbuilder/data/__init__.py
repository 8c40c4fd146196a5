"""From a data set's settings to arrays, split and scaled."""

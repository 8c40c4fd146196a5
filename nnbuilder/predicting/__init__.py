"""A trained network asked about rows it has not seen: typed in, moved by sliders, pasted, or in a file."""

"""Tables a person brings: files read with every doubt told, columns typed, values as numbers."""

"""What columns hold: types, numbers, dates and labels, what is told of them, and what a network can learn."""

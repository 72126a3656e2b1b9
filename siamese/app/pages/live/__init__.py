"""*Train live*: choose, predict, press start, watch a network learn."""

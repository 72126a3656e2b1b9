"""*Compare*: two digits in, distance and verdict out."""

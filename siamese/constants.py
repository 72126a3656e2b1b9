"""What every room agrees on."""

SIDE = 28
"""Rows and columns of an image, in pixels, as in MNIST."""

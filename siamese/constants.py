"""Constants that every package uses."""

SIDE = 28
"""Rows and columns of an image, in pixels, as in MNIST."""

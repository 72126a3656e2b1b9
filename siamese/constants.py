"""Constants that several rooms share."""

SIDE = 28
"""Rows and columns of an image, in pixels, as in MNIST."""

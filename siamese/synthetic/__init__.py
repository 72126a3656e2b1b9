"""Synthetic classes, which are no digits and are drawn by code: encoders learn shapes from them."""

"""MNIST, the digits that may be trained on, and pairs of images."""

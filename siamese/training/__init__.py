"""From a recipe and the training digits to a folder that can be served. TensorFlow is imported here alone."""

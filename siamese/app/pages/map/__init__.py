"""*Map*: where the encoder puts a few thousand digits, and the visitor's two among them."""

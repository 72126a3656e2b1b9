"""*Map*: where the encoder puts a few thousand digits, and the person's own two among them."""

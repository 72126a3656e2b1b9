"""From a drawing, a picture or a photograph to the image that an encoder expects."""

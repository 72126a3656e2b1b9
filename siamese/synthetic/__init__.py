"""Classes that are no digits, drawn by code: what an encoder learns shapes from."""

"""A network trained while its user watches: the server's side, and the process that it starts."""

"""*Teach it a symbol*: one example each of new symbols, then the network tells them apart."""

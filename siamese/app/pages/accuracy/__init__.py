"""*Accuracy*: every figure of every model, exact."""

"""A trained model as it is used: its card, its encoder in LiteRT, and verdicts. No TensorFlow."""

"""A trained model as it is served: its card, its encoder in LiteRT, and its verdicts. No TensorFlow."""

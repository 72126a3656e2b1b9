"""The class: rooms in which pupils draw a test set of their own, where they are kept, and their figures."""

"""*Class*: a room in which pupils draw a test set of their own on their phones, and one big screen follows."""

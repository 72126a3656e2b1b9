"""*How it works*: weight sharing and the contrastive loss, to be moved."""

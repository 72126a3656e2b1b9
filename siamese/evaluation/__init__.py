"""The evaluation of a served model: its report, its map, its hardest pairs, and its explanations."""

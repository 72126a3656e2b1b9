"""What is measured on a served model: its report, its map, its hardest pairs, and people's drawings."""

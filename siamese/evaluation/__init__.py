"""What a served model is asked beyond a verdict.

Its report and summary, its map and neighbours, its hardest pairs, people's drawings, few-shot ranking, and occlusion.
"""

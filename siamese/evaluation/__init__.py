"""What a served model is asked beyond a verdict; `encoders` measures any other encoder, too.

Its report and summary, its map and neighbours, its hardest pairs, people's drawings, few-shot ranking, and occlusion.
"""

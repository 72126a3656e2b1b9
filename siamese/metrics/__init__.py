"""Distances, and what follows from them: rates, intervals, thresholds and calibration."""

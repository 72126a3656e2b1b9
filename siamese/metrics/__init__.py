"""Arrays in, numbers and curves out: rates, intervals, thresholds and calibration of distances."""

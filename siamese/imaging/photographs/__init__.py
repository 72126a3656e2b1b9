"""From a photograph of handwriting to its digits. OpenCV is imported when the first photograph comes."""

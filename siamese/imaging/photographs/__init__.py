"""A photograph of handwriting -> its digits. OpenCV is imported when the first picture comes."""

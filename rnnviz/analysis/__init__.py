"""One computed quantity each, NumPy in and NumPy out."""

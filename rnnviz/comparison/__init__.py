"""Several runs in one picture, side by side, subtracted, and as a table of what differs."""

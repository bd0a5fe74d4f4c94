"""Paints pictures in the window and reports where the user points."""

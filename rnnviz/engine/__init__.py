"""Trains, observes, records. Knows no window."""

"""Writes pictures as SVG, PDF, PNG, CSV and NPZ, without a window."""

"""Writes pictures as SVG, PDF, PNG, CSV and NPZ, without a window."""

from rnnviz.export.numbers import numbers_of
from rnnviz.export.write import SUFFIXES, write_picture

__all__ = ["SUFFIXES", "numbers_of", "write_picture"]

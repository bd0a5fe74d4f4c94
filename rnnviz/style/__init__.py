"""Colours, colour maps and notations as data, for screen and paper."""

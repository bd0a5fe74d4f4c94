"""Reads text files of any size and encoding and turns them into token ids, as NumPy arrays."""

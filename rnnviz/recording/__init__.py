"""Looks into a user's own PyTorch network while the user's script trains it: `rnnviz.record`."""

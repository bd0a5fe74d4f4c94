"""Two paths through one set of parameters: fused for training, explicit for looking."""

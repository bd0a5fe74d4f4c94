"""Two paths through one set of parameters: fused kernels for training, explicit steps for looking."""

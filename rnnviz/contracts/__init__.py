"""What the parts are: the frozen data that flows between them and the base class of each kind.

Nothing here imports Qt. Only `cell`, `model` and `task` import torch.
"""

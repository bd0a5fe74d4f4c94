"""rnnviz trains recurrent neural networks and shows what happens inside them while they learn."""

import os

# NumPy's OpenBLAS keeps a helper thread spinning for milliseconds after each small product, on the
# core that training or the window needs. It reads this once, so it stands before NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"

"""rnnviz trains recurrent neural networks and shows what happens inside them while they learn."""

__version__ = "0.1.0"

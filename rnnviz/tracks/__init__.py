"""Panels that several views are built of: tokens, heat maps, curves, the unrolled graph."""

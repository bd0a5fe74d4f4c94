"""One wiring of cells, embeddings and readout each. Each file here is a model."""

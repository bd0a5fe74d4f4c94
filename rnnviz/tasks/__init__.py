"""One problem each: a corpus turned into batches, a loss, a probe and samples."""

"""One picture of a run each: a pure function from a scene to a picture."""

"""One time step each: the equations of one recurrence. A new file here is a new cell."""

"""One time step each: the equations of one recurrence. Each file here is a cell; a new file is a new cell."""

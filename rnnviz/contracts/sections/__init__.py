"""The sections of a run's configuration: each field with its range, unit and help."""

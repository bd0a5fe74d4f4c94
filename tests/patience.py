"""How long a test waits for what should happen: only where something is broken, however busy the
machine.
"""

SECONDS = 200.0

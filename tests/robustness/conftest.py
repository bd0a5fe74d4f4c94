from __future__ import annotations

import os

# Windows knows no fork.
collect_ignore = ["test_short.py"] if os.name == "nt" else []

"""What `rnnviz bench` runs: every module here without a leading underscore has a `measure()` that
gives one flat object of figures.
"""

import os

# As `rnnviz.cli` does: NumPy reads it once, when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

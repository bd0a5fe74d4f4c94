"""What `rnnviz bench` runs: every module here without a leading underscore has a `measure()` that
gives one flat object of figures.
"""

# First, because it settles how many threads NumPy may use before anything imports NumPy.
import rnnviz as rnnviz

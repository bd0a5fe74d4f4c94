"""What `rnnviz bench` runs: every module here without a leading underscore has a `measure()` that
gives one flat object of figures.
"""

from rnnviz.cli import libraries

# As the program itself does; a measurement in a process of its own begins here.
libraries.settle()

"""What `rnnviz bench` runs: every module here without a leading underscore has a `measure()` that
gives one flat object of figures.
"""

"""Looks into a user's own PyTorch network while the user's script trains it: `rnnviz.record`.
Where to look:

for the script    recorder, recording; scalars and pacing
one look          glass: copying, then unrolling over what stations found, into a ledger
what is in it     attention, outcome, measured, tokens, names
the drawn graph   wiring, unrolled, describing
"""

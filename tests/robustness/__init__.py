"""What a run survives: killed writers, full disks, mutated files, two writers, long hours.

`python -m tests.robustness` does all of it in full and prints the counts (half an hour);
`test_short.py` does a little of each with the other tests.
"""

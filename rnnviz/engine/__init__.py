"""Trains, observes, records. Knows no window. Where to look:

one step               trainer, with optimizers, clipping, forcing, carried
a run from its config  session, course; runner and looker are its two threads, outbox what they say
one look               observer, inside; toll is what it costs
a run being written    run_folder: record, step_log, snapshot_files, checkpoints, presence; thinning
a run being read       run_store, playback, moments, replay; watcher and reader are threads
several runs           family, origin, compared, rival
several processes      team, distributed, parcel
"""

"""Looks without a run directory, for tests."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from rnnviz.contracts.snapshot import Snapshot
from rnnviz.recording.glass import Glass, Wishes
from rnnviz.recording.ledger import Ledger
from rnnviz.recording.outcome import kept_targets
from rnnviz.recording.probe import make_probe
from rnnviz.recording.stations import Station, stations
from rnnviz.recording.unrolling import unroll


def look(model: nn.Module, probe: Any, **wishes: Any) -> Snapshot:
    """One look at `model`; keyword arguments are `Wishes`."""
    if wishes.get("targets") is not None:
        wishes["targets"] = kept_targets(wishes["targets"], torch.device("cpu"))
    made = make_probe(probe, model, torch.device("cpu"))
    return Glass(model, made, Wishes(**wishes), "run").look(7)


def unrolled(model: nn.Module, item: int = 0) -> tuple[Ledger, tuple[Station, ...]]:
    """Unroll `model` itself."""
    found, ledger = stations(model), Ledger(item)
    unroll(model, found, ledger)
    return ledger, found

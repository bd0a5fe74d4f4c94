"""TensorBoard: every scalar of every step, the samples and the configuration as one event file."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rnnviz.contracts.history import History
from rnnviz.contracts.snapshot import Sample
from rnnviz.engine.run_store import Run
from rnnviz.export.whole import whole_folder
from rnnviz.interchange.passages import Text, Told

TAGS = {
    "loss": "loss/training",
    "validation_loss": "loss/validation",
    "metric": "metric/validation",
    "norm": "gradient/norm",
    "norm_clipped": "gradient/norm_clipped",
    "learning_rate": "optimizer/learning_rate",
    "epoch": "progress/epoch",
    "tokens": "progress/tokens",
}

OFTEN = frozenset({"validation_loss", "metric"})
"""NaN in these means that nothing was measured; in the others it is what was measured."""

_TOLD_EVERY = 500


def write(run: Run, out: Path, text: Text, told: Told) -> str:
    """Write an event file into the new folder `out`; UserError where that cannot be."""
    history = run.history
    whole_folder(out, lambda folder: _write(run, history, folder, told))
    return f"{len(history):,} steps as TensorBoard events in {out}"


def _write(run: Run, history: History, folder: Path, told: Told) -> None:
    from tensorboardX.proto.event_pb2 import Event
    from tensorboardX.record_writer import RecordWriter

    begun = _begun(run)
    name = f"events.out.tfevents.{round(begun)}.rnnviz"
    file = RecordWriter(str((folder / name).absolute()))
    try:
        file.write(Event(wall_time=begun, file_version="brain.Event:2").SerializeToString())
        for event in _events(run, history, begun, told):
            file.write(event.SerializeToString())
    finally:
        file.close()


def _events(run: Run, history: History, begun: float, told: Told) -> Iterator[Any]:
    from tensorboardX import summary
    from tensorboardX.proto.event_pb2 import Event

    config = summary.text("config", f"```toml\n{run.config.to_toml()}\n```")
    yield Event(wall_time=begun, step=0, summary=config)
    columns = {tag: history.column(name).tolist() for name, tag in TAGS.items()}
    steps, seconds = history.column("step").tolist(), history.column("seconds").tolist()
    for index, step in enumerate(steps):
        if index % _TOLD_EVERY == 0:
            told("writing", index, len(steps))
        values = {tag: column[index] for tag, column in columns.items()}
        yield Event(wall_time=begun + seconds[index], step=int(step), summary=_scalars(values))
    clock = dict(zip(map(int, steps), seconds, strict=True))
    for sample in run.samples:
        at = begun + clock.get(sample.step, 0.0)
        yield Event(wall_time=at, step=sample.step, summary=_text(sample))
    told("writing", len(steps), len(steps))


def _scalars(values: dict[str, float]) -> Any:
    from tensorboardX.proto.summary_pb2 import Summary

    rare = {TAGS[name] for name in OFTEN}
    shown = {tag: v for tag, v in values.items() if tag not in rare or not math.isnan(v)}
    return Summary(value=[Summary.Value(tag=tag, simple_value=v) for tag, v in shown.items()])


def _text(sample: Sample) -> Any:
    from tensorboardX import summary

    # Four spaces make a block of plain text: nothing in a sample is markup.
    lines = [f"    {line}" for line in sample.text.split("\n")]
    about = f"prompt `{sample.prompt!r}`, temperature {sample.temperature:g}"
    return summary.text("samples", "\n".join([about, "", *lines]))


def _begun(run: Run) -> float:
    """Seconds since 1970 when the run began; now, where the run does not say."""
    try:
        return datetime.fromisoformat(str(run.facts["begun"])).timestamp()
    except (KeyError, ValueError):
        return datetime.now(UTC).timestamp()

"""What happened at single steps of a run: the marks on its timeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "begun",
    "checkpoint",
    "sample",
    "learning_rate",
    "not_finite",
    "rewound",
    "resumed",
    "branched",
    "finished",
]


@dataclass(frozen=True, slots=True)
class Mark:
    """`text` is one line for a tooltip, "" where the kind says it all."""

    step: int
    kind: Kind
    text: str = ""

"""How a run is looked at and what is kept of it."""

from __future__ import annotations

from rnnviz.contracts.fields import Section, option


class LookConfig(Section):
    """How the run is looked at."""

    probe: str = option(
        "", "The text whose inside is shown; empty takes one from the held-out part."
    )
    budget_percent: float = option(
        5.0,
        "At most this share of the time goes into looking.",
        unit="%",
        ge=0.1,
        le=50.0,
        advanced=True,
    )
    snapshots_per_second: float = option(
        8.0, "At most this many looks a second.", unit="1/s", gt=0.0, le=60.0, advanced=True
    )
    sample_every: int = option(200, "Steps between samples.", unit="steps", ge=1, le=10_000_000)
    sample_length: int = option(
        200, "Length of a sample.", unit="tokens", ge=1, le=100_000, advanced=True
    )
    sample_prompts: tuple[str, ...] = option(("",), "Texts that samples begin with.", advanced=True)
    temperature: float = option(
        0.8, "Sharpness of sampling: low is careful, high is daring.", gt=0.0, le=10.0
    )
    record_megabytes: int = option(
        500, "Most disk space for recorded snapshots.", unit="MB", ge=1, le=1_000_000, advanced=True
    )
    checkpoints: int = option(
        20,
        "Most checkpoints kept to go back to and branch from, spread over the run.",
        ge=2,
        le=10_000,
        advanced=True,
    )
    checkpoint_megabytes: int = option(
        500,
        "Most disk space for checkpoints; the newest two stay in any case.",
        unit="MB",
        ge=1,
        le=1_000_000,
        advanced=True,
    )

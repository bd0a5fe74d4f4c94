"""What is learned, from which corpus."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator

from rnnviz.contracts.fields import Section, one_of, option


class TaskConfig(Section):
    """What is learned, from which text."""

    name: str = option(
        "language_model", "What the network learns to do.", leaf="tasks", label="task"
    )
    corpus: str = option(
        "sample:language_model/prose.txt",
        "A file or folder; `sample:` names one that ships with the program.",
    )
    encoding: str = option(
        "auto",
        "Text encoding; auto looks at byte order marks, then UTF-8, then Latin-1.",
        advanced=True,
    )
    tokens: Literal["characters", "words"] = option(
        "characters", "What one time step reads.", when="name=language_model"
    )
    vocabulary_size: int = option(
        10_000,
        "Most frequent words kept; the others become <unk>.",
        unit="words",
        when="tokens=words",
        ge=10,
        le=1_000_000,
    )
    lowercase: bool = option(False, "Read capital letters as small ones.", advanced=True)
    max_length: int = option(
        12,
        "Longer sentences are left out.",
        unit="tokens",
        when="name=translation|captions",
        ge=2,
        le=200,
    )
    picture_size: int = option(
        32,
        "Width and height to which all pictures are brought.",
        unit="pixels",
        when="name=captions",
        ge=8,
        le=128,
    )
    word: str = option(
        "udacity",
        "The letters whose end is to be noticed.",
        when="name=detection",
        min_length=1,
        max_length=40,
    )
    threshold: float = option(
        0.9, "The word counts as noticed above this probability.", when="name=detection", gt=0, lt=1
    )
    stream: Literal["corpus", "drawn"] = option(
        "corpus",
        "Read the corpus as it is, or draw its letters at random for ever with the word between.",
        when="name=detection",
    )
    word_every: int = option(
        40,
        "Letters from one word to the next, on average.",
        unit="letters",
        when="stream=drawn",
        ge=2,
        le=100_000,
    )
    balance: Literal["none", "weights", "sampling"] = option(
        "none",
        "What is done about classes of unequal size: nothing, rare ones weigh more in the loss, or "
        "every class comes up equally often.",
        when="name=name_classes",
    )
    twins: Literal["apart", "mixed"] = option(
        "apart",
        "Whether names that occur several times may be trained on and measured with as well.",
        when="name=name_classes|name_generation",
        advanced=True,
    )
    word_dropout: float = option(
        0.03,
        "Share of the words read as unknown while training, so that unknown words mean something.",
        when="name=sentiment|tagging",
        ge=0.0,
        le=0.9,
        advanced=True,
    )
    length: int = option(
        10,
        "Symbols to be copied, at most.",
        unit="symbols",
        when="name=copying",
        ge=1,
        le=200,
    )
    lengths: Literal["varied", "always the longest"] = option(
        "varied",
        "Whether sequences have every length up to the longest, or all of them the longest.",
        when="name=copying|adding|partner",
    )
    lag: int = option(
        0,
        "Blank steps before the copy begins.",
        unit="steps",
        when="name=copying",
        ge=0,
        le=2000,
    )
    distance: int = option(
        47,
        "Steps from what has to be remembered to where it is asked for, at most.",
        unit="steps",
        when="name=adding|partner",
        ge=2,
        le=2000,
    )
    test: Literal["partner", "brackets"] = option(
        "partner",
        "Ask for the partner of the first word only, or let further pairs open and close between.",
        when="name=partner",
    )
    columns: str = option(
        "", "Columns to predict, with commas between; empty takes all.", when="name=series"
    )
    flag_above: float = option(
        5.0,
        "A moment is flagged where the prediction is off by more than this many typical errors.",
        unit="σ",
        when="name=series",
        gt=0.0,
        le=1000.0,
    )
    validation_fraction: float = option(
        0.05,
        "Share of the text kept aside to measure generalisation.",
        ge=0.0,
        le=0.5,
        advanced=True,
    )

    @field_validator("name")
    @classmethod
    def _known_task(cls, value: str) -> str:
        return one_of("tasks", value)

from __future__ import annotations

import pytest

from rnnviz.engine.run_store import Run
from tests.recorded import record

TRANSLATION = {
    "task__name": "translation",
    "model__kind": "encoder_decoder",
    "model__cell": "gru",
    "model__input": "embedding",
    "model__embedding_size": 6,
    "model__attention": "additive",
    "training__batch_size": 4,
}


@pytest.fixture(scope="session")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A small LSTM over characters."""
    return record(tmp_path_factory.mktemp("letters"), model__cell="lstm")


@pytest.fixture(scope="session")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A small encoder and decoder."""
    return record(tmp_path_factory.mktemp("pairs"), **TRANSLATION)

"""Each source's letters, held against what it writes itself: equations (17) and (18) of
Ramachandran, the gates on Raschka's slides, PyTorch's reference, Goodfellow 10.8 and 10.9."""

from __future__ import annotations

import pytest

from rnnviz.contracts import discovery
from rnnviz.contracts.cell import Cell
from rnnviz.contracts.config import ModelConfig
from rnnviz.style.notation import NOTATIONS, write

SIMPLE = {
    "goodfellow": ("a^{(t)} = U x^{(t)} + W h^{(t-1)} + b", r"h^{(t)} = \tanh(a^{(t)})"),
    "pytorch": ("a_{t} = W_{ih} x_{t} + W_{hh} h_{t-1} + b", r"h_{t} = \tanh(a_{t})"),
    "raschka": (
        r"a^{\langle t \rangle} = W_{hx} x^{\langle t \rangle} + W_{hh} h^{\langle t-1 \rangle}"
        " + b_{h}",
        r"h^{\langle t \rangle} = \tanh(a^{\langle t \rangle})",
    ),
    "udacity": ("a_{t} = W_{x} x_{t} + W_{s} s_{t-1} + b", r"s_{t} = \tanh(a_{t})"),
    "ramachandran": ("h_{t} = W x_{t} + U s_{t-1} + b", r"s_{t} = \tanh(h_{t})"),
}
FORGET = {
    "goodfellow": r"f^{(t)} = \sigma(U_{f} x^{(t)} + W_{f} h^{(t-1)} + b_{f})",
    "pytorch": r"f_{t} = \sigma(W_{if} x_{t} + W_{hf} h_{t-1} + b_{f})",
    "raschka": r"f^{\langle t \rangle} = \sigma(W_{fx} x^{\langle t \rangle} + "
    r"W_{fh} h^{\langle t-1 \rangle} + b_{f})",
    "udacity": r"f_{t} = \sigma(W_{xf} x_{t} + W_{sf} s_{t-1} + b_{f})",
    "ramachandran": r"f_{t} = \sigma(W_{f} x_{t} + U_{f} s_{t-1} + b_{f})",
}
CANDIDATE = {
    "goodfellow": r"n^{(t)} = \tanh(U_{n} x^{(t)} + b_{n} + "
    r"r^{(t)} \odot (W_{n} h^{(t-1)} + b_{n}'))",
    "pytorch": r"n_{t} = \tanh(W_{in} x_{t} + b_{n} + r_{t} \odot (W_{hn} h_{t-1} + b_{n}'))",
    "raschka": r"n^{\langle t \rangle} = \tanh(W_{nx} x^{\langle t \rangle} + b_{n} + "
    r"r^{\langle t \rangle} \odot (W_{nh} h^{\langle t-1 \rangle} + b_{n}'))",
    "udacity": r"n_{t} = \tanh(W_{xn} x_{t} + b_{n} + r_{t} \odot (W_{sn} s_{t-1} + b_{n}'))",
    "ramachandran": r"n_{t} = \tanh(W_{n} x_{t} + b_{n} + r_{t} \odot (U_{n} s_{t-1} + b_{n}'))",
}


def written(cell: str, result: str, notation: str) -> str:
    info = discovery.find("cells", cell, Cell)(ModelConfig(cell=cell)).info
    found = next(equation for equation in info.equations if equation.result == result)
    return write(found.symbols, notation)


@pytest.mark.parametrize("notation", NOTATIONS)
def test_letters_of_every_source(notation: str) -> None:
    simple = written("simple_rnn", "a", notation), written("simple_rnn", "h", notation)
    assert simple == SIMPLE[notation]
    assert written("lstm", "f", notation) == FORGET[notation]
    assert written("gru", "n", notation) == CANDIDATE[notation]


@pytest.mark.parametrize(
    ("notation", "state"),
    [("goodfellow", "h^{(t-5)}"), ("pytorch", "h_{t-5}"), ("udacity", "s_{t-5}")],
)
def test_states_further_back_follow_the_notation(notation: str, state: str) -> None:
    assert rf"S\, {state} +" in written("skip_rnn", "a", notation)


def test_letters_of_whole_matrices() -> None:
    # As legends and arrows write them, whatever the cell.
    letters = {name: tuple(write(f"{{{m}}}", name) for m in "WUV") for name in NOTATIONS}
    assert letters == {
        "goodfellow": ("U", "W", "V"),
        "pytorch": ("W_{ih}", "W_{hh}", "W_{out}"),
        "raschka": ("W_{hx}", "W_{hh}", "W_{yh}"),
        "udacity": ("W_{x}", "W_{s}", "W_{y}"),
        "ramachandran": ("W", "U", "V"),
    }

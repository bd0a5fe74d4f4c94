"""The letters of each textbook and lecture deck for the same quantities, and how an equation is
written in them.

Placeholders are those of `contracts.structure.Equation`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notation:
    """How one source writes things.

    state, memory, input  mathtext with `{t}` for the time index, e.g. `h_{t}` or `h^{(t)}`
    input_weight, state_weight, output_weight, bias  letters of the matrices; `{block}` stands for
        the gate as a subscript, `{sub}` for its name, both empty where a cell has no gates, `{to}`
        for what the product goes to: the gate, else the state
    preactivation         letter of what the activation function is applied to
    """

    name: str
    title: str
    input: str
    state: str
    memory: str
    other: str
    input_weight: str
    state_weight: str
    output_weight: str
    bias: str
    preactivation: str = "a"


NOTATIONS: dict[str, Notation] = {
    n.name: n
    for n in (
        Notation(
            "goodfellow", "Goodfellow et al.: U x⁽ᵗ⁾ + W h⁽ᵗ⁻¹⁾",
            "x^{({t})}", "h^{({t})}", "c^{({t})}", "{q}^{({t})}",
            "U{block}", "W{block}", "V", "b{block}",
        ),
        Notation(
            "pytorch", "PyTorch: W_ih xₜ + W_hh hₜ₋₁",
            "x_{{t}}", "h_{{t}}", "c_{{t}}", "{q}_{{t}}",
            "W_{i{to}}", "W_{h{to}}", "W_{out}", "b{block}",
        ),
        Notation(
            "raschka", "Raschka: W_hx x⟨t⟩ + W_hh h⟨t−1⟩",
            "x^{\\langle {t} \\rangle}", "h^{\\langle {t} \\rangle}", "c^{\\langle {t} \\rangle}",
            "{q}^{\\langle {t} \\rangle}",
            "W_{{to}x}", "W_{{to}h}", "W_{yh}", "b_{{to}}",
        ),
        Notation(
            "udacity", "Udacity notes: xₜ W_x + sₜ₋₁ W_s",
            "x_{{t}}", "s_{{t}}", "c_{{t}}", "{q}_{{t}}",
            "W_{x{sub}}", "W_{s{sub}}", "W_{y}", "b{block}",
        ),
        Notation(
            "ramachandran", "Ramachandran: W xₜ + U sₜ₋₁",
            "x_{{t}}", "s_{{t}}", "c_{{t}}", "{q}_{{t}}",
            "W{block}", "U{block}", "V", "b{block}", "h",
        ),
    )
}  # fmt: skip

_PLACEHOLDER = re.compile(r"\{([A-Za-z_]+)(?::([a-z]+))?(-\d*)?\}")


def write(symbols: str, notation: str) -> str:
    """An equation's `symbols` as mathtext (without dollar signs) in the letters of `notation`."""
    letters = NOTATIONS[notation]

    def put(match: re.Match[str]) -> str:
        name, block, earlier = match.groups()
        # `-` is one step back, `-5` five of them.
        time = "t" if not earlier else "t-1" if earlier == "-" else f"t{earlier}"
        return _symbol(letters, name, block or "", time)

    return _PLACEHOLDER.sub(put, symbols)


def _symbol(letters: Notation, name: str, block: str, time: str) -> str:
    weights = {
        "W": letters.input_weight,
        "U": letters.state_weight,
        "V": letters.output_weight,
        "b": letters.bias,
    }
    if name in weights:
        subscript = f"_{{{block}}}" if block else ""
        letter = weights[name].replace("{block}", subscript).replace("{sub}", block)
        return letter.replace("{to}", block or "h")
    before = letters.other.replace("{q}", letters.preactivation)
    known = {"x": letters.input, "h": letters.state, "c": letters.memory, "a": before}
    return known.get(name, letters.other).replace("{q}", name).replace("{t}", time)

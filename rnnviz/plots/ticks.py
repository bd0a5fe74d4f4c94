"""Where an axis is marked and how its numbers are written."""

from __future__ import annotations

import math

from rnnviz.contracts.picture import Axis

Tick = tuple[float, str]
_LARGEST = 300.0  # power of ten that a float still holds

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def ticks(axis: Axis, low: float, high: float, count: int) -> list[Tick]:
    """At most about `count` marks between `low` and `high`, in data coordinates."""
    if axis.ticks:
        return [tick for tick in axis.ticks if low <= tick[0] <= high]
    if axis.log:
        return _log_ticks(low, high, count)
    whole = bool(axis.dim or axis.texts)
    return _linear_ticks(low, high, count, whole, axis.ids)


def number(value: float, step: float = 0.0) -> str:
    """A tick number: a true minus, thousands set apart, as many decimals as `step` needs."""
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 1e6 or size < 1e-4:
        return _scientific(value)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9)) if step else 0
    if step and _is_shorter(step, decimals):
        decimals += 1
    return f"{value:,.{decimals}f}".replace("-", "−").replace(",", "\u2009")


def short(value: float) -> str:
    """A number in at most 4 significant digits, for read-outs and tables."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    text = f"{value:.4g}"
    if "e" in text:
        return _scientific(value)
    return text.replace("-", "−")


def power_of_ten(exponent: int) -> str:
    """10 with a raised exponent."""
    return "10" + str(exponent).translate(_SUPERSCRIPT)


def step_between(span: float, count: int, whole: bool = False) -> float:
    """The 1-2-5 step that puts at most `count` marks into `span`."""
    rough = span / max(count, 1)
    base = 10.0 ** math.floor(math.log10(rough))
    step = next((base * factor for factor in (1, 2, 5) if base * factor >= rough), base * 10)
    return max(step, 1.0) if whole else step


def _linear_ticks(
    low: float, high: float, count: int, whole: bool, ids: tuple[int, ...]
) -> list[Tick]:
    step = step_between(high - low, count, whole)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    positions = [index * step for index in range(first, last + 1)]
    return [(at, _position_text(at, step, ids)) for at in positions]


def _position_text(position: float, step: float, ids: tuple[int, ...]) -> str:
    """On sorted rows the number of the unit that stands there, not of the row."""
    if ids:
        row = round(position)
        return str(ids[row]) if 0 <= row < len(ids) else ""
    return number(position, step)


def _log_ticks(low: float, high: float, count: int) -> list[Tick]:
    first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
    if last - first >= 1:
        stride = max(1, math.ceil((last - first + 1) / max(count, 1)))
        return [
            (float(power), power_of_ten(power))
            for power in range(first, last + 1)
            if power % stride == 0
        ]
    return _within_decade(low, high, count)


def _within_decade(low: float, high: float, count: int) -> list[Tick]:
    if high > _LARGEST:
        return []
    span = 10.0**high - 10.0**low
    if span <= 10.0**high * 1e-12:
        return []
    step = step_between(span, count)
    first, last = math.ceil(10**low / step), math.floor(10**high / step)
    values = [index * step for index in range(first, last + 1) if index > 0]
    return [(math.log10(value), number(value, step)) for value in values]


def _scientific(value: float) -> str:
    mantissa, exponent = f"{value:.2e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".").replace("-", "−")
    power = power_of_ten(int(exponent))
    return {"1": power, "−1": f"−{power}"}.get(mantissa, f"{mantissa}·{power}")


def _is_shorter(step: float, decimals: int) -> bool:
    """Whether `decimals` would round a step such as 0.25 away."""
    return abs(round(step, decimals) - step) > step * 1e-6

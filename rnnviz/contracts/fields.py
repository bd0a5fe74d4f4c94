"""How a field of the configuration is declared: its default and range, and what a form has to say
about it.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from rnnviz.contracts import discovery


class Section(BaseModel):
    """A frozen group of fields; unknown names and numbers that are not finite are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, allow_inf_nan=False)


def option(
    default: Any,
    help: str,
    *,
    unit: str = "",
    leaf: str = "",
    advanced: bool = False,
    when: str = "",
    label: str = "",
    **limits: Any,
) -> Any:
    """A field with what the form needs to know.

    unit      written behind the value
    leaf      folder whose part names are the choices
    advanced  folded away at first
    when      `field=value|value` of the same section: shown only then
    label     what the form calls it; "" for its name
    """
    extra: dict[str, Any] = {
        "unit": unit,
        "leaf": leaf,
        "advanced": advanced,
        "when": when,
        "label": label,
    }
    return Field(default, description=help, json_schema_extra=extra, **limits)


def one_of(folder: str, value: str) -> str:
    """`value` where it names a leaf of `folder`; ValueError names those that there are."""
    known = discovery.names(folder)
    if value not in known:
        raise ValueError(f"unknown; choose one of {', '.join(known)}")
    return value

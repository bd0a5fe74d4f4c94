"""rnnviz trains recurrent neural networks and shows what happens inside them while they learn.

`rnnviz.record` looks inside a network of your own while your own script trains it. Importing this
package imports neither PyTorch nor Qt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rnnviz.recording.recorder import record as record
    from rnnviz.recording.recording import Recording as Recording

__version__ = "0.1.0"
__all__ = ["Recording", "__version__", "record"]


def __getattr__(name: str) -> Any:
    if name in ("record", "Recording"):
        from rnnviz.recording import recorder

        return getattr(recorder, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

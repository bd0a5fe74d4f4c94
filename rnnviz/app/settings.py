"""What the program remembers between starts: one JSON file, written whole, never read half.

A damaged file is put aside under another name and the defaults are used.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_data_path

MOST_RECENT = 12


@dataclass
class Settings:
    """Remembered choices. `layout` is the window's dock state in base 64; `options` are view
    options by view.
    """

    theme: str = "system"
    notation: str = "goodfellow"
    font_scale: float = 1.0
    geometry: tuple[int, int] = (1440, 900)
    layout: str = ""
    recent_runs: list[str] = field(default_factory=list)
    recent_corpora: list[str] = field(default_factory=list)
    options: dict[str, dict[str, Any]] = field(default_factory=dict)
    export_folder: str = ""

    def remember_run(self, path: Path) -> None:
        """Put a run at the head of the recent ones."""
        self.recent_runs = _first(str(path), self.recent_runs)

    def remember_corpus(self, path: str) -> None:
        """Put a corpus at the head of the recent ones."""
        self.recent_corpora = _first(path, self.recent_corpora)


def settings_path() -> Path:
    """Where the settings lie; `RNNVIZ_CONFIG` names another folder."""
    folder = os.environ.get("RNNVIZ_CONFIG")
    return (Path(folder) if folder else user_config_path("rnnviz")) / "settings.json"


def runs_path() -> Path:
    """Where runs started in the window are kept; `RNNVIZ_RUNS` names another folder."""
    folder = os.environ.get("RNNVIZ_RUNS")
    return Path(folder) if folder else user_data_path("rnnviz") / "runs"


def load(path: Path) -> Settings:
    """The remembered settings, defaults where there are none or the file is damaged."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        known = {f.name: data[f.name] for f in fields(Settings) if f.name in data}
        return _checked(Settings(**known))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, TypeError, AttributeError):
        _put_aside(path)
        return Settings()


def save(settings: Settings, path: Path) -> None:
    """Write the settings whole or not at all; a full or read-only disk loses only the newest
    choices.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(settings), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError:
        return


def _checked(settings: Settings) -> Settings:
    default = Settings()
    for f in fields(Settings):
        expected = getattr(default, f.name)
        value = getattr(settings, f.name)
        if isinstance(expected, float) and isinstance(value, int):
            setattr(settings, f.name, float(value))
        elif isinstance(expected, tuple):
            width, height = value
            setattr(settings, f.name, (int(width), int(height)))
        elif not isinstance(value, type(expected)):
            raise TypeError(f.name)
    settings.font_scale = min(3.0, max(0.5, settings.font_scale))
    return settings


def _put_aside(path: Path) -> None:
    try:
        path.rename(path.with_name(f"{path.name}.damaged-{int(time.time())}"))
    except OSError:
        return


def _first(item: str, items: list[str]) -> list[str]:
    return [item, *(other for other in items if other != item)][:MOST_RECENT]

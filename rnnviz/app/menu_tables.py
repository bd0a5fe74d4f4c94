"""What stands in the menus, in order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from rnnviz.app.layouts import LAYOUTS
from rnnviz.app.menus import Command
from rnnviz.contracts.view import GROUPS
from rnnviz.engine import recipes
from rnnviz.interchange.formats import FORMATS
from rnnviz.style.notation import NOTATIONS

if TYPE_CHECKING:
    from rnnviz.app.window import MainWindow

Keys = QKeySequence.StandardKey
Table = list[Command | None]


def menu_tables(window: MainWindow) -> dict[str, Table]:
    """All menus of the window by title."""
    return {
        "&File": _file(window),
        "&Run": _run(window),
        "R&ecipes": [
            Command(f"recipe_{r.name}", r.title, partial(window.use_recipe, r.name), tip=r.sentence)
            for r in recipes.every()
        ],
        "&View": _views(window),
        "&Layout": _layouts(window),
        "&Inspect": _inspect(window),
        "&Timeline": _timeline(window),
        "&Help": _help(window),
    }


def _file(window: MainWindow) -> Table:
    return [
        Command("home", "&Start page", window.show_welcome, "Ctrl+Home"),
        Command(
            "open",
            "&Open…",
            window.opener.ask_file,
            Keys.Open,
            "A text, sentence pairs, or a recipe",
        ),
        Command(
            "open_folder",
            "Open &folder…",
            window.opener.ask_folder,
            "Ctrl+Shift+O",
            "A folder of texts, or a run",
        ),
        Command(
            "runs", "&Runs…", window.runs.browse, "Ctrl+Shift+R", "All runs: open, compare, delete"
        ),
        None,
        Command(
            "export_all", "&Export all views…", partial(window.exporter.ask, ""), "Ctrl+Shift+E"
        ),
        Command(
            "export_front",
            "E&xport the view under the pointer…",
            window.exporter.ask_hovered,
            "Ctrl+E",
        ),
        Command(
            "copy", "&Copy the view under the pointer", window.exporter.copy_hovered, Keys.Copy
        ),
        None,
        *(
            Command(
                f"convert_{f.name}",
                f"Write {f.title}…",
                partial(window.exporter.convert, f),
                tip=f.sentence,
            )
            for f in FORMATS
        ),
        None,
        Command("reveal", "Show the run's &folder", window.exporter.reveal_run),
        None,
        Command("quit", "&Quit", window.close, "Ctrl+Q"),
    ]


def _run(window: MainWindow) -> Table:
    return [
        Command("toggle", "&Train or pause", window.toggle, "Space"),
        Command("one_step", "&One step", window.control.step, "F10"),
        Command("stop", "&Save and end", window.control.stop, "Ctrl+."),
        None,
        Command("sample", "&Write a sample now", window.write_sample, "Ctrl+R"),
        Command("rewind", "&Back to the last good state", window.control.rewind),
        None,
        Command(
            "resume",
            "&Continue this run",
            window.control.resume,
            tip="Train on where it stopped, in its own folder",
        ),
        Command(
            "branch",
            "Branch &from here",
            window.branch,
            tip="A new run with the form's options, from the kept state nearest to what is shown",
        ),
    ]


def _views(window: MainWindow) -> Table:
    rows: Table = [
        Command("view_experiment", "E&xperiment", partial(window.show_view, "experiment")),
        None,
    ]
    for number, group in enumerate(GROUPS, start=1):
        rows += [
            Command(
                f"view_{name}",
                host.view.title,
                partial(window.show_view, name),
                tip=host.view.sentence,
                under=f"&{number} {group}",
            )
            for name, host in window.workspace.hosts.items()
            if host.view.group == group
        ]
    return rows


def _layouts(window: MainWindow) -> Table:
    rows: Table = [
        Command(
            f"layout_{name.lower()}",
            f"&{number} {name}",
            partial(window.use_layout, name),
            f"Ctrl+{number}",
        )
        for number, name in enumerate(LAYOUTS, start=1)
    ]
    current = window.settings.theme
    rows += [None, Command("reset_layout", "&Reset layout", window.reset_layout, "Ctrl+Shift+0")]
    rows += [None]
    rows += [
        Command(
            f"theme_{name}",
            text,
            partial(window.appearance.use_theme, name),
            group="theme",
            checked=name == current,
        )
        for name, text in (
            ("system", "Colours of the &system"),
            ("light", "Li&ght"),
            ("dark", "&Dark"),
            ("contrast", "High &contrast"),
        )
    ]
    rows += [
        None,
        Command("larger", "&Larger type", partial(window.appearance.scale_font, 1.1), Keys.ZoomIn),
        Command(
            "smaller", "S&maller type", partial(window.appearance.scale_font, 1 / 1.1), Keys.ZoomOut
        ),
        Command("normal", "&Normal type", partial(window.appearance.scale_font, 0.0), "Ctrl+0"),
        Command("full_screen", "F&ull screen", window.toggle_full_screen, "F11"),
    ]
    return rows


def _inspect(window: MainWindow) -> Table:
    go = window.navigator
    rows: Table = [
        Command("time_next", "Next time step", partial(go.move, "time", 1), "Right"),
        Command("time_previous", "Previous time step", partial(go.move, "time", -1), "Left"),
        Command("unit_next", "Next unit", partial(go.move, "unit", 1), "Down"),
        Command("unit_previous", "Previous unit", partial(go.move, "unit", -1), "Up"),
        Command("layer_next", "Next layer", partial(go.move, "layer", 1), "Ctrl+Up"),
        Command("layer_previous", "Previous layer", partial(go.move, "layer", -1), "Ctrl+Down"),
        Command("back", "Back: zoom, then selection", window.back, "Esc"),
        Command("fit", "Fit all views", window.fit, "F"),
        None,
    ]
    current = window.settings.notation
    rows += [
        Command(
            f"notation_{n.name}",
            n.title,
            partial(window.appearance.use_notation, n.name),
            group="notation",
            checked=n.name == current,
        )
        for n in NOTATIONS.values()
    ]
    return rows


def _timeline(window: MainWindow) -> Table:
    go = window.travel
    return [
        Command("play_record", "&Play the recorded snapshots, or rest", go.toggle_play, "P"),
        Command("snapshot_next", "&Next snapshot", partial(go.move, 1), "]", also="."),
        Command("snapshot_previous", "P&revious snapshot", partial(go.move, -1), "[", also=","),
        Command("snapshot_first", "&First snapshot", go.first, "Home"),
        Command("live", "Follow the &newest step", go.live, "End"),
    ]


def _help(window: MainWindow) -> Table:
    return [
        Command("commands", "&Find a command…", window.show_commands, "Ctrl+K"),
        Command("keys", "&Keys and mouse", partial(window.show_help, "keys"), "F1"),
        Command("log", "&Log", partial(window.show_help, "log")),
        Command("diagnostics", "Copy &diagnostics", partial(window.show_help, "diagnostics")),
        Command("about", "&About rnnviz", partial(window.show_help, "about")),
    ]

"""Export and copy: asks, draws the picture as it is now, writes it beside the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QCursor, QDesktopServices
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from rnnviz.app.export_dialog import ANIMATIONS, ExportDialog, ExportWish
from rnnviz.app.jobs import Job
from rnnviz.app.long_export import LongExport, Told
from rnnviz.app.run_model import RunModel
from rnnviz.app.settings import Settings
from rnnviz.app.view_host import ViewHost
from rnnviz.app.workspace import Workspace
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.picture import Picture
from rnnviz.contracts.view import Scene, View
from rnnviz.interchange.formats import Format


class Exporter(QObject):
    """Writes views to files. `told` says what was written, `failed` why not."""

    told = Signal(str)
    failed = Signal(str)

    def __init__(
        self, workspace: Workspace, settings: Settings, run: RunModel, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("exporter")
        self._workspace, self._settings, self._window = workspace, settings, parent
        self._run = run
        self.long = LongExport(self)
        self.long.told.connect(self.told)
        self.long.failed.connect(self.failed)

    def ask(self, name: str) -> None:
        """Ask how and where to, for one view or (name empty) for all, and write."""
        dark = "dark" if self._settings.theme == "dark" else "light"
        folder, steps = self._settings.export_folder, self._run.step
        dialog = ExportDialog(name, folder, dark, self._window, steps)
        if dialog.exec():
            self.write(name, dialog.wish())
        dialog.deleteLater()

    def write(self, name: str, wish: ExportWish) -> None:
        """Draw now, write beside the window."""
        names = [name] if name else list(self._workspace.hosts)
        pictures = {view: self._workspace.hosts[view].picture() for view in names}
        pictures = {view: picture for view, picture in pictures.items() if not picture.message}
        if not pictures:
            self.failed.emit("There is nothing to export yet: train a network first.")
            return
        self._settings.export_folder = str(wish.path.parent)
        if wish.suffix in ANIMATIONS:
            self._animate(name, wish)
            return
        job = Job(lambda: _write(pictures, wish, whole=not name), "export", self)
        job.done.connect(self._on_done)
        job.failed.connect(self._on_failed)
        job.start()

    def _animate(self, name: str, wish: ExportWish) -> None:
        host, folder = self._workspace.hosts[name], self._run.path
        if folder is None or not folder.is_dir():
            self.failed.emit("This run is not recorded: an animation shows recorded steps.")
            return
        view, scene = host.view, host.scene()
        self.long.start(
            f"Writing {wish.path.name}", lambda told: _film(folder, view, scene, wish, told)
        )

    def convert(self, chosen: Format) -> None:
        """Ask where to, and write the open run in the format of another tool."""
        folder = self._run.path
        if folder is None or not folder.is_dir():
            self.failed.emit("There is no recorded run to write: train or open one first.")
            return
        start = Path(self._settings.export_folder or Path.home()) / f"{folder.name}-{chosen.name}"
        target, _ = QFileDialog.getSaveFileName(
            self._window, f"{chosen.title}: a new folder", str(start)
        )
        if target:
            self.write_for(chosen, folder, Path(target))

    def write_for(self, chosen: Format, folder: Path, target: Path) -> None:
        """Write the run in `folder` into the new folder `target`."""
        self._settings.export_folder = str(target.parent)
        self.long.start(
            f"Writing {target.name}", lambda told: _converted(chosen, folder, target, told)
        )

    def _on_done(self, message: str) -> None:
        self.told.emit(message)

    def _on_failed(self, error: Exception) -> None:
        self.failed.emit(
            str(error) if isinstance(error, UserError) else f"Could not export: {error}."
        )

    def ask_hovered(self) -> None:
        """Export the view under the pointer."""
        host = self._hovered()
        self.ask(host.view.name if host else "")

    def copy_hovered(self) -> None:
        """Copy the view under the pointer, as a picture."""
        host = self._hovered()
        if host is None:
            self.failed.emit("Point at the view to copy, then press Ctrl+C.")
            return
        host.painter.copy_to_clipboard()
        self.told.emit(f"{host.view.title} is on the clipboard.")

    def reveal_run(self) -> None:
        """Open the run's folder in the file manager."""
        folder = self._run.path
        if folder is None or not folder.is_dir():
            self.failed.emit("This run has no folder yet; it is made when training begins.")
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _hovered(self) -> ViewHost | None:
        widget: QWidget | None = QApplication.widgetAt(QCursor.pos())
        while widget is not None and not isinstance(widget, ViewHost):
            widget = widget.parentWidget()
        return widget


def _write(pictures: dict[str, Picture], wish: ExportWish, whole: bool) -> str:
    from rnnviz.export import write_picture

    height = wish.height or None
    if not whole:
        (picture,) = pictures.values()
        write_picture(picture, wish.path, wish.theme, wish.width, height, wish.dpi)
        return f"Written: {wish.path}"
    _make_folder(wish.path)
    for name, picture in pictures.items():
        write_picture(
            picture, wish.path / f"{name}.{wish.suffix}", wish.theme, wish.width, height, wish.dpi
        )
    return f"Written: {len(pictures)} views into {wish.path}"


def _film(folder: Path, view: View, scene: Scene, wish: ExportWish, told: Told) -> str:
    from rnnviz.engine.playback import Playback
    from rnnviz.engine.replay import Range, Replay
    from rnnviz.export.animation import Play, write_animation
    from rnnviz.export.film import Look

    _make_folder(wish.path.parent)
    replay = Replay(Playback(folder), view, scene, Range(wish.first, wish.last))
    look = Look(wish.theme, wish.width, wish.height or None, wish.dpi)
    play = Play(replay.steps, replay.picture, wish.fps)
    shown = write_animation(play, wish.path, wish.suffix, look, told)
    return f"Written: {shown:,} steps as {wish.path}"


def _converted(chosen: Format, folder: Path, target: Path, told: Told) -> str:
    from rnnviz.engine.run_store import Run
    from rnnviz.interchange.passages import Text

    return f"Written: {chosen.write(Run.open(folder), target, Text(), told)}"


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"Cannot make the folder {path} ({error.strerror}): choose another one."
        ) from None

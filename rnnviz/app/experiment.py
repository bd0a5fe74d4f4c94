"""The left panel: which corpus, which network, how trained, and how large that will be."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from rnnviz.app.config_form import ConfigForm
from rnnviz.contracts import fitting
from rnnviz.contracts.config import RunConfig
from rnnviz.contracts.shipped import shipped
from rnnviz.contracts.snapshot import CorpusSummary
from rnnviz.contracts.structure import Structure
from rnnviz.tracks.caption import plural


def corpus_title(name: str) -> str:
    """A corpus as the user knows it: its file name."""
    return name.rsplit("/", 1)[-1] or name


class ExperimentPanel(QWidget):
    """Corpus chooser, form, and the sizes that follow. `changed` carries a valid configuration."""

    changed = Signal(object)
    open_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("experiment")
        self.corpora = QComboBox(self)
        self.corpora.setObjectName("task.corpus")
        self.corpora.setAccessibleName("Corpus")
        self.corpora.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.corpora.setMinimumContentsLength(7)
        self.open_button = QPushButton("Open…", self)
        self.open_button.setObjectName("open_corpus")
        self.open_button.setAccessibleName("Open a corpus")
        self.open_button.setToolTip("A text, a table, a recipe or a run of your own (Ctrl+O)")
        self.facts = QLabel("", self)
        self.facts.setObjectName("corpus_facts")
        self.facts.setAccessibleName("About the corpus")
        self.facts.setWordWrap(True)
        self.facts.setProperty("role", "muted")
        self.form = ConfigForm(self)
        self.sizes = QLabel("", self)
        self.sizes.setObjectName("parameter_count")
        self.sizes.setAccessibleName("Size of the network")
        self.sizes.setWordWrap(True)
        self.sizes.setProperty("role", "footer")
        self._recent: list[str] = []
        self._build()
        self.corpora.activated.connect(self._on_corpus)
        self.open_button.clicked.connect(self.open_wanted)
        self.form.changed.connect(self._on_form)
        self.show_config(RunConfig())

    def _build(self) -> None:
        chooser = QHBoxLayout()
        chooser.addWidget(self.corpora, 1)
        chooser.addWidget(self.open_button)
        self._inside = QWidget(self)
        self._inside.setObjectName("experiment_inside")
        self._inside.installEventFilter(self)
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(12, 4, 12, 8)
        column.addLayout(chooser)
        column.addWidget(self.facts)
        column.addWidget(self.form, 1)
        self._scroll = scroll = QScrollArea(self)
        scroll.setObjectName("experiment_scroll")
        scroll.setWidget(self._inside)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scroll, 1)
        layout.addWidget(self.sizes)

    def minimumSizeHint(self) -> QSize:
        """Wide enough that no field is cut off, whatever the size of type."""
        beside = self._scroll.verticalScrollBar().sizeHint().width()
        return QSize(self._inside.minimumSizeHint().width() + beside, 120)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Rows that come or go change how narrow the panel may be, which the dock does not notice.
        if watched is self._inside and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def set_recent(self, paths: list[str]) -> None:
        """Corpora the user opened before."""
        self._recent = paths
        self._list_corpora()

    def config(self) -> RunConfig:
        """The configuration as it stands."""
        return self._config

    def show_config(self, config: RunConfig) -> None:
        """Fill in a configuration; nobody is told."""
        self._config = config
        self.form.show_config(config)
        self._list_corpora()

    def set_corpus(self, path: str, task: str) -> None:
        """Choose a corpus from outside; the task follows from its kind."""
        if task != self._config.task.name:
            self.form.with_value("task.name", task)
        self.form.with_value("task.corpus", path)

    def _list_corpora(self) -> None:
        self.corpora.blockSignals(True)
        self.corpora.clear()
        root, task = shipped("sample_corpora"), self._config.task.name
        folder, suffixes = root / task, fitting.suffixes(task)
        self.corpora.setToolTip(
            f"What to learn from: {fitting.formats(task)}.\n"
            "You can also drop a file or folder on the window."
        )
        for path in sorted(path for path in folder.glob("*") if _reads(suffixes, path)):
            self.corpora.addItem(path.stem, f"sample:{path.relative_to(root).as_posix()}")
        for recent in self._recent:
            if Path(recent).suffix in suffixes and not recent.startswith("sample:"):
                self.corpora.addItem(corpus_title(recent), recent)
        if self.corpora.findData(self._config.task.corpus) < 0:
            self.corpora.addItem(corpus_title(self._config.task.corpus), self._config.task.corpus)
        self.corpora.setCurrentIndex(self.corpora.findData(self._config.task.corpus))
        self.corpora.blockSignals(False)

    def _on_corpus(self) -> None:
        self.form.with_value("task.corpus", self.corpora.currentData())

    def _on_form(self, config: RunConfig) -> None:
        self._config = config
        self._list_corpora()
        self.changed.emit(config)

    def show_corpus(self, summary: CorpusSummary | None) -> None:
        """What the corpus turned out to be."""
        if summary is None:
            self.facts.setText("")
            return
        lines = [
            f"{summary.token_count:,} {summary.unit} · {plural(summary.vocabulary_size, 'kind')}"
            f" · {summary.encoding}"
        ]
        if summary.chunks_train:
            chunks = f"{summary.chunks_train:,} + {summary.chunks_validation:,}"
            lines.append(f"{summary.rows} rows × {chunks} chunks of {summary.chunk_length}")
        lines += summary.warnings
        self.facts.setText("\n".join(lines))

    def show_structure(self, structure: Structure | None) -> None:
        """How large the network is."""
        if structure is None:
            self.sizes.setText("")
            return
        size = sum(p.count * p.bytes_each for p in structure.parameters) / 1e6
        self.sizes.setText(f"<b>{structure.parameter_count:,}</b> parameters · {size:.2f} MB")


def _reads(suffixes: tuple[str, ...], path: Path) -> bool:
    if path.is_dir():
        return "" in suffixes and not path.name.startswith("_")
    return path.suffix in suffixes and path.suffix != ""

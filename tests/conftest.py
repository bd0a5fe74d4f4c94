"""What every test of a window gets for free: no screen needed, and nothing may be left behind."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before anything imports Qt
if "PYTEST_XDIST_WORKER" in os.environ:  # before anything imports PyTorch
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # the workers share the cores

import threading
import time
import traceback
from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests import patience

_PASSED = pytest.StashKey[bool]()
# Said by the offscreen platform about size limits, and by machines with few fonts.
_HARMLESS = ("This plugin does not support propagateSizeHints", "OpenType support missing for")
_LONGEST_WAIT = int(1000 * patience.SECONDS)
_LASTING = {"QTipLabel"}  # Qt keeps one tool tip for the whole program

# How long an example takes says nothing on a busy machine.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


class Patient(QtBot):
    """Waits for what happens, not for a time."""

    def waitUntil(self, callback: Callable[[], object], *, timeout: int = _LONGEST_WAIT) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = _LONGEST_WAIT, **more: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **more)


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Caches, settings, runs and logs of the one who runs the tests are not touched."""
    with pytest.MonkeyPatch.context() as patch:
        for kind in ("CACHE", "CONFIG", "DATA", "STATE"):
            patch.setenv(f"XDG_{kind}_HOME", str(tmp_path_factory.mktemp(kind.lower())))
        yield


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """pytest-qt's, with patience."""
    return Patient(request)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Any warning of Qt fails the test that caused it."""
    for item in items:
        item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
        item.add_marker(pytest.mark.qt_log_ignore(*_HARMLESS))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, Any]:
    """Remember whether the test passed: leaks after a failure would hide its cause."""
    report = yield
    if report.when == "call":
        item.stash[_PASSED] = report.passed
    return report


@pytest.fixture(autouse=True)
def leaves_nothing(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Fail a test that leaves a window, a running timer or a thread; say where it was started."""
    windows, threads = set(_windows()), set(threading.enumerate())
    started = _record_starts(monkeypatch)
    yield
    if request.node.stash.get(_PASSED, False):
        _settle()
        left = _left_windows(windows) + _left_running(started) + _left_threads(threads)
        assert not left, "left behind:\n" + "\n".join(left)


def _record_starts(monkeypatch: pytest.MonkeyPatch) -> list[tuple[QObject, str]]:
    """A list that grows by each timer and thread of Qt that is started, and its place."""
    started: list[tuple[QObject, str]] = []

    def recording(kind: type[Any]) -> None:
        start = kind.start

        def recorded(self: Any, *arguments: Any) -> None:
            started.append((self, _place()))
            start(self, *arguments)

        monkeypatch.setattr(kind, "start", recorded)

    recording(QTimer)
    recording(QThread)
    return started


def _place() -> str:
    frames = traceback.extract_stack()[:-2]
    return " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames[-3:]))


def _settle() -> None:
    """Let go of what was closed or deleted."""
    if QCoreApplication.instance() is not None:
        for _ in range(3):
            QCoreApplication.processEvents()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _windows() -> list[QWidget]:
    application = QApplication.instance()
    return application.topLevelWidgets() if isinstance(application, QApplication) else []


def _left_windows(before: set[QWidget]) -> list[str]:
    left = [w for w in _windows() if isValid(w) and w not in before and w.parent() is None]
    names = [(type(w).__name__, w.objectName()) for w in left]
    return [f"window {kind} {name!r}" for kind, name in names if kind not in _LASTING]


def _left_running(started: list[tuple[QObject, str]]) -> list[str]:
    left = [(each, place) for each, place in started if isValid(each) and _runs(each)]
    return [f"{type(each).__name__} started at {place}" for each, place in left]


def _runs(each: QObject) -> bool:
    if isinstance(each, QTimer):
        return each.isActive()
    return isinstance(each, QThread) and each.isRunning()


def _left_threads(before: set[threading.Thread]) -> list[str]:
    """Threads of Python that do not end by themselves in time; tqdm keeps its monitor."""
    end = time.monotonic() + patience.SECONDS
    for thread in set(threading.enumerate()) - before:
        if type(thread).__name__ != "TMonitor":
            thread.join(max(0.0, end - time.monotonic()))
            if thread.is_alive():
                return [f"thread {thread.name}"]
    return []

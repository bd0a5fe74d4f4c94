"""A training run in a process of its own, to be killed or starved of disk space."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

from rnnviz.engine.session import Session

CHILD = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from rnnviz.contracts.config import load
    from rnnviz.contracts import events
    from rnnviz.engine.runner import Runner
    if sys.argv[3] != "0":
        import resource, signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
    runner = Runner(load(Path(sys.argv[1])), Path(sys.argv[2]))
    runner.start()
    runner.send(events.Look(frozenset({"states"})))
    runner.send(events.Train())
    while not runner.join(0.02):
        for event in runner.poll():
            print(event, flush=True)
            if isinstance(event, events.Changed) and event.state == "finished":
                runner.send(events.Stop())
    for event in runner.poll():
        print(event, flush=True)
    """
)


def child(session: Session, tmp_path: Path, limit: int = 0) -> subprocess.Popen[str]:
    (tmp_path / "config.toml").write_text(session.config.to_toml())
    (tmp_path / "child.py").write_text(CHILD)
    command = [sys.executable, str(tmp_path / "child.py"), str(tmp_path / "config.toml")]
    return subprocess.Popen(
        [*command, str(tmp_path / "run"), str(limit)], stdout=subprocess.PIPE, text=True
    )

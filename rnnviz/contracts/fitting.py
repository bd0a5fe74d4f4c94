"""Which network can do which task, from what the leaves declare; known before PyTorch is loaded."""

from __future__ import annotations

from rnnviz.contracts import discovery


def models_for(task: str) -> tuple[str, ...]:
    """Names of the networks that can do `task`, its usual one first."""
    wanted = discovery.declared("tasks", task)
    fitting = [name for name in discovery.names("models") if _fits(name, task)]
    return tuple(sorted(fitting, key=lambda name: name != wanted["default_model"]))


def ignored(task: str, model: str) -> tuple[str, ...]:
    """Dotted names of the fields that this task and this network have no use for."""
    by_model = discovery.declared("models", model).get("ignores", ())
    by_task = discovery.declared("tasks", task).get("ignores", ())
    return (*(f"model.{name}" for name in by_model), *by_task)


def asked(task: str, unit: str) -> str:
    """What is counted as trained on: that which `task` asks for, else the corpus's `unit`."""
    declared = discovery.declared("tasks", task) if task in discovery.names("tasks") else {}
    return str(declared.get("asks", "")) or unit or "tokens"


def by_chance(task: str) -> bool:
    """Whether a temperature matters for what a network writes that learns `task`."""
    known = task in discovery.names("tasks")
    return not known or "look.temperature" not in discovery.declared("tasks", task).get(
        "ignores", ()
    )


def default_corpus(task: str) -> str:
    """The corpus that ships with the program for `task`."""
    return str(discovery.declared("tasks", task)["default_corpus"])


def suffixes(task: str) -> tuple[str, ...]:
    """Endings of the files that `task` reads; "" for a folder."""
    return tuple(discovery.declared("tasks", task)["suffixes"])


def formats(task: str) -> str:
    """What `task` reads, in words."""
    return str(discovery.declared("tasks", task)["formats"])


def shows(task: str, model: str) -> tuple[str, ...]:
    """Views that show best what this network learns, the best one first; () where the usual ones
    do.
    """
    declared = discovery.declared("tasks", task), discovery.declared("models", model)
    return tuple(dict.fromkeys(view for leaf in declared for view in leaf.get("shows", ())))


def require(task: str, model: str) -> None:
    """ValueError that names the networks which can do `task`, unless `model` is one."""
    if not _fits(model, task):
        choices = ", ".join(models_for(task)) + _why(model, task)
        raise ValueError(f"model.kind: {model} cannot do the task {task}; choose one of {choices}")


def _fits(model: str, task: str) -> bool:
    can, wanted = discovery.declared("models", model), discovery.declared("tasks", task)
    return wanted["shape"] in can["shapes"] and not _cheats(model, task)


def _cheats(model: str, task: str) -> bool:
    can, wanted = discovery.declared("models", model), discovery.declared("tasks", task)
    return bool(can.get("looks_ahead") and wanted.get("foretells"))


def _why(model: str, task: str) -> str:
    if not _cheats(model, task):
        return ""
    return " (it reads the whole sequence at once, and would see what it has to predict)"

"""The weights as a plain PyTorch `state_dict` and as safetensors, with the lines that load them
into PyTorch's own modules without rnnviz.
"""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor

from rnnviz.engine.run_store import Run
from rnnviz.export.whole import whole_folder
from rnnviz.interchange import plain
from rnnviz.interchange.passages import Text, Told

README = """# {title}

Weights of the network `{name}` after {step:,} steps of training, exported by rnnviz.

| file | what it is |
| --- | --- |
| `model.pt` | a `state_dict`: tensors by name, for `torch.load(..., weights_only=True)` |
| `model.safetensors` | the same tensors for everything that reads safetensors |
| `vocabulary.json` | the text of every output token, by id (`␣`: space, `↵`: line end) |
| `config.toml` | how it was trained |
| `load.py` | the lines below |

{about}

```python
{code}```

| tensor | shape | role |
| --- | --- | --- |
{table}
"""


def write(run: Run, out: Path, text: Text, told: Told) -> str:
    """Write the weights into the new folder `out`; UserError where that cannot be."""
    told("writing", 0, 1)
    whole_folder(out, lambda folder: _write(run, folder))
    told("writing", 1, 1)
    return f"{run.structure.parameter_count:,} parameters as PyTorch state_dict in {out}"


def _write(run: Run, folder: Path) -> None:
    found = plain.described(run)
    tensors = {name: t.detach().clone().contiguous() for name, t in found.tensors.items()}
    # Through memory: PyTorch's own writer does not say that a disk is full.
    packed = BytesIO()
    torch.save(tensors, packed)
    (folder / "model.pt").write_bytes(packed.getbuffer())
    (folder / "model.safetensors").write_bytes(save(tensors, {"format": "pt"}))
    vocabulary = json.dumps(list(run.task.vocabulary), ensure_ascii=False, indent=0)
    files = {
        "vocabulary.json": vocabulary + "\n",
        "config.toml": run.config.to_toml(),
        "load.py": found.code,
        "README.md": _readme(run, found),
    }
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8", newline="\n")


def _readme(run: Run, found: plain.Described) -> str:
    rows = (
        f"| `{name}` | {_shape(t)} | {found.roles[name]} |" for name, t in found.tensors.items()
    )
    return README.format(
        title=run.name,
        name=run.structure.title,
        step=run.state.step,
        about=found.about,
        code=found.code,
        table="\n".join(rows),
    )


def _shape(tensor: Tensor) -> str:
    return " × ".join(map(str, tensor.shape)) or "one number"

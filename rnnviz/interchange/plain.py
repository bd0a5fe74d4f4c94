"""A network in the words of PyTorch alone: its tensors and the Python that loads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from rnnviz.contracts.model import Batch, Model
from rnnviz.engine.run_store import Run

SAME = 1e-5
"""How far the plain network's logits may be from ours: only the order of additions differs."""

_PLAIN = """import torch
from torch import nn

net = nn.ModuleDict({{
{modules}
}})
net.load_state_dict(torch.load("model.pt", weights_only=True))
net.eval()


def forward(tokens, state=None):
    \"\"\"Token ids (B, T), state from before -> logits (B, T, {outputs}), new state.\"\"\"
    h, state = net["rnn"]({embedded}, state)
    return net["readout"](h), state
"""

_NAMED = """import torch
from torch import nn

tensors = torch.load("model.pt", weights_only=True)
modules = {{
{modules}
}}
for path, module in modules.items():
    own = {{n.removeprefix(path + "."): t for n, t in tensors.items() if n.startswith(path + ".")}}
    module.load_state_dict(own)
"""

_ABOUT_PLAIN = (
    "The network is a plain stack of PyTorch's own modules; these lines, run in this folder, are "
    "all of it:"
)
_ABOUT_NAMED = (
    "This network is wired in a way that no module of PyTorch has. These lines, run in this "
    "folder, load every part that is one of PyTorch's own modules; the wiring between them is in "
    "`rnnviz/models/{model}.py`."
)
_REST = " These tensors belong to no module of PyTorch: {names}."


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """tensors and roles by the names that `code` uses; about: a paragraph for people."""

    tensors: Mapping[str, Tensor]
    roles: Mapping[str, str]
    code: str
    about: str


def described(run: Run) -> Described:
    """The plain form where the network has one, else its parts by name."""
    model, vocabulary = run.model, len(run.task.vocabulary)
    if _is_plain(run):
        return _stack(model, vocabulary)
    return _parts(model)


def _stack(model: Model, vocabulary: int) -> Described:
    names = {"recurrent.kernel": "rnn"}
    roles = {p.name: p.role for p in model.structure.parameters}
    renamed = {name: _renamed(name, names) for name in model.state_dict()}
    modules = "\n".join(
        f'    "{names.get(path, path)}": {_constructor(module)},'
        for path, module in _modules(model).items()
    )
    embedded = f"nn.functional.one_hot(tokens, {vocabulary}).float()"
    if "embedding" in _modules(model):
        embedded = 'net["embedding"](tokens)'
    code = _PLAIN.format(modules=modules, outputs=vocabulary, embedded=embedded)
    tensors = {renamed[name]: tensor for name, tensor in model.state_dict().items()}
    return Described(tensors, {renamed[name]: roles[name] for name in renamed}, code, _ABOUT_PLAIN)


def _parts(model: Model) -> Described:
    found = _modules(model)
    modules = "\n".join(f'    "{path}": {_constructor(m)},' for path, m in found.items())
    tensors = dict(model.state_dict())
    rest = [n for n in tensors if not any(n.startswith(f"{path}.") for path in found)]
    about = _ABOUT_NAMED.format(model=model.name)
    about += _REST.format(names=", ".join(f"`{name}`" for name in rest)) if rest else ""
    roles = {p.name: p.role for p in model.structure.parameters}
    return Described(tensors, roles, _NAMED.format(modules=modules), about)


def _renamed(name: str, names: Mapping[str, str]) -> str:
    for path, short in names.items():
        if name.startswith(f"{path}."):
            return short + name.removeprefix(path)
    return name


def _modules(model: Model) -> dict[str, nn.Module]:
    """The modules of PyTorch's own that hold parameters, by path."""
    kinds = (nn.Embedding, nn.Linear, nn.RNNBase, nn.Conv2d, nn.LayerNorm)
    return {
        path: module
        for path, module in model.named_modules()
        if isinstance(module, kinds) and _constructor(module)
    }


def _constructor(module: nn.Module) -> str:
    """The Python that makes an equal module, "" where this does not know how."""
    match module:
        case nn.RNNBase():
            return _recurrent(module)
        case nn.Embedding():
            return f"nn.Embedding({module.num_embeddings}, {module.embedding_dim})"
        case nn.Linear():
            bias = "" if module.bias is not None else ", bias=False"
            return f"nn.Linear({module.in_features}, {module.out_features}{bias})"
        case nn.LayerNorm():
            return f"nn.LayerNorm({list(module.normalized_shape)})"
        case nn.Conv2d():
            kernel, stride, padding = module.kernel_size, module.stride, module.padding
            return (
                f"nn.Conv2d({module.in_channels}, {module.out_channels}, {kernel}, {stride}, "
                f"{padding!r})"
            )
    return ""


def _recurrent(module: nn.RNNBase) -> str:
    sizes = f"{module.input_size}, {module.hidden_size}, {module.num_layers}"
    extra = ", bidirectional=True" if module.bidirectional else ""
    if isinstance(module, nn.RNN) and module.nonlinearity != "tanh":
        extra += f', nonlinearity="{module.nonlinearity}"'
    return f"nn.{type(module).__name__}({sizes}, batch_first=True{extra})"


def _is_plain(run: Run) -> bool:
    """Whether embedding, kernel and readout alone give the same logits on a probe."""
    model, kernel = run.model, getattr(getattr(run.model, "recurrent", None), "kernel", None)
    readout = getattr(model, "readout", None)
    if not isinstance(kernel, nn.RNNBase) or not isinstance(readout, nn.Linear):
        return False
    known = ("embedding.", "recurrent.kernel.", "readout.")
    batch = run.task.probe(run.task.default_probe, model).batch
    if batch.inputs.is_floating_point() or not all(n.startswith(known) for n in model.state_dict()):
        return False
    if not _reads_only(model, kernel, batch):
        return False
    with torch.no_grad():
        ours = model(batch).logits
        plain = readout(kernel(_embedded(model, batch))[0])
    return ours.shape == plain.shape and bool((ours - plain).abs().max() < SAME)


def _reads_only(model: Model, kernel: nn.RNNBase, batch: Batch) -> bool:
    """Whether tokens alone can be what the kernel reads: others get an output or a vector too."""
    embedding = getattr(model, "embedding", None)
    if isinstance(embedding, nn.Embedding):
        return embedding.embedding_dim == kernel.input_size
    return int(batch.inputs.max()) < kernel.input_size


def _embedded(model: Model, batch: Batch) -> Tensor:
    embedding = getattr(model, "embedding", None)
    if isinstance(embedding, nn.Embedding):
        return embedding(batch.inputs)  # type: ignore[no-any-return]
    return one_hot(batch.inputs, model.recurrent.kernel.input_size).float()  # type: ignore

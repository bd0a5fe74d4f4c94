"""Several processes that train one network with DistributedDataParallel, on one machine or many.

The first leads: it runs the course, writes the run, and tells the others before each step what
comes. They follow: each keeps its rows and their carried state, and says nothing. Imported only
where there are several (see docs/decisions/0007-one-leads.md).
"""

from __future__ import annotations

import inspect
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, get_args

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.distributed_c10d import PrefixStore, Store
from torch.distributed.rendezvous import rendezvous
from torch.nn.parallel import DistributedDataParallel

from rnnviz.contracts.config import RunConfig, parse_toml
from rnnviz.contracts.errors import UserError
from rnnviz.contracts.model import Model
from rnnviz.contracts.share import Share
from rnnviz.contracts.task import Progress, silent
from rnnviz.engine import carried, parcel
from rnnviz.engine.session import build
from rnnviz.engine.team import Network, Order, Team
from rnnviz.engine.trainer import NotFinite, Trainer, TrainerState

ORDERS: tuple[Order, ...] = get_args(Order)

# A process may have to wait while another encodes a corpus of a hundred gigabytes.
PATIENCE = timedelta(hours=6)
LAST_WORDS_SECONDS = 2.0
POLL_SECONDS = 0.05

# PyTorch 2.13 renamed it.
_OPTIONS = inspect.signature(DistributedDataParallel).parameters
_SYNC_BUFFERS = next(n for n in ("forward_sync_buffers", "broadcast_buffers") if n in _OPTIONS)

_CONFIG, _FAILED = "rnnviz/config", "rnnviz/failed"


class Together(Team):
    """One of several processes. Numbers travel over gloo, gradients on GPUs over NCCL."""

    def __init__(self, store: Store, rank: int, processes: int) -> None:
        self.share = Share(rank, processes)
        self.leads = rank == 0
        self.processes_here = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
        self._store = store
        self._config_sent = False
        self._assembled = False
        self._broken = False

    def prepare(self, config: RunConfig, device: str) -> None:
        rows, processes = config.training.batch_size, self.share.parts
        if self.leads:
            self._send_config(config.to_toml())
        if rows < processes:
            raise UserError(
                f"training.batch_size: {rows} cannot be shared by {processes} processes; "
                "raise it or start fewer."
            )
        if device == "mps":
            raise UserError("training.device: mps trains in one process only; choose cpu.")
        if device == "cuda":
            self._take_gpu()

    def assemble(self, progress: Progress) -> None:
        """Wait until every process is as far as this one; UserError when one cannot train."""
        with self._blaming():
            self._store.set(_ready(self.share.index), "")
            keys = [_ready(rank) for rank in range(self.share.parts)]
            while not self._store.check(keys):
                progress("waiting for the other processes", 0.0)
                time.sleep(POLL_SECONDS)
            said = [self._store.get(key).decode() for key in keys]
        for rank, trouble in enumerate(said):
            if trouble:
                self._broken = True
                raise UserError(f"Process {rank} of {self.share.parts}: {trouble}")
        self._assembled = True

    def network(self, model: Model) -> Network:
        with self._blaming():
            # Buffers are constants here: the parameters determine everything.
            options: dict[str, Any] = {_SYNC_BUFFERS: False, "gradient_as_bucket_view": True}
            return DistributedDataParallel(model, **options)

    def order(self, what: Order, *numbers: float) -> None:
        if self.leads:
            message = [float(ORDERS.index(what)), *numbers, 0.0, 0.0][:3]
            self._broadcast(torch.tensor(message, dtype=torch.float64))

    def total(self, *numbers: float) -> tuple[float, ...]:
        sums = torch.tensor(numbers, dtype=torch.float64)
        with self._blaming():
            dist.all_reduce(sums)
        return tuple(sums.tolist())

    def backward(self, loss: Tensor, part: float) -> Tensor:
        """DistributedDataParallel takes the mean of all processes' gradients, so that each loss
        counts with its share of the positions times the number of processes.
        """
        loss = loss if part else loss.nan_to_num()  # the mean over no positions is NaN
        with self._blaming():
            (loss * (part * self.share.parts)).backward()  # type: ignore[no-untyped-call]
            whole = loss.detach() * part
            dist.all_reduce(whole)
        return whole

    def joined(self, carried_here: Any) -> Any:
        tensors, shape = carried.flatten(carried_here)
        with self._blaming():
            if self.leads:
                tensors = [self._collected(tensor) for tensor in tensors]
            else:
                for tensor in tensors:
                    dist.send(torch.tensor([tensor.shape[carried.ROWS]]), 0)
                    dist.send(tensor.contiguous(), 0)
        return carried.unflatten(tensors, shape)

    def dealt(self, state: TrainerState) -> TrainerState:
        if self.leads:
            data = parcel.packed(state)
            self.order("load", len(data))
            self._broadcast(torch.frombuffer(bytearray(data), dtype=torch.uint8))
        return parcel.shared(state, self.share)

    def close(self, trouble: str = "") -> None:
        if self._broken:
            return
        with suppress(UserError, RuntimeError):
            if trouble or not self._assembled:
                self._give_up(trouble or "the training was ended")
            else:
                self.order("end")
                dist.destroy_process_group()

    def follow(self) -> int:
        """Do what the first process orders until it ends; the exit code."""
        try:
            trainer = build(self._received_config(), silent, self).trainer
            # Ctrl+C and a scheduler's signal reach every process: the first one decides.
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)
            self.obey(trainer)
            dist.destroy_process_group()
        except Exception as error:
            if not self._broken:
                self._give_up(_sentence(error))
            return 2
        return 0

    def obey(self, trainer: Trainer) -> None:
        """One order after another, until the end."""
        message = torch.zeros(3, dtype=torch.float64)
        while True:
            self._broadcast(message)
            code, first, second = message.tolist()
            match ORDERS[int(code)]:
                case "step":
                    trainer.learning_rate, trainer.clip_threshold = first, second
                    with suppress(NotFinite):
                        trainer.step()
                case "validate":
                    trainer.validate()
                case "state":
                    trainer.state()
                case "load":
                    data = torch.empty(int(first), dtype=torch.uint8)
                    self._broadcast(data)
                    trainer.load_state(parcel.unpacked(data.numpy().tobytes()))
                case "end":
                    return

    def _broadcast(self, tensor: Tensor) -> None:
        with self._blaming():
            dist.broadcast(tensor, 0)

    def _collected(self, mine: Tensor) -> Tensor:
        """(…, B, H) the rows of all processes, this one's first."""
        parts = [mine]
        for rank in range(1, self.share.parts):
            rows = torch.zeros(1, dtype=torch.int64)
            dist.recv(rows, rank)
            shape = list(mine.shape)
            shape[carried.ROWS] = int(rows)
            parts.append(mine.new_empty(shape))
            dist.recv(parts[-1], rank)
        return torch.cat(parts, carried.ROWS)

    def _take_gpu(self) -> None:
        gpus = torch.cuda.device_count()
        if self.processes_here > gpus:
            raise UserError(
                f"{self.processes_here} processes on this machine need as many GPUs, but there are "
                f"{gpus}: start fewer or add --set training.device=cpu."
            )
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))

    def _send_config(self, text: str) -> None:
        self._config_sent = True
        with self._blaming():
            self._store.set(_CONFIG, text)

    def _received_config(self) -> RunConfig:
        with self._blaming():
            text = self._store.get(_CONFIG).decode()
        if not text:
            self._broken = True
            raise UserError("The first process has ended.")
        return parse_toml(text, "the first process")

    def _give_up(self, trouble: str) -> None:
        """Leave word for the others; nobody waits for this process any longer."""
        self._broken = True
        with suppress(RuntimeError):
            if self.leads and not self._config_sent:
                self._store.set(_CONFIG, "")
            if self._assembled:
                name = f"Process {self.share.index} of {self.share.parts}"
                self._store.set(_FAILED, f"{name}: {trouble}")
            else:
                self._store.set(_ready(self.share.index), trouble)

    @contextmanager
    def _blaming(self) -> Iterator[None]:
        """A broken connection becomes the sentence of the process that broke it."""
        try:
            yield
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:
            if not _is_lost_connection(error):
                raise
            self._broken = True
            raise UserError(self._last_words()) from None

    def _last_words(self) -> str:
        end = time.monotonic() + LAST_WORDS_SECONDS
        with suppress(RuntimeError):
            while time.monotonic() < end:
                if self._store.check([_FAILED]):
                    return str(self._store.get(_FAILED).decode())
                time.sleep(POLL_SECONDS)
        return (
            "Another process of this training was lost (killed, or out of memory): "
            "what was saved before is kept."
        )


def join() -> Together:
    """Meet the others where torchrun's variables say; UserError when they cannot be reached."""
    if not dist.is_available():
        raise UserError("This build of PyTorch cannot train in several processes; start one.")
    if os.name == "nt":
        os.environ.setdefault("USE_LIBUV", "0")  # PyTorch's builds for Windows have no libuv
    both = torch.cuda.is_available() and dist.is_nccl_available()
    try:
        store, rank, processes = next(iter(rendezvous("env://", timeout=PATIENCE)))
        store.set_timeout(PATIENCE)
        dist.init_process_group(
            "cpu:gloo,cuda:nccl" if both else "gloo",
            store=PrefixStore("rnnviz/group", store),
            rank=rank,
            world_size=processes,
            timeout=PATIENCE,
        )
    except (RuntimeError, ValueError, OSError) as error:
        where = f"{os.environ['MASTER_ADDR']}:{os.environ['MASTER_PORT']}"
        reason = str(error).partition("\n")[0]
        raise UserError(f"Cannot meet the other processes at {where} ({reason}).") from None
    return Together(store, rank, processes)


def _ready(rank: int) -> str:
    return f"rnnviz/ready/{rank}"


def _sentence(error: Exception) -> str:
    return str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {error}"


def _is_lost_connection(error: RuntimeError) -> bool:
    # Gloo raises plain RuntimeErrors; PyTorch's own classes cover the store and NCCL.
    text = str(error)
    return isinstance(error, dist.DistError) or "gloo" in text or "onnection" in text

"""A recursive network: its batches by level, and the recurrent network as a degenerate tree."""

from __future__ import annotations

import torch
from torch import nn

from rnnviz.contracts.config import parse
from rnnviz.contracts.model import Batch
from rnnviz.corpora.trees import chain
from rnnviz.models.recursive_tree import _levels
from rnnviz.tasks.tree_sentiment import TreeSentiment
from tests.networks import largest_difference, network


def chained(words: list[int]) -> Batch:
    """The words joined from the left."""
    tree = chain([str(word) for word in words])
    inputs = torch.tensor([[int(word or 0) for word in tree.words]])
    return Batch(inputs, inputs, children=torch.tensor([tree.children]))


def test_a_chain_is_what_a_recurrent_network_does() -> None:
    model = network("recursive_tree")
    p = dict(model.named_parameters())
    rnn = nn.RNN(6, 6, batch_first=True).double()
    with torch.no_grad():
        rnn.weight_ih_l0.copy_(p["right.weight"])
        rnn.weight_hh_l0.copy_(p["left.weight"])
        rnn.bias_ih_l0.copy_(p["left.bias"])
        rnn.bias_hh_l0.zero_()
        p["embedding.weight"][0] = 0.0  # the empty beginning: h_0
    words = [3, 5, 1, 8, 2]
    outputs, _ = rnn(p["embedding.weight"][words][None])
    expected = outputs @ p["readout.weight"].T + p["readout.bias"]
    logits = model(chained([0, *words])).logits
    assert largest_difference(logits[:, 2::2], expected) < 1e-12


def test_levels_come_after_what_they_are_made_of() -> None:
    children = torch.tensor([chain(list("abcd")).children, chain(list("abcd")).children])
    levels = _levels(children)
    assert [sorted(level.tolist()) for level in levels] == [[2, 9], [4, 11], [6, 13]]


def test_overfits_four_trees() -> None:
    torch.manual_seed(0)
    data = {"task": {"name": "tree_sentiment", "corpus": "sample:tree_sentiment/opinions.ptb"}}
    config = parse({**data, "model": {"kind": "recursive_tree"}, "training": {"batch_size": 4}})
    task = TreeSentiment.open(config)
    batch = task.train_batch(3)
    model = network("recursive_tree", torch.float32, hidden_size=16, init_range=0.0)
    model.embedding = nn.Embedding(task.sizes.inputs, 16)
    model.readout = nn.Linear(16, task.sizes.outputs)
    optimizer = torch.optim.Adam(model.parameters(), 0.02)
    for _ in range(60):
        optimizer.zero_grad()
        loss = task.loss(model(batch), batch)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    assert float(loss.detach()) < 0.05
    assert task.summary.chunks_train == task.batches_per_epoch
    assert task.buckets[0].padding() < 0.1

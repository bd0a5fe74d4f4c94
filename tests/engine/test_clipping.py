from __future__ import annotations

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rnnviz.engine.clipping import clip_, norm_of

numbers = st.floats(-100, 100, allow_nan=False, width=32)
lists = st.lists(arrays(np.float32, st.integers(1, 6), elements=numbers), min_size=1, max_size=4)
thresholds = st.floats(0.01, 200)


def tensors(gradients: list[np.ndarray]) -> list[torch.Tensor]:
    return [torch.from_numpy(g.copy()) for g in gradients]


@given(lists, thresholds)
def test_by_norm(gradients: list[np.ndarray], threshold: float) -> None:
    mine = tensors(gradients)
    before, after = clip_(mine, "norm", threshold)
    flat = np.concatenate(gradients).astype(np.float64)
    norm = np.sqrt((flat**2).sum())
    factor = min(1.0, threshold / (norm + 1e-6))
    assert np.isclose(float(before), norm, rtol=1e-5, atol=1e-6)
    assert np.isclose(float(after), norm * factor, rtol=1e-5, atol=1e-6)
    for clipped, gradient in zip(mine, gradients, strict=True):
        assert np.allclose(clipped, gradient * factor, rtol=1e-5, atol=1e-6)


@given(lists, thresholds)
def test_by_value(gradients: list[np.ndarray], threshold: float) -> None:
    mine = tensors(gradients)
    _, after = clip_(mine, "value", threshold)
    expected = [np.clip(g, np.float32(-threshold), np.float32(threshold)) for g in gradients]
    for clipped, wanted in zip(mine, expected, strict=True):
        assert np.array_equal(clipped.numpy(), wanted)
    norm = np.sqrt((np.concatenate(expected).astype(np.float64) ** 2).sum())
    assert np.isclose(float(after), norm, rtol=1e-5, atol=1e-6)


@given(lists)
def test_none_changes_nothing(gradients: list[np.ndarray]) -> None:
    mine = tensors(gradients)
    before, after = clip_(mine, "none", 0.1)
    assert float(before) == float(after) == float(norm_of(tensors(gradients)))
    assert all(np.array_equal(a.numpy(), b) for a, b in zip(mine, gradients, strict=True))


def test_by_norm_equals_pytorch() -> None:
    torch.manual_seed(0)
    parameters = [torch.nn.Parameter(torch.zeros(n)) for n in (3, 50, 7)]
    for parameter in parameters:
        parameter.grad = torch.randn_like(parameter)
    mine = [parameter.grad.clone() for parameter in parameters]
    torch.nn.utils.clip_grad_norm_(parameters, 0.5)
    clip_(mine, "norm", 0.5)
    for clipped, parameter in zip(mine, parameters, strict=True):
        assert torch.allclose(clipped, parameter.grad, rtol=1e-6)

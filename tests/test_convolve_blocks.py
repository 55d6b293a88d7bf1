"""Convolution by FFT in several dimensions, block by block, against the sum of its definition.

The error of the FFT is that stated in test_signal: 16 eps log2(N) of the product of the norms.
"""

import itertools

import numpy as np
import pytest

from flipshift._convolve import blocks

MODES = ["full", "same", "valid"]


def sample(rng, shape, dtype):
    x = rng.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        x = x + 1j * rng.standard_normal(shape)
    return x.astype(dtype)


def definition(x, h, axes):
    """The full convolution along `axes`, and products with broadcasting along the others."""
    wide = np.clongdouble if "c" in (x.dtype.kind, h.dtype.kind) else np.longdouble
    x, h = x.astype(wide), h.astype(wide)
    pairs = list(enumerate(zip(x.shape, h.shape, strict=True)))
    y = np.zeros([n + m - 1 if a in axes else max(n, m) for a, (n, m) in pairs], wide)
    for k in itertools.product(*(range(h.shape[a]) for a in axes)):
        tap, place = [slice(None)] * x.ndim, [slice(None)] * x.ndim
        for a, i in zip(axes, k, strict=True):
            tap[a], place[a] = slice(i, i + 1), slice(i, i + x.shape[a])
        y[tuple(place)] += h[tuple(tap)] * x
    return y


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16", "g"])
@pytest.mark.parametrize(
    ("n", "m", "axes"),
    [
        ((14, 9, 21), (3, 4, 5), (0, 1, 2)),
        ((14, 9, 21), (3, 9, 1), (0, 1, 2)),
        ((3, 2, 4), (9, 8, 7), (0, 1, 2)),
        ((3, 20, 4), (9, 3, 7), (0, 1, 2)),
        ((5, 14, 21), (1, 4, 3), (1, 2)),
        ((5, 14, 21), (5, 4, 3), (1, 2)),
        ((1, 14, 21), (5, 4, 3), (2, 1)),
        ((14, 7, 21), (3, 7, 5), (0, 2)),
        ((3, 11, 2, 12), (1, 3, 2, 4), (1, 3)),
        ((6, 5, 7, 8), (2, 3, 2, 3), (0, 1, 2, 3)),
        ((40,), (7,), (0,)),
    ],
)
@pytest.mark.parametrize("size", [0, 9, 1 << 12])
def test_blocks_are_the_convolution(n, m, axes, dtype, size, monkeypatch):
    monkeypatch.setattr(blocks, "_WHOLE", 0)
    monkeypatch.setattr(blocks, "_BLOCK", size * np.dtype(dtype).itemsize)
    rng = np.random.default_rng(3)
    x, h = sample(rng, n, dtype), sample(rng, m, dtype)
    expected = definition(x, h, axes)
    norms = float(np.linalg.norm(x.astype(complex)) * np.linalg.norm(h.astype(complex)))
    limit = 16 * float(np.finfo(dtype).eps) * np.log2(expected.size) * norms
    for mode in MODES:
        start, shape = [0] * x.ndim, list(expected.shape)
        for a in axes:
            if mode != "full":
                shape[a] = n[a] if mode == "same" else abs(n[a] - m[a]) + 1
                start[a] = (expected.shape[a] - shape[a]) // 2
        part = tuple(slice(s, s + k) for s, k in zip(start, shape, strict=True))
        y = blocks.convolve(x, h, axes, tuple(start), tuple(shape))
        assert y.dtype == x.dtype
        assert y.shape == tuple(shape)
        assert abs(y - expected[part]).max() <= limit
        out = np.empty(shape, dtype)
        assert blocks.convolve(x, h, axes, tuple(start), tuple(shape), out) is out
        np.testing.assert_array_equal(out, y)


def test_the_plan_has_blocks_where_everything_is_large():
    places = (200, 250, 240), (9, 9, 9), (4, 4, 4), (200, 250, 240)
    lengths, count = blocks.plan(*places, 4)
    assert count > 1
    assert np.prod(lengths) * 4 <= blocks._BLOCK
    # Together the blocks hold all the outputs.
    steps = np.subtract(lengths, places[1]) + 1
    assert count >= np.prod(-(-np.array(places[3]) // steps))
    small = (20, 25, 24), (9, 9, 9), (4, 4, 4), (20, 25, 24)
    assert blocks.plan(*small, 4) == (blocks.transform_lengths(*small), 1)


def test_outputs_beyond_both_are_zero():
    x, h = np.ones((2, 3, 4)), np.ones((1, 2, 2))
    y = blocks.convolve(x, h, (0, 1, 2), (5, 0, 0), (2, 4, 5))
    assert y.shape == (2, 4, 5)
    np.testing.assert_array_equal(y, 0)

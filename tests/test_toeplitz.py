"""The primitive `toeplitz_matmul` against the matrix itself in extended precision."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flipshift import linalg
from flipshift._backend import core

FLOATS = [np.float32, np.float64, np.complex64, np.complex128]


def sample(rng, shape, dtype):
    x = rng.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        x = x + 1j * rng.standard_normal(shape)
    return x.astype(dtype)


def wide(x):
    return x.astype(np.clongdouble if x.dtype.kind == "c" else np.longdouble)


def matrix(c, r):
    i, j = np.indices((len(c), len(r)))
    return np.where(i >= j, c[np.maximum(i - j, 0)], r[np.maximum(j - i, 0)])


def product(c, r, x):
    guarded = np.full(len(c) * x.shape[1] + 32, 77, x.dtype)
    out = guarded[16:-16].reshape(len(c), x.shape[1])
    core.toeplitz_matmul(c, r, x, out, 1)
    assert (guarded[:16] == 77).all()
    assert (guarded[-16:] == 77).all()
    return out


def check(c, r, x):
    got = product(c, r, x)
    want = wide(matrix(c, r)) @ wide(x)
    # The direct sum is off by (n + 1) u |M| |x| at most, entry by entry; transforms by about
    # 7 u log2(N) |diagonals|_1 |x|_2 in norm and so in each entry. Either may be in use.
    eps = np.finfo(x.dtype).eps
    diagonals = np.concatenate([r[1:], c])
    log = np.log2(4 * diagonals.size) + 2
    norm = np.abs(wide(diagonals)).sum() * np.sqrt((np.abs(wide(x)) ** 2).sum(axis=0))
    assert (np.abs(wide(got) - want) <= 7 * log * eps / 2 * norm).all()


@pytest.mark.parametrize("dtype", FLOATS)
def test_every_small_shape(dtype):
    rng = np.random.default_rng(1)
    for rows in range(1, 21):
        for cols in range(1, 21):
            c, r = sample(rng, rows, dtype), sample(rng, cols, dtype)
            check(c, r, sample(rng, (cols, 1 + rows % 3), dtype))


@settings(max_examples=80, deadline=None)
@given(
    rows=st.integers(1, 400),
    cols=st.integers(1, 400),
    k=st.integers(1, 9),
    dtype=st.sampled_from(FLOATS),
    bands=st.tuples(st.integers(0, 400), st.integers(0, 400)),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_shape_and_band(rows, cols, k, dtype, bands, seed):
    rng = np.random.default_rng(seed)
    c, r = sample(rng, rows, dtype), sample(rng, cols, dtype)
    c[bands[0] :] = 0
    r[bands[1] :] = 0
    check(c, r, sample(rng, (cols, k), dtype))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("rows", "cols", "k"), [(3000, 3000, 2), (4000, 700, 1), (500, 3500, 3)])
def test_transforms(rows, cols, k, dtype):
    """Long enough for transforms; a few columns of the matrix are compared through unit vectors."""
    rng = np.random.default_rng(rows)
    c, r = sample(rng, rows, dtype), sample(rng, cols, dtype)
    x = np.zeros((cols, k), dtype)
    places = np.unique(np.concatenate([[0, cols - 1], rng.integers(0, cols, 20)]))
    x[places] = sample(rng, (places.size, k), dtype)
    got = product(c, r, x)
    i = np.arange(rows)[:, None]
    columns = np.where(i >= places, c[np.maximum(i - places, 0)], r[np.maximum(places - i, 0)])
    want = wide(columns) @ wide(x[places])
    eps = np.finfo(dtype).eps
    log = np.log2(4 * (rows + cols)) + 2
    norm = (np.abs(wide(c)).sum() + np.abs(wide(r)).sum()) * np.sqrt(
        (np.abs(wide(x)) ** 2).sum(axis=0)
    )
    assert (np.abs(wide(got) - want) <= 7 * log * eps / 2 * norm).all()


def test_the_corner_is_that_of_the_column():
    got = product(np.array([1.0, 2.0]), np.array([np.nan, 3.0]), np.array([[1.0], [10.0]]))
    np.testing.assert_array_equal(got, [[31.0], [12.0]])


@pytest.mark.parametrize("n", [3, 30, 3000])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_not_finite_columns(n, bad):
    """A column with NaN or infinity spoils its own outputs, over zeros of the matrix too."""
    rng = np.random.default_rng(n)
    c, r = rng.standard_normal(n), rng.standard_normal(n)
    c[2:], r[2:] = 0, 0
    x = rng.standard_normal((n, 2))
    x[n // 2, 1] = bad
    got = product(c, r, x)
    assert np.isfinite(got[:, 0]).all()
    assert not np.isfinite(got[:, 1]).any()


def test_not_finite_diagonal():
    """A diagonal of infinity reaches the rows that it crosses, and no others."""
    n = 3000
    c, r, x = np.ones(n), np.ones(n), np.ones((n, 1))
    c[1000] = np.inf
    got = product(c, r, x)
    np.testing.assert_array_equal(np.isinf(got[:, 0]), np.arange(n) >= 1000)
    np.testing.assert_allclose(got[:1000], n, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.complex64])
@pytest.mark.parametrize("shape", [(1, 1), (5, 3), (40, 64), (700, 900)])
@pytest.mark.parametrize("k", [None, 1, 3])
def test_single_precision_is_multiplied_in_double(dtype, shape, k):
    # The dtype of SciPy's result; its value in that precision, for the numbers as they are.
    rng = np.random.default_rng(8)
    c, r = sample(rng, shape[0], dtype), sample(rng, shape[1], dtype)
    x = sample(rng, shape[1:] if k is None else (shape[1], k), dtype)
    for right in (x, x[:: 1 if k is None else -1]):
        got = linalg.matmul_toeplitz((c, r), right)
        assert got.dtype == np.promote_types(dtype, np.float64)
        assert got.shape == (shape[0], *x.shape[1:])
        want = wide(matrix(c, r)) @ wide(right)
        diagonals = np.concatenate([r[1:], c])
        log = np.log2(4 * diagonals.size) + 2
        norm = np.abs(wide(diagonals)).sum() * np.sqrt((np.abs(wide(right)) ** 2).sum(axis=0))
        assert (np.abs(wide(got) - want) <= 7 * log * 2.0**-53 * norm).all()  # as in `check`

"""NaN and infinity reach the outputs that the definition says they reach, whatever 'auto' takes.

The definition is summed in extended precision with IEEE arithmetic, in which NaN, infinities of
two signs, and infinity times zero do what they do in any sum. What is asked of ours is the class of
each output (NaN, +Inf, -Inf or finite, for real and imaginary part), and the finite values.
"""

import numpy as np
import pytest

import flipshift
from flipshift import signal
from flipshift._convolve import methods, nonfinite


def full(x, h):
    """Sum of the products of pairs that both exist, complex ones as four real products."""
    shape = [n + m - 1 for n, m in zip(x.shape, h.shape, strict=True)]
    if x.dtype.kind == "c":
        y = np.empty(shape, np.clongdouble)
        with np.errstate(invalid="ignore"):
            y.real = full(x.real, h.real) + full(-x.imag, h.imag)
            y.imag = full(x.real, h.imag) + full(x.imag, h.real)
        return y
    y = np.zeros(shape, np.longdouble)
    with np.errstate(all="ignore"):
        for k in np.ndindex(h.shape):
            at = tuple(slice(i, i + n) for i, n in zip(k, x.shape, strict=True))
            y[at] += np.longdouble(h[k]) * x
    return y


def same_part(y, n):
    starts = [(i - j) // 2 for i, j in zip(y.shape, n, strict=True)]
    return y[tuple(slice(s, s + j) for s, j in zip(starts, n, strict=True))]


def agree(actual, expected, scale):
    if actual.dtype.kind == "c":
        agree(actual.real, expected.real, scale)
        agree(actual.imag, expected.imag, scale)
        return
    np.testing.assert_array_equal(np.isnan(actual), np.isnan(expected))
    np.testing.assert_array_equal(np.isposinf(actual), np.isposinf(expected))
    np.testing.assert_array_equal(np.isneginf(actual), np.isneginf(expected))
    finite = np.isfinite(expected)
    limit = 400 * float(np.finfo(actual.dtype).eps) * scale
    np.testing.assert_allclose(actual[finite], expected[finite], rtol=0, atol=limit)


def data(shape, dtype, seed, values):
    """Random numbers, some zeros, and each of `values` at one random place."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(shape)
    x[rng.random(shape) < 0.3] = 0
    if np.dtype(dtype).kind == "c":
        x = x + 1j * rng.standard_normal(shape)
        x.imag[rng.random(shape) < 0.3] = 0
    x = x.astype(dtype)
    parts = x.view(x.real.dtype).reshape(-1) if x.dtype.kind == "c" else x.reshape(-1)
    parts[rng.integers(0, parts.size, len(values))] = values
    return x


def norm(x):
    return float(np.linalg.norm(np.where(np.isfinite(x), x, 0).ravel()))


VALUES = {
    "nan": ([np.nan], []),
    "inf": ([np.inf], []),
    "both signs": ([np.inf, -np.inf], []),
    "in the kernel": ([], [np.inf]),
    "in both": ([np.inf, np.nan], [-np.inf]),
    "many": ([np.nan, np.inf, -np.inf, np.inf], [np.nan, np.inf]),
}
SIZES = [((40,), (7,)), ((3000,), (1100,)), ((30, 20), (12, 12)), ((12, 10, 11), (9, 9, 10))]


@pytest.mark.parametrize("values", VALUES)
@pytest.mark.parametrize(("n", "m"), SIZES)
@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
def test_auto_follows_the_definition(n, m, dtype, values):
    of_x, of_h = VALUES[values]
    for seed in range(1 if n[0] > 100 else 3):
        x, h = data(n, dtype, seed, of_x), data(m, dtype, seed + 100, of_h)
        expected = full(x, h)
        scale = norm(x) * norm(h)
        agree(signal.convolve(x, h), expected, scale)
        agree(signal.convolve(x, h, "same"), same_part(expected, n), scale)
        reverse = h[(slice(None, None, -1),) * h.ndim]
        agree(signal.correlate(x, np.conj(reverse)), expected, scale)
        if x.ndim == 1:
            agree(flipshift.convolve(x, h), expected, scale)


def test_the_transform_is_taken_where_it_is_repaired():
    """The largest sizes above do go through the FFT, so that there is something to repair."""
    x, h = np.ones(3000), np.ones(1100)
    assert signal.choose_conv_method(x, h) == "fft"
    x, h = np.ones((12, 10, 11)), np.ones((9, 9, 10))
    assert methods.choose(x, h, (0, 0, 0), (20, 18, 20), x.dtype) == "fft"
    x[0, 0, 0] = np.nan
    by_fft = methods.fft_convolve(x, h, (0, 1, 2), (0, 0, 0), (20, 18, 20))
    assert np.isnan(by_fft).all()


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("boundary", ["fill", "wrap", "symm"])
@pytest.mark.parametrize("m", [(3, 2), (25, 24)])
def test_convolve2d(m, boundary, dtype):
    x, h = data((40, 30), dtype, 1, [np.nan, np.inf]), data(m, dtype, 2, [])
    y = signal.convolve2d(x, h, "same", boundary)
    mode = {"fill": "constant", "wrap": "wrap", "symm": "symmetric"}[boundary]
    margins = [(k - 1, k - 1) for k in m]
    padded = full(np.pad(x, margins, mode), h)
    expected = padded[tuple(slice(k - 1, 1 - k) for k in m)]
    starts = [(k - 1) // 2 for k in m]
    expected = expected[tuple(slice(s, s + j) for s, j in zip(starts, x.shape, strict=True))]
    agree(y, expected, norm(x) * norm(h) * 2)


@pytest.mark.parametrize("n", [(4000,), (14, 14, 14)])
@pytest.mark.parametrize("dtype", ["f4", "f8", "c16"])
def test_large_numbers_overflow_only_where_their_sums_do(n, dtype):
    huge = float(np.finfo(dtype).max) / 16
    x, h = data(n, dtype, 3, []), data([k * 2 // 3 for k in n], dtype, 4, [])
    x *= x.dtype.type(huge / abs(x).max())
    h = (h / np.abs(h).sum()).astype(dtype)  # no sum can exceed the largest element of x
    y = signal.convolve(x, h)
    assert np.isfinite(y).all()
    if x.size < 3000:
        x_small = x / x.dtype.type(huge)
        with np.errstate(over="ignore"):
            agree(y / y.dtype.type(huge), full(x_small, h), norm(x_small) * norm(h))


def test_fft_warns():
    x = np.ones(1000)
    x[500] = np.nan
    with pytest.warns(RuntimeWarning, match="Use of fft convolution"):
        signal.convolve(x, np.ones(10), method="fft")


def test_repair_counts_every_kind_of_product():
    """By single pairs, where the product says it all."""
    kinds = [np.nan, np.inf, -np.inf, 0.0, 2.0, -2.0]
    for a in kinds:
        for b in kinds:
            x, h, out = np.full(1, a), np.full(1, b), np.empty(1)
            nonfinite.repair(x, h, out, lambda u, v, _: u * v)
            with np.errstate(invalid="ignore"):
                np.testing.assert_array_equal(out, x * h)


def test_any_nonfinite():
    for bad in (np.nan, np.inf, -np.inf):
        x = np.ones(100)
        assert not nonfinite.any_nonfinite(x)
        x[57] = bad
        assert nonfinite.any_nonfinite(x)
    assert nonfinite.any_nonfinite(np.array([np.inf, -np.inf]))
    assert nonfinite.any_nonfinite(np.array([1 + 1j, complex(0, np.nan)]))

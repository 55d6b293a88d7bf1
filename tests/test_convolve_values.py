"""One NaN, infinity or huge value spoils only the sums that contain it, by every method.

Where it does not reach, a result is that of the data without it. Transforms of N points are off by
at most about 7 log2(N) u |h|_1 |x|_2 (as in test_convolve), x being what is left.
"""

from __future__ import annotations

import numpy as np
import pytest

from flipshift import _backend

core = _backend.core
FLOATS = [np.float32, np.float64, np.complex64, np.complex128]
KINDS = [np.nan, np.inf, -np.inf]


def sample(rng, n, dtype):
    x = rng.standard_normal(n)
    if np.dtype(dtype).kind == "c":
        x = x + 1j * rng.standard_normal(n)
    return x.astype(dtype)


def wide(x):
    return x.astype(np.clongdouble if x.dtype.kind == "c" else np.longdouble)


def convolve(x, h, method, start=0, n_out=None):
    out = np.empty(x.size + h.size - 1 if n_out is None else n_out, x.dtype)
    core.convolve(x, h, out, (start,), method, 1)
    return out


def bound(x, h):
    norm = np.abs(wide(h)).sum() * np.sqrt((np.abs(wide(x)) ** 2).sum())
    return 7 * np.log2(4 * (x.size + h.size)) * np.finfo(x.dtype).eps / 2 * norm


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("n", "m"), [(3000, 40), (3000, 700), (30_000, 300), (5000, 5000)])
def test_huge_samples(n, m, dtype):
    """They reach m outputs each; all others are as if they were not there."""
    rng = np.random.default_rng(n + m)
    x, h = sample(rng, n, dtype), sample(rng, m, dtype)
    places = [n // 3, n // 3 + 5]
    clean = x.copy()
    clean[places] = 0
    x[places] = [1e30, -3e25]
    want = np.convolve(wide(clean), wide(h))
    reached = np.zeros(n + m - 1, bool)
    for p in places:
        reached[p : p + m] = True
    for method in ("fft", "auto"):
        got = convolve(x, h, method)
        assert np.abs(wide(got) - want)[~reached].max() <= bound(clean, h)
        # What they reach has their size.
        full = np.convolve(wide(x), wide(h))
        error = np.abs(wide(got) - full)[reached].max()
        assert error <= bound(x, h)


@pytest.mark.parametrize("dtype", FLOATS)
def test_single_impulses_are_exact_copies(dtype):
    """Zeros around an impulse add nothing to it."""
    rng = np.random.default_rng(5)
    x, h = np.zeros(20_000, dtype), sample(rng, 500, dtype)
    x[7000] = 1
    for method in ("fft", "direct"):
        np.testing.assert_array_equal(convolve(x, h, method)[7000:7500], h)


@pytest.mark.parametrize("dtype", FLOATS)
def test_extreme_scales(dtype):
    """Far from 1 a transform could overflow or underflow where the sums do neither."""
    rng = np.random.default_rng(6)
    x, h = sample(rng, 2000, dtype), sample(rng, 300, dtype)
    largest = 30 if np.finfo(dtype).bits == 32 else 300
    for a, b in [(largest, -largest), (-largest, largest), (largest, 0), (0, -largest)]:
        scaled_x = (x * np.array(10.0, x.real.dtype) ** a).astype(dtype)
        scaled_h = (h * np.array(10.0, x.real.dtype) ** b).astype(dtype)
        want = np.convolve(wide(scaled_x), wide(scaled_h))
        got = convolve(scaled_x, scaled_h, "fft")
        assert np.abs(wide(got) - want).max() <= bound(scaled_x, scaled_h)


def test_overflow_is_that_of_the_sum():
    x, h = np.full(3000, 2e38, np.float32), np.zeros(300, np.float32)
    h[[0, 1]] = [1, 0.5]
    got = convolve(x, h, "fft", 299, 2701)
    # A thirtieth of `bound`.
    np.testing.assert_allclose(got, np.float32(3e38), rtol=1e-5)
    h[1] = 1
    assert (convolve(x, h, "fft", 299, 2701) == np.inf).all()


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("where", ["x", "h", "both"])
def test_values_that_are_not_finite(where, many, dtype):
    """The same NaN and infinities as in the direct sum, a few of them or very many."""
    rng = np.random.default_rng(8)
    for n, m in [(700, 90), (4000, 650)]:
        x, h = sample(rng, n, dtype), sample(rng, m, dtype)
        x[n // 5 : n // 4] = 0
        h[m // 3 : m // 3 + 3] = 0
        clean_x, clean_h = x.copy(), h.copy()
        if where != "h":
            places = rng.choice(n, n // 3 if many else 3, replace=False)
            x[places] = rng.choice([np.inf, -np.inf], places.size)
            x[places[0]] = np.nan
            clean_x[places] = 0
        if where != "x":
            places = rng.choice(m, m // 3 if many else 2, replace=False)
            h[places] = rng.choice([np.inf, -np.inf], places.size)
            h[places[0]] = np.nan
            clean_h[places] = 0
        for start, n_out in [(0, n + m - 1), (m - 1, n - m + 1), (-3, 200)]:
            got = convolve(x, h, "fft", start, n_out)
            want = convolve(x, h, "direct", start, n_out)
            for part in ("real", "imag"):
                a, b = getattr(got, part), getattr(want, part)
                np.testing.assert_array_equal(np.isfinite(a), np.isfinite(b))
                spoilt = ~np.isfinite(b)
                np.testing.assert_array_equal(a[spoilt], b[spoilt])
            finite = np.isfinite(want)
            if finite.any():
                exact = convolve(clean_x, clean_h, "direct", start, n_out)
                assert np.abs(got - exact)[finite].max() <= 2 * bound(clean_x, clean_h)


@pytest.mark.parametrize("dtype", FLOATS)
def test_infinities_without_nan(dtype):
    """Where only infinities of one sign meet, the output is that infinity."""
    rng = np.random.default_rng(9)
    n, m = 3000, 200
    x = np.abs(rng.standard_normal(n)).astype(dtype) + np.ones(1, dtype)
    h = np.abs(rng.standard_normal(m)).astype(dtype) + np.ones(1, dtype)
    if np.dtype(dtype).kind == "c":
        x, h = x * np.array(1 + 1j, dtype), h * np.array(1 + 0.5j, dtype)
    for count in (1, 1500):
        y = x.copy()
        y[rng.choice(n, count, replace=False)] = np.array(np.inf, dtype)
        got, want = convolve(y, h, "fft"), convolve(y, h, "direct")
        for part in ("real", "imag"):
            a, b = getattr(got, part), getattr(want, part)
            np.testing.assert_array_equal(a[~np.isfinite(b)], b[~np.isfinite(b)])
            np.testing.assert_array_equal(np.isfinite(a), np.isfinite(b))

"""The primitives `convolve` and `convolve_method` against the definition.

Floating results are compared with the sum in extended precision. A sum of q products in any order
and with or without fused multiply-adds is off by at most (q + 1) u sum |h| |x| to first order, u
being half of the machine epsilon; a complex product counts as two real ones in each part. Integers
are compared exactly.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flipshift._backend import core

FLOATS = [np.float32, np.float64, np.complex64, np.complex128]
INTEGERS = [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64]
#: Lengths around which the kernels change: lanes, tiles, transform sizes.
EDGES = [1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 191, 255, 256, 300]


def sample(rng, shape, dtype):
    dtype = np.dtype(dtype)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return rng.integers(info.min, info.max, shape, dtype, endpoint=True)
    x = rng.standard_normal(shape)
    if dtype.kind == "c":
        x = x + 1j * rng.standard_normal(shape)
    return x.astype(dtype)


def wide(x):
    if x.dtype.kind in "iu":
        return x.astype(object)
    return x.astype(np.clongdouble if x.dtype.kind == "c" else np.longdouble)


def definition(x, h, shape, start):
    """The sum over every entry of h, in exact integers or extended precision."""
    x, h = wide(x), wide(h)
    out = np.zeros(shape, x.dtype)
    with np.errstate(invalid="ignore", over="ignore"):
        for k in itertools.product(*map(range, h.shape)):
            offset = [s - j for s, j in zip(start, k, strict=True)]
            low = [max(0, -o) for o in offset]
            high = [min(m, n - o) for m, n, o in zip(shape, x.shape, offset, strict=True)]
            if all(a < b for a, b in zip(low, high, strict=True)):
                to = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
                at = tuple(slice(a + o, b + o) for a, b, o in zip(low, high, offset, strict=True))
                out[to] += h[k] * x[at]
    return out


def convolve(x, h, shape, start, method="direct"):
    """The primitive, in an array whose surroundings are checked for stray writes."""
    size = int(np.prod(shape))
    guarded = np.full(size + 32, 77, x.dtype)
    out = guarded[16 : 16 + size].reshape(shape)
    kept = x.copy(), h.copy()
    core.convolve(x, h, out, tuple(start), method)
    assert (guarded[:16] == 77).all()
    assert (guarded[16 + size :] == 77).all()
    np.testing.assert_array_equal(x, kept[0])
    np.testing.assert_array_equal(h, kept[1])
    return out


def check_direct(x, h, shape, start, method="direct"):
    got = convolve(x, h, shape, start, method)
    want = definition(x, h, shape, start)
    if x.dtype.kind in "iu":
        bits = 8 * x.dtype.itemsize
        np.testing.assert_array_equal(wide(got) % 2**bits, want % 2**bits)
        return
    size = definition(np.abs(x), np.abs(h), shape, start)
    terms = min(x.size, h.size) * (2 if x.dtype.kind == "c" else 1)
    bound = (terms + 2) * np.finfo(x.dtype).eps / 2 * size
    if x.dtype.kind == "c":
        # |re| and |im| of the products of a sum are at most its size.
        bound = bound * 2**0.5
    assert (np.abs(wide(got) - want) <= bound).all()


def check_fft(x, h, n_out, start, method="fft"):
    """The error of a transform is bounded in the norm.

    Each of three transforms of N points is off by at most c u log2(N) times the norm of its data
    (c about 7 for the radices in use), the product adds a few u; norms multiply to |h|_1 |x|_2 for
    the spectrum's largest entry, and |h|_1 <= sqrt(m) |h|_2.
    """
    got = convolve(x, h, (n_out,), (start,), method)
    full = np.convolve(wide(x), wide(h))
    index = np.arange(start, start + n_out)
    inside = (index >= 0) & (index < full.size)
    want = np.where(inside, full[np.clip(index, 0, full.size - 1)], 0)
    short, long = sorted([x, h], key=len)
    # The longest transform that could be in use covers the whole; eps is 2 u.
    steps = np.log2(4 * full.size) + 2
    norm = np.abs(wide(short)).sum() * np.sqrt((np.abs(wide(long)) ** 2).sum())
    error = np.sqrt((np.abs(wide(got) - want) ** 2).sum())
    assert error <= 7 * steps * np.finfo(x.dtype).eps / 2 * norm
    # Rounding is random rather than adverse: the usual error is far below the bound, and this is
    # what tells a wrong output apart from a rounded one in a long result.
    assert np.abs(wide(got) - want).max() <= 2 * steps * np.finfo(x.dtype).eps * norm / np.sqrt(
        full.size
    ) * np.sqrt(np.log2(full.size) + 2)


@pytest.mark.parametrize("dtype", [np.float64, np.complex64, np.int16])
def test_every_small_length(dtype):
    """Modes full, same and valid and one that reaches beyond both ends, all n, m <= 40."""
    rng = np.random.default_rng(1)
    some = range(1, 41) if dtype == np.float64 else [*range(1, 10), 15, 16, 17, 31, 32, 33, 40]
    for n, m in itertools.product(some, some):
        x, h = sample(rng, n, dtype), sample(rng, m, dtype)
        check_direct(x, h, (n + m + 4,), (-2,))
        check_direct(x, h, (n,), ((m - 1) // 2,))
        check_direct(x, h, (abs(n - m) + 1,), (min(n, m) - 1,))


@pytest.mark.parametrize("dtype", FLOATS + INTEGERS)
def test_lengths_around_lanes_and_tiles(dtype):
    rng = np.random.default_rng(2)
    for n in EDGES:
        for m in [1, 2, 5, 8, 9, 16, 33, 70]:
            x, h = sample(rng, n, dtype), sample(rng, m, dtype)
            check_direct(x, h, (n + m - 1,), (0,))


@settings(max_examples=200, deadline=None)
@given(
    n=st.integers(1, 700),
    m=st.integers(1, 700),
    start=st.integers(-20, 1500),
    n_out=st.integers(1, 700),
    dtype=st.sampled_from(FLOATS + INTEGERS),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_part_of_the_output(n, m, start, n_out, dtype, seed):
    rng = np.random.default_rng(seed)
    check_direct(sample(rng, n, dtype), sample(rng, m, dtype), (n_out,), (start,))


@pytest.mark.parametrize("dtype", [*FLOATS, np.uint64])
def test_few_outputs_of_many_taps(dtype):
    rng = np.random.default_rng(3)
    for n, m in [
        (16, 16),
        (17, 19),
        (45, 44),
        (131, 134),
        (1000, 1000),
        (1003, 1000),
        (1000, 1021),
    ]:
        x, h = sample(rng, n, dtype), sample(rng, m, dtype)
        for start in (min(n, m) - 1, 0, n + m - 6, -2, n + m - 3):
            check_direct(x, h, (abs(n - m) + 1,), (start,))


@settings(max_examples=150, deadline=None)
@given(
    n=st.integers(1, 3000),
    m=st.integers(1, 600),
    cut=st.tuples(st.floats(-0.1, 1), st.floats(0, 1.1)),
    dtype=st.sampled_from(FLOATS),
    swap=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_fft(n, m, cut, dtype, swap, seed):
    rng = np.random.default_rng(seed)
    x, h = sample(rng, n, dtype), sample(rng, m, dtype)
    if swap:
        x, h = h, x
    full = n + m - 1
    start = int(cut[0] * full)
    check_fft(x, h, max(1, int(cut[1] * full) - start), start)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(
    ("n", "m"), [(50_000, 40), (50_000, 700), (20_000, 20_000), (70_001, 6_007)]
)
def test_fft_of_long_signals(n, m, dtype):
    """Several blocks; sparse signals make the definition quick and let errors stand out."""
    rng = np.random.default_rng(n + m)
    x, h = np.zeros(n, dtype), sample(rng, m, dtype)
    spikes = np.concatenate([[0, n - 1], rng.integers(0, n, 60)])
    x[spikes] = sample(rng, spikes.size, dtype)
    for start, n_out in [(0, n + m - 1), ((m - 1) // 2, n), (m - 1, n - m + 1), (-5, n + m + 9)]:
        got = convolve(x, h, (n_out,), (start,), "fft")
        full = np.zeros(n + m - 1, wide(x).dtype)
        for p in np.unique(spikes):
            full[p : p + m] += wide(x)[p] * wide(h)
        full = np.concatenate([np.zeros(5, full.dtype), full, np.zeros(5, full.dtype)])
        want = full[start + 5 : start + 5 + n_out]
        # As in check_fft, per output: all of the norm may sit in one block.
        norm = np.abs(wide(h)).sum() * np.sqrt((np.abs(wide(x)) ** 2).sum())
        error = np.abs(wide(got) - want).max()
        assert error <= 7 * np.log2(4 * (n + m)) * np.finfo(dtype).eps / 2 * norm


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("method", ["direct", "fft", "auto"])
@pytest.mark.parametrize(("n", "m"), [(1, 1), (9, 3), (40, 40), (200, 33), (9000, 120)])
def test_not_finite_values_stay_where_they_belong(n, m, method, bad, dtype):
    """An infinite sample or tap reaches the outputs whose sum has it, and those alone."""
    rng = np.random.default_rng(n)
    for place in {0, n // 2, n - 1}:
        x, h = sample(rng, n, dtype), sample(rng, m, dtype)
        x[place] = bad
        got = convolve(x, h, (n + m + 3,), (-2,), method)
        reached = np.zeros(n + m + 3, bool)
        reached[2 + place : 2 + place + m] = True
        np.testing.assert_array_equal(np.isfinite(got), ~reached)
        if got.dtype.kind == "f" and np.isinf(bad):
            np.testing.assert_array_equal(got[reached], np.sign(h) * bad)
    for place in {0, m // 2, m - 1}:
        x, h = sample(rng, n, dtype), sample(rng, m, dtype)
        h[place] = bad
        got = convolve(x, h, (n + m + 3,), (-2,), method)
        reached = np.zeros(n + m + 3, bool)
        reached[2 + place : 2 + place + n] = True
        np.testing.assert_array_equal(np.isfinite(got), ~reached)


@pytest.mark.parametrize("dtype", [np.float32, np.complex128])
def test_many_values_that_are_not_finite(dtype):
    """Runs of NaN and single infinities, in several blocks of the transform."""
    rng = np.random.default_rng(7)
    n, m = 30_000, 200
    x, h = sample(rng, n, dtype), sample(rng, m, dtype)
    x[:100] = x[5000:9000] = x[25_000:25_100:3] = np.nan
    x[[0, 4990, 12_000, 12_001, 20_000, n - 1]] = np.inf
    got = convolve(x, h, (n + m - 1,), (0,), "fft")
    want = convolve(x, h, (n + m - 1,), (0,), "direct")
    clean = np.where(np.isfinite(x), x, 0)
    reached = np.convolve(~np.isfinite(x), np.ones(m)) > 0.5
    np.testing.assert_array_equal(np.isfinite(got), ~reached)
    for part in ("real", "imag"):
        np.testing.assert_array_equal(getattr(got, part)[reached], getattr(want, part)[reached])
    # As in check_fft, for the signal without those values.
    norm = np.abs(wide(h)).sum() * np.sqrt((np.abs(wide(clean)) ** 2).sum())
    error = np.abs(wide(got) - np.convolve(wide(clean), wide(h)))[~reached]
    assert np.sqrt((error**2).sum()) <= 7 * np.log2(4 * (n + m)) * np.finfo(dtype).eps / 2 * norm


def test_infinite_edges_leave_the_inside_alone():
    """Zero padding must not meet an infinite tap: 0 * inf would be NaN."""
    for n, m in [(3, 2), (10, 9), (40, 17), (100, 64)]:
        x, h = np.ones(n), np.ones(m)
        h[0] = h[-1] = np.inf
        got = convolve(x, h, (n + m - 1,), (0,))
        assert not np.isnan(got).any()
        x, h = np.ones(n), np.zeros(m)
        x[0] = x[-1] = np.inf
        got = convolve(x, h, (n + m - 1,), (0,))
        want = np.zeros(n + m - 1)
        want[:m] = want[-m:] = np.nan
        np.testing.assert_array_equal(got, want)


def test_overflow_is_that_of_the_sum():
    """Large finite values overflow where their sum does, not where a transform would."""
    big = np.float32(2e38)
    x, h = np.zeros(4000, np.float32), np.zeros(200, np.float32)
    x[[100, 1000, 1001]] = big
    h[[0, 1]] = 1
    got = convolve(x, h, (4199,), (0,), "fft")
    want = np.zeros(4199)
    want[[100, 101, 1000, 1002]] = big
    want[1001] = np.inf
    # Three transforms of at most 2^13 points: 3 * 13 eps |x| |h| = 2e33 in the Euclidean norms.
    np.testing.assert_allclose(got, want, rtol=1e-6, atol=1e33)


@pytest.mark.parametrize("dtype", [np.float32, np.complex128, np.int8, np.uint16, np.int64])
def test_several_dimensions(dtype):
    rng = np.random.default_rng(4)
    shapes = [
        ((5, 6), (3, 2)),
        ((1, 40), (3, 3)),
        ((40, 1), (3, 3)),
        ((7, 3), (2, 20)),
        ((4, 9, 5), (2, 3, 5)),
        ((2, 1, 3, 17), (3, 2, 1, 9)),
    ]
    for xs, hs in shapes:
        x, h = sample(rng, xs, dtype), sample(rng, hs, dtype)
        full = [n + m - 1 for n, m in zip(xs, hs, strict=True)]
        check_direct(x, h, full, [0] * len(xs))
        check_direct(x, h, [n + 5 for n in full], [-2] * len(xs), "auto")
        check_direct(x, h, xs, [(m - 1) // 2 for m in hs])


@pytest.mark.parametrize("dtype", [np.float64, np.complex64, np.uint8])
def test_several_blocks_of_rows(dtype):
    rng = np.random.default_rng(6)
    for xs, hs in [
        ((700, 50), (4, 5)),
        ((2, 400, 23), (2, 9, 7)),
        ((5, 2100), (3, 4)),
        ((90, 60), (60, 1)),
        ((40, 1500), (40, 3)),
    ]:
        x, h = sample(rng, xs, dtype), sample(rng, hs, dtype)
        check_direct(x, h, [n + m - 1 for n, m in zip(xs, hs, strict=True)], [0] * len(xs))
        check_direct(x, h, xs, [(m - 1) // 2 for m in hs])
        check_direct(x, h, [n - m + 1 for n, m in zip(xs, hs, strict=True)], [m - 1 for m in hs])


def test_not_finite_values_in_two_dimensions():
    x, h = np.ones((6, 30)), np.ones((3, 4))
    x[2, 7] = np.nan
    got = convolve(x, h, (8, 33), (0, 0))
    reached = np.zeros((8, 33), bool)
    reached[2:5, 7:11] = True
    np.testing.assert_array_equal(np.isnan(got), reached)
    x[2, 7] = 1
    h[0, 0] = np.inf
    got = convolve(x, h, (8, 33), (0, 0))
    reached = np.zeros((8, 33), bool)
    reached[:6, :30] = True
    np.testing.assert_array_equal(np.isinf(got), reached)
    assert not np.isnan(got).any()


def test_method():
    for dtype in FLOATS:
        assert core.convolve_method(100, 3, 102, np.dtype(dtype)) == "direct"
        assert core.convolve_method(10**6, 10**5, 10**6, np.dtype(dtype)) == "fft"
    for dtype in INTEGERS:
        assert core.convolve_method(10**6, 10**5, 10**6, np.dtype(dtype)) == "direct"


@pytest.mark.parametrize(("n", "m"), [(100, 5), (3000, 2500)])
def test_auto_is_the_method_that_it_names(n, m):
    rng = np.random.default_rng(5)
    x, h = rng.standard_normal(n), rng.standard_normal(m)
    method = core.convolve_method(n, m, n + m - 1, x.dtype)
    got = convolve(x, h, (n + m - 1,), (0,), "auto")
    np.testing.assert_array_equal(got, convolve(x, h, (n + m - 1,), (0,), method))

"""Integers are convolved exactly modulo the width of their dtype, whatever the values.

The expected sums are those of the definition in uint64, whose arithmetic is that modulo 2^64; of
long signals some outputs are compared.
"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flipshift import signal
from flipshift._convolve import integers

DTYPES = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"]


def modulo(x):
    """The same numbers modulo 2^64."""
    return x.astype(np.int64).view(np.uint64) if x.dtype.kind == "i" else x.astype(np.uint64)


def exact(x, h):
    """The full convolution modulo 2^64, as uint64."""
    x, h = modulo(x), modulo(h)
    if len(x) < len(h):
        x, h = h, x
    y = np.zeros(len(x) + len(h) - 1, np.uint64)
    for k, tap in enumerate(h):
        y[k : k + len(x)] += tap * x
    return y


def check(x, h, **more):
    y = signal.convolve(x, h, **more)
    assert y.dtype == x.dtype
    np.testing.assert_array_equal(y, exact(x, h).astype(x.dtype))


def extremes(dtype, n, which):
    info = np.iinfo(dtype)
    rng = np.random.default_rng(n)
    if which == "any":
        return rng.integers(info.min, info.max, n, dtype, endpoint=True)
    if which == "either":
        return rng.choice(np.array([info.min, info.max], dtype), n)
    return np.full(n, {"lowest": info.min, "highest": info.max}[which], dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("of_x", ["lowest", "highest", "either", "any"])
@pytest.mark.parametrize("of_h", ["lowest", "highest", "either", "any"])
@pytest.mark.parametrize("method", ["direct", "fft"])
def test_extremes(dtype, of_x, of_h, method):
    for n, m in [(33, 20), (2000, 40), (1500, 1300)]:
        check(extremes(dtype, n, of_x), extremes(dtype, m, of_h), method=method)


@pytest.mark.parametrize("dtype", ["u1", "i4", "i8", "u8"])
@pytest.mark.parametrize("of", ["lowest", "highest", "either", "any"])
@pytest.mark.parametrize(("n", "m"), [(100_000, 90_000), (150_000, 5000)])
def test_long_ones(dtype, of, n, m):
    x, h = extremes(dtype, n, of), extremes(dtype, m, of)
    y = signal.convolve(x, h)
    x, h = modulo(x), modulo(h[::-1])
    rng = np.random.default_rng(m)
    for k in [0, 1, m - 1, n - 1, n + m - 2, *rng.integers(0, n + m - 1, 60)]:
        low, high = max(0, k - m + 1), min(n, k + 1)
        expected = (x[low:high] * h[m - 1 - k + low : m - 1 - k + high]).sum(dtype=np.uint64)
        assert y[k] == expected.astype(dtype)


@pytest.mark.parametrize(
    ("dtype", "value"), [("i8", -(2**63)), ("u8", 2**64 - 1), ("i4", 2**31 - 1)]
)
def test_a_million_equal_numbers(dtype, value):
    """The largest sums: the k-th is min(k + 1, 2 n - 1 - k) times the square of the value."""
    n = 10**6
    x = np.full(n, value, dtype)
    counts = np.minimum(np.arange(1, 2 * n), np.arange(2 * n - 1, 0, -1)).astype(np.uint64)
    expected = counts * np.array(value * value % 2**64, np.uint64)
    np.testing.assert_array_equal(signal.convolve(x, x), expected.astype(dtype))


@settings(deadline=None)
@given(
    bits=st.tuples(st.integers(1, 64), st.integers(1, 64)),
    sizes=st.tuples(st.integers(1, 3000), st.integers(1, 300)),
    signs=st.tuples(st.sampled_from([-1, 1]), st.sampled_from([-1, 1])),
    offset=st.sampled_from([0, -1]),
    dtype=st.sampled_from(DTYPES),
)
def test_powers_of_two(bits, sizes, signs, offset, dtype):
    """Numbers at the edges of what digits hold, among small ones."""
    rng = np.random.default_rng(sizes)
    made = []
    for b, n, sign in zip(bits, sizes, signs, strict=True):
        edge = sign * (2**b + offset)
        values = [edge, -edge, edge // 2, 1, 0]
        of_dtype = np.array([v % 2**64 for v in values], np.uint64).astype(dtype)
        made.append(rng.choice(of_dtype, n))
    check(*made, method="fft")


@settings(deadline=None)
@given(
    bits=st.tuples(st.integers(0, 64), st.integers(0, 64)),
    room=st.integers(8, 46),
    width=st.sampled_from([8, 16, 32, 64]),
)
def test_digits_hold_all_numbers_and_keep_the_bound(bits, room, width):
    """What the proof says of the digits that a plan cuts numbers of so many bits into."""
    most = [2 ** min(b, width - 1) - (b < width - 1) for b in bits]
    w, count_x, count_h, weights = integers._cut(*most, 2.0**room, width)
    if w == 0:
        assert most[0] * most[1] <= 2**room
        return
    assert 2 <= w <= 53
    largest = []
    for size, count in zip(most, (count_x, count_h), strict=True):
        numbers = [s * v for v in (size, size // 2, size // 3, size - 1, 1) for s in (1, -1)]
        numbers = [v for v in numbers if -(2 ** (width - 1)) <= v < 2 ** (width - 1)]
        x = np.array(numbers, f"i{width // 8}")
        plan = integers.Plan(w, count, count, weights, (2,), 1, 0.0)
        digits = integers._Work(plan, (), x.size, (1,)).cut(x, count).copy()
        assert abs(digits).max() <= 2 ** (w - 1)
        for digit, number in zip(digits.T, numbers, strict=True):
            total = sum(int(d) << (w * i) for i, d in enumerate(digit))
            assert (total - number) % 2**width == 0
        largest.append(min(2 ** (w - 1), size))
    assert min(count_x, count_h) * largest[0] * largest[1] <= 2**room
    assert w * (weights - 1) < width <= max(width, w * weights)


@pytest.mark.parametrize("length", [64, 4096, 2**14, 3 * 5 * 7 * 64])
def test_the_bound_of_the_error(length):
    """The errors of the transforms in use are below the bound that the proof rests on.

    Inputs that add up their errors: constant, alternating, and of random signs.
    """
    rng = np.random.default_rng(length)
    n = length // 2
    ones, signs = np.ones(n), np.where(np.arange(n) % 2, -1.0, 1.0)
    for x in (ones, signs, rng.choice([-1.0, 1.0], n)):
        for h in (ones, signs, x):
            # Odd factors of 53 bits, so that no product of numbers is exact.
            a, b = 1 + 2.0**-52 * 12345679, 1 + 2.0**-52 * 98765431
            y = signal.convolve(a * x, b * h, method="fft")
            true = np.rint(signal.convolve(x, h, method="fft"))
            error = abs(y - true * np.longdouble(a) * np.longdouble(b)).max()
            assert error <= 0.25 / integers._room(length, n, n)
            np.testing.assert_array_equal(true, exact(x.astype("i8"), h.astype("i8")).view("i8"))


def test_small_numbers_take_one_transform():
    plan = integers.plan((1000,), (1000,), (0,), (1999,), 100, 100, 8)
    assert (plan.width, plan.count_x, plan.count_h, plan.weights) == (0, 1, 1, 1)
    plan = integers.plan((1000,), (1000,), (0,), (1999,), 2**62, 2**62, 8)
    assert plan.weights == math.ceil(64 / plan.width) > 1
    plan = integers.plan((10**6,), (1000,), (0,), (10**6 + 999,), 2**31, 2**31, 4)
    assert plan.blocks > 1
    assert plan.weights == 2


@pytest.mark.parametrize("dtype", ["i2", "u4", "i8"])
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize(("n", "m"), [(5000, 700), (700, 5000), (3000, 3000)])
def test_modes_and_correlation(dtype, mode, n, m):
    x, h = extremes(dtype, n, "any"), extremes(dtype, m, "either")
    full = exact(x, h).astype(dtype)
    start, length = {
        "full": (0, n + m - 1),
        "same": ((m - 1) // 2, n),
        "valid": (min(n, m) - 1, abs(n - m) + 1),
    }[mode]
    expected = full[start : start + length]
    for method in ("auto", "direct", "fft"):
        np.testing.assert_array_equal(signal.convolve(x, h, mode, method), expected)
        np.testing.assert_array_equal(signal.correlate(x, h[::-1], mode, method), expected)


@pytest.mark.parametrize("dtype", ["i4", "u8"])
def test_several_dimensions(dtype):
    x = extremes(dtype, 30 * 40, "any").reshape(30, 40)
    h = extremes(dtype, 20 * 25, "either").reshape(20, 25)
    # Rows with gaps of zeros are one long line.
    flat = [np.zeros((a.shape[0], 64), dtype) for a in (x, h)]
    for a, padded in zip((x, h), flat, strict=True):
        padded[:, : a.shape[1]] = a
    expected = exact(*(a.reshape(-1) for a in flat)).astype(dtype)[: 49 * 64].reshape(49, 64)
    for method in ("auto", "direct", "fft"):
        np.testing.assert_array_equal(signal.convolve(x, h, method=method), expected[:, :64])

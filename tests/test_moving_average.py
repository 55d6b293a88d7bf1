"""`signal.moving_average` and its primitive against the definition in extended precision."""

import itertools

import numpy as np
import pytest

from flipshift import signal
from flipshift._backend import core

MODES = ("valid", "same", "full", "causal")


def part(full, length, n, mode):
    """What `mode` takes of the full convolution, along the last axis."""
    start, count = {
        "full": (0, length + n - 1),
        "same": ((n - 1) // 2, length),
        "valid": (n - 1, max(length - n + 1, 0)),
        "causal": (0, length),
    }[mode]
    return full[..., start : start + count]


def window_sums(x, n):
    """Sums over all windows that touch x, along the last axis, each from its own samples."""
    wide = np.clongdouble if x.dtype.kind == "c" else np.longdouble
    padded = np.zeros((*x.shape[:-1], x.shape[-1] + 2 * (n - 1)), wide)
    padded[..., n - 1 : n - 1 + x.shape[-1]] = x
    windows = np.lib.stride_tricks.sliding_window_view(padded, n, -1)
    with np.errstate(invalid="ignore"):
        return windows.sum(-1)


def check(x, n, axis=-1, modes=MODES):
    """n sums of n samples each are off by at most n eps times the sum of their sizes."""
    lines = np.moveaxis(x, axis, -1)
    full, sizes = window_sums(lines, n) / n, window_sums(np.abs(lines), n).real / n
    eps = float(np.finfo(x.dtype).eps)
    for mode in modes:
        y = signal.moving_average(x, n, axis, mode)
        assert y.dtype == x.dtype
        expected = part(full, lines.shape[-1], n, mode)
        y = np.moveaxis(y, axis, -1)
        assert y.shape == expected.shape
        assert (np.abs(y - expected) <= (n + 4) * eps * part(sizes, lines.shape[-1], n, mode)).all()


def numbers(shape, dtype, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        x = x + 1j * rng.standard_normal(shape)
    return x.astype(dtype)


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16", "g"])
def test_one_line_any_window(dtype):
    for length in (1, 2, 7, 30, 65):
        for n in (1, 2, 3, 5, 8, 9, 11, 12, 16, 17, 25, 31, 33, 64, 65, 66, 140):
            check(numbers(length, dtype, n), n)


@pytest.mark.parametrize("dtype", ["f4", "f8", "c16"])
@pytest.mark.parametrize(("length", "n"), [(3000, 40), (3000, 700), (4000, 1025), (2500, 2400),
                                           (2000, 5000), (9000, 1500)])  # fmt: skip
def test_long_windows(length, n, dtype):
    check(numbers(length, dtype), n, modes=("full",))


@pytest.mark.parametrize("shape", [(5, 40), (40, 5), (6, 40, 3), (3, 90, 20), (2, 50, 130)])
def test_axes(shape):
    for axis, n in itertools.product(range(len(shape)), (1, 2, 4, 6, 10, 37, 60)):
        check(numbers(shape, "f8"), n, axis, ("same", "valid"))


def test_many_short_lines():
    for dtype in ("f4", "f8", "c16"):
        for length, n in ((3, 2), (20, 7), (20, 30), (200, 150)):
            check(numbers((41, length), dtype), n, modes=("full",))


@pytest.mark.parametrize("layout", ["F", "transposed", "strided", "reversed", "swapped"])
def test_layouts(layout):
    x = np.random.default_rng(0).integers(-99, 99, (12, 10, 14)).astype(float)  # exact sums
    y = {
        "F": np.asfortranarray(x),
        "transposed": x.transpose(2, 0, 1),
        "strided": x[::2, ::-1, 3:],
        "reversed": x[::-1, ::-1, ::-1],
        "swapped": x.astype(">f8"),
    }[layout]
    for axis in range(3):
        for mode in MODES:
            expected = signal.moving_average(np.array(y, "f8", order="C"), 4, axis, mode)
            actual = signal.moving_average(y, 4, axis, mode)
            assert actual.dtype.isnative
            np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize("n", [2, 6, 30, 300, 1500])
@pytest.mark.parametrize("columns", [1, 2, 5, 70])
def test_nothing_drifts(n, columns):
    """A huge number leaves with its sample; windows without it are as if it had not been there."""
    x = numbers((4000, columns), "f8")
    y = x.copy()
    y[1000] = 1e300
    a, b = (signal.moving_average(v, n, 0, "causal") for v in (x, y))
    reached = np.zeros(4000, bool)
    reached[1000 : 1000 + n] = True
    np.testing.assert_array_equal(a[~reached], b[~reached])
    assert (b[reached] > 1e290).all()


@pytest.mark.parametrize("dtype", ["f4", "f8", "c16"])
@pytest.mark.parametrize("n", [2, 6, 30, 300, 1500])
@pytest.mark.parametrize("columns", [1, 3, 40])
def test_nonfinite_samples_reach_their_windows_only(columns, n, dtype):
    x = numbers((2500, columns), dtype)
    x[100, 0], x[2000, columns // 2] = np.nan, np.inf
    x[1700, columns - 1] = -np.inf
    reached = np.zeros((2500, columns), bool)
    for row, column in ((100, 0), (2000, columns // 2), (1700, columns - 1)):
        reached[row : row + n, column] = True
    y = signal.moving_average(x, n, 0, "causal")
    np.testing.assert_array_equal(~np.isfinite(y), reached)
    rows = slice(2000, 2000 + n) if n <= 300 else slice(2000, 2000)
    np.testing.assert_array_equal(y[rows, columns // 2].real, np.inf)
    np.testing.assert_array_equal(np.isfinite(y[rows, columns // 2].imag), True)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_constants_are_their_own_means(dtype):
    for n in (*range(1, 60), 99, 333, 1024, 1111, 2000):
        y = signal.moving_average(np.full(2100, 3, dtype), n)
        np.testing.assert_array_equal(y, 3)
        y = signal.moving_average(np.full((2100, 5), 3, dtype), n, 0)
        np.testing.assert_array_equal(y, 3)


def test_means_are_rounded_as_a_division():
    """Exact sums, so that only the division rounds."""
    x = np.random.default_rng(0).integers(-1000, 1000, 3000).astype(float)
    for n in (3, 7, 10, 30, 49, 300, 1100):
        sums = np.convolve(x.astype(np.int64), np.ones(n, np.int64), "valid")
        np.testing.assert_array_equal(signal.moving_average(x, n), sums / n)


def test_dtypes():
    for given, expected in {"i1": "f8", "u8": "f8", "?": "f8", "f2": "f2", "G": "G"}.items():
        y = signal.moving_average(np.ones(5, given), 2)
        assert y.dtype == np.dtype(expected) == np.ones(5, given).mean().dtype
        np.testing.assert_array_equal(y, 1)
    from fractions import Fraction

    y = signal.moving_average(np.array([Fraction(1), Fraction(2), Fraction(4)]), 3, mode="valid")
    assert y.dtype == object
    assert y[0] == Fraction(7, 3)


def test_no_window_fits():
    assert signal.moving_average([1.0, 2.0], 3).shape == (0,)
    assert signal.moving_average(np.ones((2, 4)), 3, 0).shape == (0, 4)
    np.testing.assert_array_equal(signal.moving_average([1.0, 2.0], 4, mode="same"), [0.75, 0.75])


def test_out():
    x = numbers((40, 30), "f8")
    for axis, n in itertools.product((0, 1), (3, 12)):
        expected = signal.moving_average(x, n, axis, "same")
        same = x.copy()
        for out in (np.empty_like(x), np.empty((40, 30), ">f8"), np.empty((30, 40)).T, same):
            source = same if out is same else x
            assert signal.moving_average(source, n, axis, "same", out=out) is out
            np.testing.assert_array_equal(out, expected)
    base = numbers(60, "f8")
    expected = signal.moving_average(base[:50].copy(), 4, mode="causal")
    signal.moving_average(base[:50], 4, mode="causal", out=base[10:])
    np.testing.assert_array_equal(base[10:], expected)
    half = np.empty(3, np.float16)
    assert signal.moving_average(np.ones(4, np.float16), 2, out=half) is half
    np.testing.assert_array_equal(half, 1)


@pytest.mark.parametrize(
    ("shape", "axis"), [((200000,), 0), ((3000, 40), 0), ((4000, 30), 1), ((40, 3000), 1)]
)
def test_bits_do_not_depend_on_workers(shape, axis):
    x = numbers(shape, "f4")
    for n in (3, 20, 700):
        one = signal.moving_average(x, n, axis, "same", workers=1)
        for workers in (2, 3):
            y = signal.moving_average(x, n, axis, "same", workers=workers)
            np.testing.assert_array_equal(y, one)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"n": 0}, ValueError, "n must be at least 1, not 0"),
        ({"n": 2.0}, TypeError, "n must be an integer, the length of the window, not 2.0"),
        ({"x": 1.0}, ValueError, "x must have at least one dimension"),
        ({"x": np.empty((0, 3))}, ValueError, r"x cannot be empty; its shape is \(0, 3\)"),
        ({"x": ["a", "b"]}, TypeError, "x must be numeric, not <U1"),
        ({"axis": 2}, np.exceptions.AxisError, "axis 2 is out of bounds"),
        ({"axis": "0"}, TypeError, "axis must be an integer, not '0'"),
        ({"mode": "reflect"}, ValueError, "mode must be one of 'valid', 'same', .*not 'reflect'"),
        ({"mode": ["same"]}, ValueError, r"mode must be one of .*not \['same'\]"),
        (
            {"out": np.empty(4)},
            ValueError,
            r"out has shape \(4,\), but the result has shape \(3, 3",
        ),
        ({"out": np.empty((3, 3), "f4")}, TypeError, "out has dtype float32"),
        ({"workers": 0}, ValueError, "workers must not be zero"),
    ],
)
def test_bad_input(change, error, words):
    with pytest.raises(error, match=words):
        signal.moving_average(**{"x": np.ones((3, 4)), "n": 2} | change)


def test_primitive_takes_any_part():
    """Windows that begin anywhere, far outside too, and a divisor that is not the length."""
    x = np.arange(1.0, 11).reshape(1, 10, 1)
    for n, start, count in itertools.product((1, 3, 12, 40), (-20, -2, 0, 5, 30), (1, 9, 60)):
        out = np.full((1, count, 1), 99.0)
        core.running_sum(x, out, n, start, 2.0, 1)
        expected = [x[0, max(start + i - n + 1, 0) : max(start + i + 1, 0), 0].sum() / 2
                    for i in range(count)]  # fmt: skip
        np.testing.assert_array_equal(out[0, :, 0], expected)


def continued(x, first, count, boundary, fillvalue):
    """Samples `first` ... of x along axis 1, found by walking from the end."""
    length, rows = x.shape[1], []
    for i in range(first, first + count):
        at = i
        while not 0 <= at < length and boundary != "fill":
            if boundary == "wrap":
                at += length if at < 0 else -length
            elif boundary == "nearest" or length == 1:
                at = 0 if at < 0 else length - 1
            elif boundary == "symm":
                at = -1 - at if at < 0 else 2 * length - 1 - at
            else:
                at = -at if at < 0 else 2 * length - 2 - at
        rows.append(x[:, at] if 0 <= at < length else np.full_like(x[:, 0], fillvalue))
    return np.stack(rows, 1)


@pytest.mark.parametrize("boundary", ["fill", "wrap", "symm", "mirror", "nearest"])
@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
def test_primitive_continues_lines(boundary, dtype):
    """Sums of whole numbers, which are exact, and so is half of them."""
    rng = np.random.default_rng(0)
    fillvalue = 3 - 2j if np.dtype(dtype).kind == "c" else 3
    for outer, length, inner in ((1, 70, 1), (2, 1, 1), (1, 9, 3), (3, 40, 2), (9, 6, 1),
                                 (1, 30, 80), (2, 300, 1), (1, 5, 150)):  # fmt: skip
        x = rng.integers(-9, 10, (outer, length, inner)).astype(dtype)
        if x.dtype.kind == "c":
            x += 1j * rng.integers(-9, 10, x.shape)
        for n in (1, 2, 3, 5, 8, 17, 24, 39, 66, 150):
            for start, n_out in ((n // 2, length), (-4, length + n + 7)):
                samples = continued(x, start - n + 1, n_out + n - 1, boundary, fillvalue)
                windows = np.lib.stride_tricks.sliding_window_view(samples, n, 1)
                out = np.full((outer, n_out, inner), 99, dtype)
                core.running_sum(x, out, n, start, 2.0, 1, boundary, fillvalue)
                np.testing.assert_array_equal(out, windows.sum(-1) / 2)
    line, out = np.array([1.0, 2, 4]), np.empty(4)
    core.running_sum(line, out, 2, 0, 1.0, 1, "nearest", 0)
    np.testing.assert_array_equal(out, [2, 3, 6, 8])

"""The primitive `convolve_axis` against its definition, on both backends."""

import itertools

import numpy as np
import pytest

from flipshift._backend import core

FLOATS = ["f4", "f8", "c8", "c16"]
INTEGERS = ["i1", "u2", "i4", "u8"]
#: What the boundaries of the primitive are to `numpy.pad`.
PADS = {
    "fill": "constant",
    "wrap": "wrap",
    "symm": "symmetric",
    "mirror": "reflect",
    "nearest": "edge",
}


def definition(x, h, start, n_out):
    """sum_k h[k] x[o, start + i - k, c], in the dtype of x."""
    out = np.zeros((x.shape[0], n_out, x.shape[2]), x.dtype)
    for i in range(n_out):
        for k in range(h.size):
            if 0 <= start + i - k < x.shape[1]:
                out[:, i] += h[k] * x[:, start + i - k]
    return out


def whole_numbers(shape, dtype, rng):
    """Numbers whose products and sums of some dozens are exact in every dtype but 8 bits wide."""
    x = rng.integers(-9, 10, shape)
    if np.dtype(dtype).kind == "c":
        return (x + 1j * rng.integers(-9, 10, shape)).astype(dtype)
    return x.astype(dtype)


def computed(x, h, start, n_out, *boundary, workers=1):
    out = np.full((x.shape[0], n_out, x.shape[2]), 99, x.dtype)
    core.convolve_axis(x, h, out, start, workers, *boundary)
    return out


def continued(x, h, start, n_out, boundary, fillvalue):
    """The samples under n_out windows, continued by `numpy.pad`."""
    first, last = start - h.size + 1, start + n_out
    widths = ((0, 0), (max(0, -first), max(0, last - x.shape[1])), (0, 0))
    value = {"constant_values": fillvalue} if boundary == "fill" else {}
    x = np.pad(x, widths, PADS[boundary], **value)
    return x[:, max(0, first) : max(0, first) + n_out + h.size - 1]


@pytest.mark.parametrize("dtype", FLOATS + INTEGERS)
@pytest.mark.parametrize("inner", [1, 2, 3, 7, 9, 16, 35])
def test_whole_numbers_are_exact(dtype, inner):
    rng = np.random.default_rng(inner)
    for n, m, outer in itertools.product((1, 2, 13, 40), (1, 2, 5, 12), (1, 5)):
        x, h = whole_numbers((outer, n, inner), dtype, rng), whole_numbers(m, dtype, rng)
        for start, n_out in ((0, n + m - 1), (m - 1, n), (-3, n + m + 4), (n + m + 2, 3), (1, 1)):
            expected = definition(x, h, start, n_out)
            np.testing.assert_array_equal(computed(x, h, start, n_out), expected)


@pytest.mark.parametrize("dtype", ["f8", "c8", "u1"])
@pytest.mark.parametrize("inner", [64, 256, 300])
def test_wide_rows(dtype, inner):
    """Strips of columns, and rows whose distance is a power of two."""
    rng = np.random.default_rng(0)
    x, h = whole_numbers((2, 30, inner), dtype, rng), whole_numbers(6, dtype, rng)
    np.testing.assert_array_equal(computed(x, h, 2, 30), definition(x, h, 2, 30))


def test_one_line():
    x, h, out = np.arange(5.0), np.array([1.0, -1]), np.empty(6)
    core.convolve_axis(x, h, out, 0, 1)
    np.testing.assert_array_equal(out, [0, 1, 1, 1, 1, -4])


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(
    ("outer", "n", "inner", "m"),
    [(3, 700, 1, 150), (300, 40, 1, 25), (2, 600, 5, 200), (1, 400, 40, 300), (1, 90, 3, 400)],
)
def test_error_of_long_kernels(outer, n, inner, m, dtype):
    """In the norm of the kernel and the line, by whichever method: 8 eps log2(n + m)."""
    rng = np.random.default_rng(m)
    x, h = rng.standard_normal((outer, n, inner)), rng.standard_normal(m)
    if dtype[0] == "c":
        x, h = x + 1j * rng.standard_normal(x.shape), h + 1j * rng.standard_normal(m)
    x, h = x.astype(dtype), h.astype(dtype)
    wide = np.clongdouble if dtype[0] == "c" else np.longdouble
    for start, n_out in ((0, n + m - 1), (m // 2, n), (-2, 20)):
        expected = np.zeros((outer, n_out, inner), wide)
        for k in range(m):
            low, high = max(0, k - start), min(n_out, n + k - start)
            if low < high:
                there = x[:, low + start - k : high + start - k].astype(wide)
                expected[:, low:high] += wide(h[k]) * there
        norms = np.linalg.norm(h) * np.linalg.norm(x, axis=1, keepdims=True)
        bound = 8 * float(np.finfo(dtype).eps) * np.log2(n + m) * norms
        assert (np.abs(computed(x, h, start, n_out) - expected) <= bound).all()


@pytest.mark.parametrize("dtype", ["f4", "c16", "i4"])
@pytest.mark.parametrize(
    ("shape", "m"),
    [((40, 3000, 1), 9), ((3000, 30, 1), 9), ((1, 3000, 30), 9), ((2, 9000, 3), 9),
     ((9, 4000, 1), 700), ((1, 4000, 9), 700)],
)  # fmt: skip
def test_bits_do_not_depend_on_workers(shape, m, dtype):
    rng = np.random.default_rng(1)
    x, h = (100 * rng.standard_normal(s) for s in (shape, m))
    x, h = x.astype(dtype), h.astype(dtype)
    out = np.empty(shape, dtype)  # the same memory, as the order of sums heeds its alignment
    core.convolve_axis(x, h, out, 3, 1)
    one = out.copy()
    for workers in (2, 3):
        core.convolve_axis(x, h, out, 3, workers)
        np.testing.assert_array_equal(out, one)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("inner", [1, 3, 20])
@pytest.mark.parametrize(("n", "m"), [(12, 4), (700, 300)])
def test_nonfinite_samples_reach_their_windows_only(n, m, inner, dtype):
    rng = np.random.default_rng(2)
    x = rng.standard_normal((2, n, inner)).astype(dtype)
    h = (1 + rng.random(m)).astype(dtype)
    reached = np.zeros((2, n + m - 1, inner), bool)
    for value, place in ((np.nan, (0, 3, inner // 2)), (np.inf, (1, n - 2, 0))):
        x[place] = value
        reached[place[0], place[1] : place[1] + m, place[2]] = True
    y = computed(x, h, 0, n + m - 1)
    np.testing.assert_array_equal(~np.isfinite(y), reached)
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(np.isnan(y.real[0]), reached[0])
    if dtype[0] == "f":
        np.testing.assert_array_equal(np.isposinf(y[1]), reached[1])


@pytest.mark.parametrize("inner", [1, 3, 9, 20])
def test_infinite_tap_does_not_meet_what_is_outside(inner):
    """Zeros there would make NaN of it."""
    x, h = np.ones((2, 6, inner)), np.array([1.0, np.inf, 1.0])
    y = computed(x, h, 0, 8)
    np.testing.assert_array_equal(y[:, 1:7], np.inf)
    np.testing.assert_array_equal(y[:, [0, 7]], 1.0)


def over_windows(samples, h):
    """sum_k h[k] of each window, in the dtype of the samples or, for longdouble ones, in that."""
    out = 0
    for k in range(h.size):
        end = samples.shape[1] - k
        out = out + h[k] * samples[:, end - (samples.shape[1] - h.size + 1) : end]
    return out


@pytest.mark.parametrize("dtype", FLOATS + INTEGERS)
@pytest.mark.parametrize("boundary", PADS)
@pytest.mark.parametrize("inner", [1, 2, 9, 35])
def test_whole_numbers_continued(inner, boundary, dtype):
    """Kernels shorter and longer than the line; outputs in, over and beyond it."""
    rng = np.random.default_rng(inner)
    fill = 3 if dtype[0] == "u" else -3
    for n, m, outer in itertools.product((1, 2, 13, 40), (1, 2, 5, 12), (1, 5)):
        x, h = whole_numbers((outer, n, inner), dtype, rng), whole_numbers(m, dtype, rng)
        for start, n_out in ((0, n + m - 1), (m + 3, n), (n + m + 2, 3)):
            samples = continued(x, h, start, n_out, boundary, fill)
            result = computed(x, h, start, n_out, boundary, fill)
            np.testing.assert_array_equal(result, over_windows(samples, h))


@pytest.mark.parametrize("dtype", ["f4", "c16", "i2"])
@pytest.mark.parametrize("boundary", PADS)
@pytest.mark.parametrize(
    ("shape", "m"), [((2, 20000, 1), 6), ((40, 1000, 1), 6), ((2, 400, 90), 7), ((9, 30, 20), 5)]
)
def test_long_lines_continued(shape, m, boundary, dtype):
    """Those that are too long to be copied, and many that are copied some at a time."""
    rng = np.random.default_rng(3)
    x, h = whole_numbers(shape, dtype, rng), whole_numbers(m, dtype, rng)
    for start in (0, 3, m - 1):
        samples = continued(x, h, start, shape[1], boundary, 2)
        expected = over_windows(samples, h)
        for workers in (1, 2):
            result = computed(x, h, start, shape[1], boundary, 2, workers=workers)
            np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("boundary", ["fill", "mirror", "wrap"])
@pytest.mark.parametrize(("shape", "m"), [((3, 900, 1), 300), ((1, 700, 5), 200), ((2, 50, 3), 90)])
def test_error_of_long_kernels_continued(shape, m, boundary, dtype):
    """In the norm of the kernel and of what it meets: 8 eps log2(n + m)."""
    rng = np.random.default_rng(m)
    x, h = rng.standard_normal(shape), rng.standard_normal(m)
    if dtype[0] == "c":
        x, h = x + 1j * rng.standard_normal(shape), h + 1j * rng.standard_normal(m)
    x, h = x.astype(dtype), h.astype(dtype)
    samples = continued(x, h, m // 2, shape[1], boundary, 0.5)
    wide = samples.astype(np.clongdouble if dtype[0] == "c" else np.longdouble)
    expected = over_windows(wide, h)
    norms = np.linalg.norm(h) * np.linalg.norm(samples, axis=1, keepdims=True)
    bound = 8 * float(np.finfo(dtype).eps) * np.log2(shape[1] + m) * norms
    assert (np.abs(computed(x, h, m // 2, shape[1], boundary, 0.5) - expected) <= bound).all()


@pytest.mark.parametrize("inner", [1, 3, 20])
def test_fill_values_but_zero_take_part(inner):
    """Where an infinite tap meets them it makes an infinity; a zero is not looked at."""
    x, h = np.zeros((1, 6, inner)), np.array([1.0, np.inf])
    y = computed(x + 1, h, 0, 7, "fill", 1.0)
    np.testing.assert_array_equal(y, np.inf)
    y = computed(x + 1, h, 0, 7, "fill", 0)
    np.testing.assert_array_equal(y[0, :, 0], [1] + 6 * [np.inf])


def test_keywords():
    x, h, out = np.arange(4.0), np.array([1.0, 1.0]), np.empty(4)
    core.convolve_axis(x, h, out, 0, 1, fillvalue=7, boundary="fill")
    np.testing.assert_array_equal(out, [7, 1, 3, 5])
    core.convolve_axis(x, h, out, 0, 1, boundary="wrap")
    np.testing.assert_array_equal(out, [3, 1, 3, 5])
    for wrong in ({"fill": 1}, {"boundary": "wrap", "mode": 1}):
        with pytest.raises(TypeError):
            core.convolve_axis(x, h, out, 0, 1, **wrong)

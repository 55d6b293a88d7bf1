"""The primitive `separable2d` against its definition, on both backends."""

import itertools

import numpy as np
import pytest

from flipshift._backend import core

DTYPES = ["f4", "f8", "c8", "c16"]
#: Boundaries of the primitive, and what `numpy.pad` calls them.
BOUNDARIES = {
    "fill": "constant",
    "wrap": "wrap",
    "symm": "symmetric",
    "mirror": "reflect",
    "nearest": "edge",
}


def along(x, h, axis, start, n_out, boundary, fill):
    """sum_k h[k] x[start + i - k] along an axis of `x`, continued by `numpy.pad`."""
    n, first, last = x.shape[axis], start - h.size + 1, start + n_out
    widths = [(0, 0)] * x.ndim
    widths[axis] = (max(0, -first), max(0, last - n))
    value = {"constant_values": fill} if boundary == "fill" else {}
    x = np.pad(x, widths, BOUNDARIES[boundary], **value)
    at = first + widths[axis][0]
    out = 0
    for k in range(h.size):
        begin = at + h.size - 1 - k
        out = out + h[k] * x[(slice(None),) * axis + (slice(begin, begin + n_out),)]
    return out


def exactly(x, columns, rows, shape, start, boundary, fill):
    """For whole numbers, whose sums fit into double precision."""
    x, columns, rows = (
        v.astype("c16" if v.dtype.kind == "c" else "f8") for v in (x, columns, rows)
    )
    total = 0
    for column, row in zip(columns, rows, strict=True):
        down = along(x, column, 1, start[0], shape[0], boundary[0], fill[0])
        total = total + along(down, row, 2, start[1], shape[1], boundary[1], fill[1])
    return total


def definition(x, columns, rows, shape, start, boundary, fill):
    """In extended precision, and the sum of the magnitudes of all products."""
    wide = np.clongdouble if x.dtype.kind == "c" else np.longdouble
    total = magnitude = 0
    for column, row in zip(columns, rows, strict=True):
        for absolute in (False, True):
            a = [np.abs(v) if absolute else v.astype(wide) for v in (x, column, row)]
            f = np.abs(fill) if absolute else fill
            down = along(a[0], a[1], 1, start[0], shape[0], boundary[0], f[0])
            both = along(down, a[2], 2, start[1], shape[1], boundary[1], f[1])
            if absolute:
                magnitude = magnitude + both
            else:
                total = total + both
    return total, magnitude


def whole_numbers(shape, dtype, rng):
    x = rng.integers(-9, 10, shape)
    if np.dtype(dtype).kind == "c":
        return (x + 1j * rng.integers(-9, 10, shape)).astype(dtype)
    return x.astype(dtype)


def random(shape, dtype, rng):
    x = rng.standard_normal(shape)
    return (x + 1j * rng.standard_normal(shape) if dtype[0] == "c" else x).astype(dtype)


def computed(x, columns, rows, shape, start, boundary, fill, workers=1):
    out = np.full((x.shape[0], *shape, x.shape[3]), 99, columns.dtype)
    core.separable2d(x, columns, rows, out, start, boundary, fill, workers)
    return out


@pytest.mark.parametrize("boundary", list(itertools.product(BOUNDARIES, BOUNDARIES)))
def test_whole_numbers_are_exact(boundary):
    """Odd and even kernels, smaller and larger than the image; positions in, over and beyond it."""
    rng = np.random.default_rng(0)
    images = [(1, 1, 1, 1), (2, 5, 3, 1), (1, 13, 40, 1), (1, 30, 7, 1), (2, 9, 6, 3), (1, 4, 4, 9)]
    kernels = [(1, 15, 1), (2, 9, 3), (5, 1, 2), (16, 4, 1), (5, 15, 3)]
    for (outer, n, m, inner), (k, q, terms) in itertools.product(images, kernels):
        for dtype in (DTYPES[0], DTYPES[3]) if inner == 1 else DTYPES[1:3]:
            x = whole_numbers((outer, n, m, inner), dtype, rng)
            columns = whole_numbers((terms, k), dtype, rng)
            rows = whole_numbers((terms, q), dtype, rng)
            # Outputs over everything, then beyond: the rest of the plane is between them.
            for shape, start in (((n + k - 1, m + q - 1), (0, 0)), ((2, 5), (-n - 2, m + q))):
                expected = exactly(x, columns, rows, shape, start, boundary, (3, -2))
                result = computed(x, columns, rows, shape, start, boundary, (3, -2))
                np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("shape", "k", "q", "terms"),
    [
        ((1, 28, 28, 1), 7, 7, 1),
        ((1, 64, 100, 1), 31, 15, 2),
        ((1, 20, 530, 1), 3, 40, 3),
        ((1, 300, 5, 1), 120, 4, 1),
        ((2, 600, 30, 1), 6, 11, 2),
        ((1, 70, 1024, 1), 9, 5, 2),
        ((3, 17, 33, 3), 9, 8, 2),
        ((1, 12, 30, 40), 5, 21, 2),
    ],
)
def test_error(shape, k, q, terms, dtype):
    """A product of two sums: (k + q + terms + 1) eps times the sum of magnitudes, complex twice."""
    rng = np.random.default_rng(k)
    x = random(shape, dtype, rng)
    columns, rows = random((terms, k), dtype, rng), random((terms, q), dtype, rng)
    for boundary in (("fill", "mirror"), ("wrap", "fill"), ("symm", "nearest")):
        args = (x, columns, rows, shape[1:3], (k // 2, q // 2), boundary, (0.5, -0.25))
        expected, magnitude = definition(*args)
        eps = np.finfo(dtype).eps / 2 * (2 if dtype[0] == "c" else 1)
        bound = (k + q + terms + 1) * eps * magnitude
        assert (np.abs(computed(*args) - expected) <= bound).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("boundary", ["fill", "wrap", "mirror"])
def test_wide_images(boundary, dtype):
    """Several strips of columns: what a row continues with may belong to the last of them."""
    rng = np.random.default_rng(1)
    for width, k, q in ((20000, 8, 3), (16384, 31, 40), (9000, 3, 8500)):
        x = whole_numbers((1, 3, width, 1), dtype, rng)
        columns, rows = whole_numbers((1, k), dtype, rng), whole_numbers((1, q), dtype, rng)
        rows[:, 40:-40] = 0
        place = (k // 2, q - 2)
        edges = (boundary, boundary)
        result = computed(x, columns, rows, (2, width), place, edges, (1, 2))
        # Where a row is longer than it has numbers but 0, the definition needs only those.
        there = np.flatnonzero(rows[0])
        expected = 0
        down = along(x.astype("c16"), columns[0], 1, place[0], 2, boundary, 1)
        for t in there:
            tap = rows[:1, t].astype("c16")[0:1]
            expected = expected + along(down, tap, 2, place[1] - t, width, boundary, 2)
        np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("dtype", ["f4", "c16"])
@pytest.mark.parametrize("shape", [(1, 300, 400, 1), (1, 90, 2500, 3), (40, 30, 30, 1)])
def test_bits_do_not_depend_on_workers(shape, dtype):
    rng = np.random.default_rng(2)
    x, columns, rows = (random(s, dtype, rng) for s in (shape, (2, 9), (2, 12)))
    args = (x, columns, rows, shape[1:3], (4, 6), ("symm", "wrap"), (0, 0))
    one = computed(*args)
    for workers in (2, 3):
        np.testing.assert_array_equal(computed(*args, workers), one)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_two_dimensions(dtype):
    x = np.arange(12, dtype=dtype).reshape(3, 4)
    out = np.empty_like(x)
    factors = np.ones((1, 1), dtype), np.array([[1, -1]], dtype)
    core.separable2d(x, *factors, out, (0, 0), ("fill", "nearest"), (0, 0), 1)
    np.testing.assert_array_equal(out, [[0, 1, 1, 1]] * 3)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("inner", [1, 3])
def test_nonfinite_samples_reach_their_rectangles_only(inner, dtype):
    rng = np.random.default_rng(3)
    x = random((1, 40, 50, inner), dtype, rng)
    columns, rows = (np.full((1, n), 2, dtype) for n in (5, 18))
    reached = np.zeros((1, 44, 67, inner), bool)
    for value, (i, j, c) in ((np.nan, (3, 4, 0)), (np.inf, (39, 49, inner - 1))):
        x[0, i, j, c] = value
        reached[0, i : i + 5, j : j + 18, c] = True
    y = computed(x, columns, rows, (44, 67), (0, 0), ("fill", "fill"), (0, 0))
    np.testing.assert_array_equal(np.isfinite(y), ~reached)


def test_samples_outside_take_part():
    """An infinite tap makes NaN of a zero there, in the sum that it belongs to."""
    x, inf = np.ones((1, 4, 4, 1)), np.inf
    column, row = np.array([[1.0, inf]]), np.array([[1.0, 2.0]])
    y = computed(x, column, row, (4, 4), (0, 0), ("fill", "fill"), (0, 0))
    assert np.isnan(y[0, 0]).all()
    assert np.isposinf(y[0, 1:]).all()
    y = computed(x, row, column, (4, 4), (0, 0), ("fill", "fill"), (0, 0))
    assert np.isnan(y[0, :, 0]).all()
    assert np.isposinf(y[0, :, 1:]).all()


@pytest.mark.parametrize(
    ("samples", "dtype"),
    [*itertools.product(["u1", "i1", "u2", "i2"], ["f4", "f8"]), ("i4", "f8")],
)
@pytest.mark.parametrize(
    "shape", [(1, 40, 300, 1), (2, 23, 5, 1), (2, 30, 90, 3), (1, 90, 1100, 1)]
)
def test_integers_are_widened(samples, dtype, shape):
    """Sums of whole numbers are exact in the dtype of the result."""
    rng = np.random.default_rng(3)
    info = np.iinfo(samples)
    x = rng.integers(info.min, info.max, shape, samples, endpoint=True)
    if samples not in ("u1", "i1"):
        x //= 200 if samples != "i4" else 1 << 12  # so that sums fit into the precision
    x_before = x.copy()
    columns, rows = whole_numbers((2, 5), dtype, rng), whole_numbers((2, 8), dtype, rng)
    for boundary in (("fill", "mirror"), ("wrap", "fill"), ("symm", "nearest")):
        for workers in (1, 2):
            args = (x, columns, rows, shape[1:3], (2, 4), boundary, (3, -2))
            result = computed(*args, workers)
            np.testing.assert_array_equal(result, exactly(*args))
    np.testing.assert_array_equal(x, x_before)

"""The primitive `box2d` against its definition, in extended precision and in whole numbers."""

import itertools

import numpy as np
import pytest

from flipshift._backend import core

BOUNDARIES = ["fill", "wrap", "symm", "mirror", "nearest"]
FLOATS = ["f4", "f8", "c8", "c16"]
INTEGERS = ["u1", "i1", "u2", "i2", "i4"]


def place_inside(i, n, boundary):
    """Where the sample at `i` comes from, walking from the end that it lies beyond; None: fill."""
    while not 0 <= i < n:
        if boundary == "fill":
            return None
        if boundary == "wrap":
            i += n if i < 0 else -n
        elif boundary == "nearest" or n == 1:
            i = 0 if i < 0 else n - 1
        elif boundary == "symm":
            i = -1 - i if i < 0 else 2 * n - 1 - i
        else:
            i = -i if i < 0 else 2 * n - 2 - i
    return i


def sums(x, axis, n, start, count, boundary, fillvalue):
    """Sums over n samples each, the first of which end at `start`."""
    x = np.moveaxis(x, axis, 0)
    first = start - n + 1
    places = [place_inside(i, len(x), boundary) for i in range(first, first + count + n - 1)]
    filled = np.full_like(x[0], fillvalue)
    samples = np.stack([filled if i is None else x[i] for i in places])
    windows = np.lib.stride_tricks.sliding_window_view(samples, n, 0)
    with np.errstate(invalid="ignore"):
        return np.moveaxis(windows.sum(-1), 0, axis)


def definition(x, shape, sizes, start, divisors, boundary, fillvalue, result):
    """Both passes, in extended precision or, for integer results, in whole numbers."""
    result = np.dtype(result)
    if result.kind in "iu":
        wide = np.int64
    else:
        wide = np.clongdouble if x.dtype.kind == "c" else np.longdouble
    m = x.astype(wide)
    for axis in (0, 1):
        m = sums(m, axis + 1, sizes[axis], start[axis], shape[axis], boundary[axis],
                 fillvalue[axis])  # fmt: skip
        if wide is np.int64:
            m = np.sign(m) * (np.abs(m) // divisors[axis])
        else:
            m = m.view(np.longdouble) / divisors[axis]
            m = m.view(wide)
    return m


def computed(x, shape, sizes, start, divisors, boundary, fillvalue, result, workers=1):
    out = np.full((x.shape[0], *shape, x.shape[3]), 99, result)
    core.box2d(x, out, sizes, start, divisors, boundary, fillvalue, workers)
    return out


def compare(x, sizes, boundary=("nearest", "nearest"), shape=None, start=None, fillvalue=(0, 0),
            result=None):  # fmt: skip
    """n sums of n numbers, rounded once more by the division, in each of two passes."""
    shape = x.shape[1:3] if shape is None else shape
    start = tuple(n // 2 for n in sizes) if start is None else start
    result = np.dtype(x.dtype if result is None else result)
    arguments = (shape, sizes, start, sizes, boundary, fillvalue, result)
    expected = definition(x, *arguments)
    actual = computed(x, *arguments)
    if result.kind in "iu":
        np.testing.assert_array_equal(actual, expected)
        return
    sizes_of = np.abs(x.astype(np.clongdouble if x.dtype.kind == "c" else np.longdouble))
    scale = definition(sizes_of, *arguments[:-2], tuple(np.abs(fillvalue)), result)
    bound = (sum(sizes) + 4) * float(np.finfo(result).eps) * np.abs(scale)
    assert (np.abs(actual - expected) <= bound).all()


def samples(shape, dtype, seed=0):
    rng = np.random.default_rng(seed)
    dtype = np.dtype(dtype)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return rng.integers(info.min, info.max, shape, dtype, endpoint=True)
    x = rng.standard_normal(shape)
    if dtype.kind == "c":
        x = x + 1j * rng.standard_normal(shape)
    return x.astype(dtype)


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("dtype", FLOATS + INTEGERS)
def test_boundaries(dtype, boundary):
    fillvalue = {"c": (2 - 1j, 1 + 3j), "f": (2.5, -1.5)}.get(np.dtype(dtype).kind, (7, 100))
    for (rows, cols), inner in (((9, 40), 1), ((1, 1), 1), ((5, 6), 3), ((13, 3), 2)):
        x = samples((2, rows, cols, inner), dtype)
        for sizes in ((3, 3), (1, 4), (2, 1), (5, 17), (21, 50), (1, 1)):
            for other in (boundary, "mirror"):
                compare(x, sizes, (other, boundary), fillvalue=fillvalue)
                compare(x, sizes, (boundary, other), (rows + 5, cols + 3), (1, sizes[1] + 1),
                        fillvalue)  # fmt: skip


@pytest.mark.parametrize("dtype", ["f4", "f8", "u1", "i2"])
def test_every_window(dtype):
    for n in (*range(1, 36), 47, 48, 49, 64, 65, 80, 97, 101, 128, 133, 200):
        compare(samples((1, 30, 45, 1), dtype, n), (n, 1))
        compare(samples((1, 3, 150, 1), dtype, n), (1, n), ("symm", "symm"))
        compare(samples((1, 40, 19, 3), dtype, n), (n, n), ("wrap", "wrap"))


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "u1", "i1"])
@pytest.mark.parametrize(
    ("shape", "sizes"),
    [
        ((150, 20), (9, 5)),
        ((700, 6), (70, 3)),
        ((20, 9000), (6, 9)),
        ((3, 5000), (1, 300)),
        ((2100, 3), (1200, 1)),
        ((5, 2500), (2, 1300)),
    ],
)
def test_several_bands_and_strips(shape, sizes, dtype):
    x = samples((1, *shape, 1), dtype)
    for boundary in ("symm", "fill", "wrap"):
        compare(x, sizes, (boundary, boundary), fillvalue=(1, 2))


def compare_repeated(shape, repeats, sizes, dtype):
    """An image of `repeats` equal parts that goes on with itself: so are its means."""
    part = samples((1, *shape), dtype)
    x = np.empty(part.size * repeats + 1, dtype)[1:].reshape(1, repeats * shape[0], *shape[1:])
    x[...] = np.tile(part, (1, repeats, 1, 1))
    start = tuple(n // 2 for n in sizes)
    rest = (start, sizes, ("wrap", "symm"), (0, 0), dtype)
    actual = computed(x, x.shape[1:3], sizes, *rest).reshape(repeats, *shape)
    expected = definition(part, shape[:2], sizes, *rest)
    if np.dtype(dtype).kind == "u":
        assert (actual == expected.astype(dtype)).all()
        return
    wide = np.clongdouble if np.dtype(dtype).kind == "c" else np.longdouble
    scale = definition(np.abs(part.astype(wide)), shape[:2], sizes, *rest)
    bound = (sum(sizes) + 4) * float(np.finfo(dtype).eps) * np.abs(scale)
    assert (np.abs(actual - expected.astype(dtype)) <= bound).all()


@pytest.mark.parametrize("sizes", [(n, 1) for n in (2, 3, 5, 7, 9)]
                         + [(1, n) for n in (2, 3, 9, 25, 33)] + [(3, 5), (25, 4)])  # fmt: skip
@pytest.mark.parametrize(
    ("dtype", "shape"),
    [("f8", (27, 1030, 1)), ("f8", (27, 1024, 1)), ("f4", (26, 790, 3)), ("c8", (29, 1700, 1))],
)
def test_images_beyond_the_second_level_cache(dtype, shape, sizes):
    """Rows whose ends are made apart from their middles, asked for before they are read."""
    compare_repeated(shape, 5, sizes, dtype)


@pytest.mark.parametrize("sizes", [(3, 1), (7, 1), (9, 1), (1, 5), (1, 24), (3, 4)])
@pytest.mark.parametrize(
    ("dtype", "shape"), [("f8", (23, 1101, 1)), ("f4", (23, 740, 3)), ("u1", (50, 4001, 1))]
)
def test_results_past_the_caches(dtype, shape, sizes):
    """They are larger than 8 MB, and their rows begin anywhere in a cache line."""
    compare_repeated(shape, 46, sizes, dtype)


@pytest.mark.parametrize("n", [2, 3, 9, 17, 40])
def test_ends_of_long_rows_do_not_meet(n):
    """What stands at either end of one row does not reach its neighbours."""
    shape = (9, 2000)
    x = samples((1, *shape, 1), "f8")
    x[0, 1::2, 0], x[0, 1::2, -1] = np.nan, np.inf
    arguments = (shape, (1, n), (0, n // 2), (1, n), ("symm", "mirror"), (0, 0), "f8")
    y, expected = computed(x, *arguments), definition(x, *arguments)
    np.testing.assert_array_equal(np.isnan(y), np.isnan(expected))
    np.testing.assert_array_equal(np.isinf(y), np.isinf(expected))


@pytest.mark.parametrize("inner", [1, 2, 3, 4, 5, 16, 37])
def test_channels_and_alignments(inner):
    for dtype, cols in itertools.product(("f4", "c16", "u1", "u2"), (1, 15, 33)):
        base = samples(3 * 11 * cols * inner + 3, dtype)
        for offset in (0, 1, 3):
            x = base[offset : len(base) - 3 + offset].reshape(3, 11, cols, inner)
            for sizes in ((3, 3), (4, 9), (1, 25)):
                compare(x, sizes, ("mirror", "symm"))


@pytest.mark.parametrize(
    ("dtype", "result"),
    [("u1", "f4"), ("i1", "f8"), ("u2", "f4"), ("i2", "f8"), ("i4", "f8"), ("u1", "f8")],
)
def test_integers_to_floating_point(dtype, result):
    x = samples((2, 20, 31, 1), dtype)
    for sizes in ((3, 3), (1, 8), (12, 1), (1, 1), (40, 33)):
        compare(x, sizes, ("fill", "wrap"), fillvalue=(3, 1.5), result=result)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_extreme_integers(dtype):
    """The largest sums, and quotients next to whole numbers."""
    info = np.iinfo(dtype)
    rng = np.random.default_rng(0)
    for value in (info.min, info.max):
        x = np.full((1, 300, 310, 1), value, dtype)
        for sizes in ((3, 3), (255, 257), (256, 258), (300, 100)):
            compare(x, sizes)
            x[0, 3, 5] = value + (1 if value < 0 or value == 0 else -1)
            compare(x, sizes)
    x = (info.max - rng.integers(0, 2, (1, 50, 60, 1))).astype(dtype)
    for n in range(1, 70):
        compare(x, (n, n))


def test_long_windows_of_integers():
    x = samples((1, 3, 4, 1), "u1")
    for dtype, n in (("u1", 66000), ("u2", 300)):
        for sizes in ((n, 1), (1, n)):
            compare(x.astype(dtype), sizes, ("fill", "fill"), fillvalue=(250, 251))


def test_two_dimensions():
    x, out = np.array([[1.0, 2, 4], [3, 6, 8]]), np.empty((2, 3))
    core.box2d(x, out, (2, 1), (1, 0), (2.0, 1.0), ("nearest", "fill"), (0, 0), 1)
    np.testing.assert_array_equal(out, [[2, 4, 6], [3, 6, 8]])
    core.box2d(x, out, (1, 2), (0, 0), (1.0, 4.0), ("wrap", "fill"), (0, 1), 1)
    np.testing.assert_array_equal(out, [[0.5, 0.75, 1.5], [1, 2.25, 3.5]])


@pytest.mark.parametrize("dtype", ["f4", "f8", "c16"])
@pytest.mark.parametrize("inner", [1, 3])
@pytest.mark.parametrize("sizes", [(3, 3), (1, 30), (6, 1), (9, 20), (40, 101), (2, 7)])
def test_nonfinite_samples_reach_their_windows_only(sizes, inner, dtype):
    x = samples((1, 150, 230, inner), dtype)
    for i, j, value in ((20, 30, np.nan), (100, 200, np.inf), (149, 0, -np.inf)):
        x[0, i, j, 0] = value
    start = tuple(n // 2 for n in sizes)
    y = computed(x, (150, 230), sizes, start, sizes, ("fill", "fill"), (0, 0), dtype)
    expected = definition(x, (150, 230), sizes, start, sizes, ("fill", "fill"), (0, 0), dtype)
    np.testing.assert_array_equal(np.isfinite(y), np.isfinite(expected))
    np.testing.assert_array_equal(np.isnan(y.real), np.isnan(expected.real))


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("n", [2, 6, 30, 110])
def test_nothing_drifts(n, dtype):
    """A huge sample leaves with its windows; those without it are as if it had not been there."""
    x = samples((1, 400, 300, 1), dtype)
    y = x.copy()
    y[0, 200, 150] = 1e30
    a, b = (
        computed(v, (400, 300), (n, n), (0, 0), (n, n), ("fill", "fill"), (0, 0), dtype)
        for v in (x, y)
    )
    reached = np.zeros(a.shape, bool)
    reached[0, 200 : 200 + n, 150 : 150 + n] = True
    np.testing.assert_array_equal(a[~reached], b[~reached])
    assert (b[reached] > 1e20).all()


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_constants_are_their_own_means(dtype):
    x = np.full((1, 40, 50, 1), 3, dtype)
    for n in (*range(1, 70), 101, 333, 999):
        y = computed(x, (40, 50), (n, n), (0, 0), (n, n), ("wrap", "symm"), (0, 0), dtype)
        np.testing.assert_array_equal(y, 3)


def test_means_are_rounded_as_a_division():
    """Exact sums, so that only the division rounds."""
    x = np.random.default_rng(0).integers(-1000, 1000, (1, 90, 100, 1)).astype("f4")
    for n in (3, 6, 7, 10, 30, 49, 83):
        for axis, sizes in enumerate(((n, 1), (1, n))):
            y = computed(x, (90, 100), sizes, (0, 0), sizes, ("symm", "symm"), (0, 0), "f4")
            whole = sums(x.astype(np.int64), axis + 1, n, 0, (90, 100)[axis], "symm", 0)
            np.testing.assert_array_equal(y, (whole / n).astype("f4"))


@pytest.mark.parametrize("dtype", ["f4", "c16", "u1", "i2"])
@pytest.mark.parametrize("shape", [(1, 400, 300, 1), (5, 90, 100, 1), (1, 30, 12000, 1),
                                   (1, 500, 60, 3)])  # fmt: skip
def test_bits_do_not_depend_on_workers(shape, dtype):
    x = samples(shape, dtype)
    for sizes in ((3, 3), (20, 9), (1, 40), (70, 1)):
        arguments = (shape[1:3], sizes, (1, 2), sizes, ("symm", "mirror"), (0, 0), dtype)
        one = computed(x, *arguments)
        for workers in (2, 3):
            np.testing.assert_array_equal(computed(x, *arguments, workers), one)


def test_every_divisor_of_bytes():
    """The sums q n - 1, whose quotients are the closest below whole numbers, and q n."""
    for n in range(2, 261):
        for missing in (0, 1):
            x = np.tile(np.arange(1, 256, dtype=np.uint8)[:, None], (1, n))
            x[:, n // 2] -= missing
            for image, shape, sizes in ((x, (255, 1), (1, n)), (x.T.copy(), (1, 255), (n, 1))):
                out = np.zeros(shape, np.uint8)
                start = tuple(size - 1 for size in sizes)
                core.box2d(image, out, sizes, start, sizes, ("fill", "fill"), (0, 0), 1)
                np.testing.assert_array_equal(out.ravel(), np.arange(1, 256) - missing)

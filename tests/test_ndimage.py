"""`flipshift.ndimage`: convolutions and correlations against their definition."""

import numpy as np
import pytest
from ndimage_definition import (
    MODES,
    check,
    convolved,
    correlated,
    numbers,
    truncated,
    wide,
    wrapped,
)

from flipshift import ndimage

SYNONYMS = {"reflect": "grid-mirror", "constant": "grid-constant", "wrap": "grid-wrap"}
FLOATING = ["f4", "f8", "c8", "c16"]
INTEGER = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"]


@pytest.mark.parametrize("dtype", FLOATING)
@pytest.mark.parametrize("mode", MODES)
def test_two_dimensions(mode, dtype):
    rng = np.random.default_rng(1)
    for shape, kernel in [
        ((9, 14), (3, 3)),
        ((8, 40), (5, 4)),
        ((17, 33), (2, 7)),
        ((1, 6), (3, 3)),
        ((6, 1), (4, 5)),
        ((3, 4), (7, 10)),
        ((2, 2), (9, 9)),
    ]:
        x, w = numbers(rng, shape, dtype), rng.standard_normal(kernel).astype("f4")
        cval = float(rng.integers(-2, 3))
        for function, definition in [
            (ndimage.convolve, convolved),
            (ndimage.correlate, correlated),
        ]:
            exact, size = definition(wide(x), wide(w), (0, 1), mode, cval)
            y = function(x, w, mode=mode, cval=cval)
            check(y, exact, size, w.size, x.dtype)
            if mode in SYNONYMS:
                again = function(x, w, mode=SYNONYMS[mode], cval=cval)
                np.testing.assert_array_equal(again, y)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("shape", [(11,), (4, 5, 7), (3, 2, 4, 5)])
def test_other_dimensions(shape, mode):
    rng = np.random.default_rng(2)
    for taps in (2, 3, 5):
        kernel = (*map(int, rng.integers(1, taps + 1, len(shape) - 1)), taps)
        x, w = numbers(rng, shape, "f8"), rng.standard_normal(kernel)
        axes = range(len(shape))
        origin = [int(rng.integers(-(n // 2), (n - 1) // 2 + 1)) for n in kernel]
        for function, definition in [
            (ndimage.convolve, convolved),
            (ndimage.correlate, correlated),
        ]:
            exact, size = definition(wide(x), wide(w), axes, mode, 1.5, origin)
            check(function(x, w, None, mode, 1.5, origin), exact, size, w.size, x.dtype)


@pytest.mark.parametrize("taps", [1, 2, 3, 4, 7, 8])
def test_every_origin(taps):
    rng = np.random.default_rng(3)
    x, w = numbers(rng, (6, 7), "f8"), rng.standard_normal((taps, 3))
    line = rng.standard_normal(taps)
    for origin in range(-(taps // 2), (taps - 1) // 2 + 1):
        for function, along, definition in [
            (ndimage.convolve, ndimage.convolve1d, convolved),
            (ndimage.correlate, ndimage.correlate1d, correlated),
        ]:
            exact, size = definition(wide(x), wide(w), (0, 1), "mirror", 0, [origin, 1])
            y = function(x, w, mode="mirror", origin=(origin, 1))
            check(y, exact, size, w.size, x.dtype)
            exact, size = definition(wide(x), wide(line), (0,), "mirror", 0, [origin])
            y = along(x, line, 0, mode="mirror", origin=origin)
            check(y, exact, size, taps, x.dtype)
    for outside in (-(taps // 2) - 1, (taps - 1) // 2 + 1):
        with pytest.raises(ValueError, match="Invalid origin"):
            ndimage.convolve1d(x, line, origin=outside)
        with pytest.raises(ValueError, match="Invalid origin"):
            ndimage.correlate(x, w, origin=(outside, 0))


@pytest.mark.parametrize("dtype", FLOATING)
@pytest.mark.parametrize("mode", MODES)
def test_along_each_axis(mode, dtype):
    rng = np.random.default_rng(4)
    for shape in [(23,), (5, 12), (12, 5), (3, 8, 6), (2, 3, 5, 4)]:
        for axis in range(-len(shape), len(shape)):
            for taps in (1, 4, 9, 30):
                x, w = numbers(rng, shape, dtype), rng.standard_normal(taps).astype("f4")
                for function, definition in [
                    (ndimage.convolve1d, convolved),
                    (ndimage.correlate1d, correlated),
                ]:
                    exact, size = definition(wide(x), wide(w), (axis,), mode, 0.5)
                    check(function(x, w, axis, None, mode, 0.5), exact, size, taps, x.dtype)


@pytest.mark.parametrize("axes", [(0,), (1,), (2,), (0, 1), (1, 2), (0, 2), (2, 0), (-1, 1)])
@pytest.mark.parametrize("dtype", ["f4", "c16"])
def test_axes(axes, dtype):
    """The other axes are batches or channels; weights are in the order of the image's axes."""
    rng = np.random.default_rng(5)
    x, w = numbers(rng, (5, 6, 7), dtype), numbers(rng, (3, 4, 2)[: len(axes)], "f4")
    where = sorted(a % 3 for a in axes)
    exact, size = convolved(wide(x), wide(w), where, "nearest")
    y = ndimage.convolve(x, w, mode="nearest", axes=axes)
    check(y, exact, size, w.size, x.dtype)
    origin = [1, -1][: len(axes)]
    in_order = [o for _, o in sorted(zip([a % 3 for a in axes], origin, strict=True))]
    exact, size = correlated(wide(x), wide(w), where, "nearest", 0, in_order)
    y = ndimage.correlate(x, w, mode="nearest", origin=origin, axes=axes)
    check(y, exact, size, w.size, x.dtype)


@pytest.mark.parametrize("mode", MODES)
def test_complex_weights(mode):
    rng = np.random.default_rng(6)
    w = numbers(rng, (3, 2), "c16")
    for dtype, result in [
        ("f4", "c8"),
        ("f8", "c16"),
        ("c8", "c8"),
        ("c16", "c16"),
        ("i2", "c8"),
        ("u1", "c8"),
        ("i4", "c16"),
    ]:
        x = numbers(rng, (5, 6), dtype)
        cval = 1 - 2j if dtype in ("c8", "c16") else 2.0
        for function, definition in [
            (ndimage.convolve, convolved),
            (ndimage.correlate, correlated),
        ]:
            exact, size = definition(wide(x).astype("G"), wide(w), (0, 1), mode, cval)
            check(function(x, w, mode=mode, cval=cval), exact, size, w.size, np.dtype(result))
        exact, size = correlated(wide(x).astype("G"), wide(w[:, 0]), (1,), mode, cval)
        y = ndimage.correlate1d(x, w[:, 0], mode=mode, cval=cval)
        check(y, exact, size, 3, np.dtype(result))


def test_complex_constant():
    """The parts of an image may continue with different numbers."""
    rng = np.random.default_rng(7)
    x, w = numbers(rng, (4, 6), "c16"), rng.standard_normal((3, 5))
    exact, size = convolved(wide(x), wide(w), (0, 1), "constant", 3 - 1j)
    y = ndimage.convolve(x, w, mode="constant", cval=3 - 1j)
    check(y, exact, size, w.size, x.dtype)
    exact, size = convolved(wide(x), wide(w), (0, 1), "constant", 3)
    check(ndimage.convolve(x, w, mode="constant", cval=3), exact, size, w.size, x.dtype)


def exact_integers(x, numerators, denominator, axes, definition, mode, cval, result, origin=None):
    """One pass of integers, with weights that are fractions, as Python's integers have it."""
    sums, _ = definition(x.astype(object), numerators.astype(object), axes, mode, cval, origin)
    return wrapped(truncated(sums, denominator), result)


@pytest.mark.parametrize("result", [None, *INTEGER])
@pytest.mark.parametrize("dtype", INTEGER)
def test_integers(dtype, result):
    """Sums of integers times multiples of 1/8 are exact in double precision, if small enough."""
    rng = np.random.default_rng(8)
    out = np.dtype(dtype if result is None else result)
    for shape, kernel in [
        ((6, 9), (3, 3)),
        ((5, 4), (2, 7)),
        ((10,), (4,)),
        ((3, 4, 5), (2, 3, 2)),
    ]:
        x = numbers(rng, shape, dtype)
        if x.itemsize == 8:
            x = (x % 2**33).astype(dtype)
        eighths = rng.integers(-(2**6), 2**6, kernel)
        axes = range(len(shape))
        for mode in MODES:
            for cval in (7, 0):
                expected = exact_integers(x, eighths, 8, axes, convolved, mode, cval, out)
                y = ndimage.convolve(x, eighths / 8, result, mode, cval)
                assert y.dtype == out
                np.testing.assert_array_equal(y, expected)
        for axis in axes:
            expected = exact_integers(x, eighths.ravel(), 8, [axis], correlated, "wrap", 0, out)
            y = ndimage.correlate1d(x, eighths.ravel() / 8, axis, result, "wrap")
            np.testing.assert_array_equal(y, expected)


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "u1", "i4", "u8"])
def test_weights_of_any_dtype(dtype):
    rng = np.random.default_rng(14)
    x = numbers(rng, (9, 11), dtype)
    if dtype == "u8":
        x >>= np.uint64(20)
    for shape in [(3, 3), (5, 4), (11, 9)]:
        w = rng.integers(-9, 10, shape)
        for function, along in [
            (ndimage.convolve, ndimage.convolve1d),
            (ndimage.correlate, ndimage.correlate1d),
        ]:
            expected, line = function(x, w.astype(float)), along(x, w[0].astype(float), 0)
            for other in ("i1", "i2", "i4", "i8", "q", "f4", ">f8"):
                np.testing.assert_array_equal(function(x, w.astype(other)), expected)
                np.testing.assert_array_equal(along(x, w[0].astype(other), 0), line)
            for same in (w.tolist(), np.asfortranarray(w.astype(float))):
                np.testing.assert_array_equal(function(x, same), expected)


def test_constants_that_are_no_pixels():
    """uint8 images continue with what no uint8 can be: it is taken as it is."""
    x = np.array([[1, 2, 3], [4, 5, 6]], np.uint8)
    y = ndimage.convolve(x, np.ones((1, 3)), mode="constant", cval=1000)
    np.testing.assert_array_equal(y, wrapped(np.array([[1003, 6, 1005], [1009, 15, 1011]]), "u1"))
    y = ndimage.correlate1d(x, np.ones(3), mode="constant", cval=2.75)
    np.testing.assert_array_equal(y, [[5, 6, 7], [11, 15, 13]])
    volume = np.ones((2, 2, 2), np.uint8)
    y = ndimage.convolve(volume, np.ones((3, 3, 3)), mode="constant", cval=-1.5)
    np.testing.assert_array_equal(y, np.full((2, 2, 2), 256 - 20))  # 8 - 19 * 1.5, to zero


@pytest.mark.parametrize("dtype", ["?", "u1", "i2", "u4", "i8", "f4"])
@pytest.mark.parametrize("result", ["f4", "f8"])
def test_floating_results_of_other_dtypes(dtype, result):
    rng = np.random.default_rng(9)
    x = rng.random((7, 9)) < 0.5 if dtype == "?" else numbers(rng, (7, 9), dtype)
    for w in (rng.standard_normal((3, 4)), rng.standard_normal((1, 5))):
        w = w.astype("f4")
        exact, size = convolved(wide(x), wide(w), (0, 1), "mirror")
        type_ = np.dtype(result).type
        for output in (result, type_, np.dtype(result), np.empty(x.shape, result)):
            y = ndimage.convolve(x, w, output=output, mode="mirror")
            check(y, exact, size, w.size, np.dtype(result))


def test_rounded_to_single_precision():
    """A float64 image is summed in double precision, whatever the output."""
    rng = np.random.default_rng(10)
    x, w = numbers(rng, (30, 20), "f8"), rng.standard_normal((3, 3))
    exact, size = convolved(wide(x), wide(w), (0, 1))
    y = ndimage.convolve(x, w, output=np.float32)
    bound = np.finfo("f4").eps / 2 * abs(exact) + 20 * np.finfo("f8").eps * size
    assert (abs(wide(y) - exact) <= bound * 1.0001).all()


def test_bool():
    """True counts as 1, and a sum is True if it has a whole part."""
    x = np.array([True, False, True, True, False, False])
    y = ndimage.convolve(x, [0.5, 0.5, 0.25], mode="constant")
    assert y.dtype == bool
    np.testing.assert_array_equal(y, [False, False, True, False, False, False])
    y = ndimage.convolve(np.ones((20, 20), bool), np.ones((16, 16)))
    assert y.all()
    y = ndimage.correlate1d(np.array([0.4, 0.7, 0.2]), [1, 1, 1], mode="constant", output=bool)
    np.testing.assert_array_equal(y, [True, True, False])


def test_whole_parts_out_of_range():
    assert ndimage.convolve(np.array([200.0]), [1.0], output="u1")[0] == 200
    assert ndimage.convolve(np.array([-3.7]), [1.0], output="u1")[0] == 253
    assert ndimage.convolve(np.array([1.5 * 2.0**63]), [1.0], output="u8")[0] == 3 * 2**62
    assert ndimage.convolve(np.array([-1.5]), [1.0], output="u8")[0] == 2**64 - 1
    for bad in (np.nan, np.inf):
        assert ndimage.convolve(np.array([bad]), [1.0], output="u1")[0] == 0


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_nonfinite_numbers_reach_what_they_meet(dtype):
    x = np.ones((40, 50), dtype)
    x[7, 9] = np.nan
    x[20, 30] = np.inf
    for n in (3, 16):
        y = ndimage.convolve(x, np.ones((n, n)), mode="mirror")
        near = np.zeros(x.shape, bool)
        for i, j in ((7, 9), (20, 30)):
            rows = slice(max(i - n // 2, 0), i + (n - 1) // 2 + 1)
            cols = slice(max(j - n // 2, 0), j + (n - 1) // 2 + 1)
            near[rows, cols] = True
        # Where the mirrored part has it again: nowhere but at the upper edge.
        again = ~np.isfinite(y) & ~near
        assert not again[n // 2 + 1 :].any()
        assert not np.isfinite(y[near]).any()
        np.testing.assert_array_equal(np.isfinite(y[n // 2 + 1 :]), ~near[n // 2 + 1 :])


@pytest.mark.parametrize("separable", [None, True, False])
@pytest.mark.parametrize("rank", [1, 2, 4])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_separable(dtype, rank, separable):
    """Norm-wise: products of factors are as large as the largest singular value."""
    rng = np.random.default_rng(11)
    x = numbers(rng, (40, 60), dtype)
    w = rng.standard_normal((9, rank)) @ rng.standard_normal((rank, 11))
    exact, _ = convolved(wide(x), wide(w), (0, 1), "constant", 0)
    y = ndimage.convolve(x, w, mode="constant", separable=separable)
    assert y.dtype == x.dtype
    bound = 4 * w.size * np.finfo(dtype).eps * abs(w).max() * abs(x).max()
    assert abs(wide(y) - exact).max() <= bound


@pytest.mark.parametrize("dtype", ["f4", "u1", "i8", "c8"])
@pytest.mark.parametrize("workers", [2, 3, -1])
def test_workers(dtype, workers):
    rng = np.random.default_rng(12)
    x, w = numbers(rng, (60, 70), dtype), rng.standard_normal((5, 5))
    expected = ndimage.convolve(x, w)
    np.testing.assert_array_equal(ndimage.convolve(x, w, workers=workers), expected)
    expected = ndimage.convolve1d(x, w[0], 0)
    np.testing.assert_array_equal(ndimage.convolve1d(x, w[0], 0, workers=workers), expected)


def test_large_kernels():
    """As large as a choice of transforms takes: errors are relative to the norms."""
    rng = np.random.default_rng(13)
    for shape, kernel in [((64, 48), (31, 17)), ((20, 30), (61, 50)), ((3, 40, 30), (1, 25, 25))]:
        for dtype in ("f4", "f8"):
            x, w = numbers(rng, shape, dtype), rng.standard_normal(kernel).astype("f4")
            for mode in ("reflect", "wrap", "constant"):
                exact = by_double_sum(x, w, mode)
                y = ndimage.convolve(x, w, mode=mode, cval=1.0)
                eps = np.finfo(dtype).eps + w.size * np.finfo("f8").eps
                norms = np.linalg.norm(w) * np.sqrt(w.size) * max(abs(x).max(), 1)
                assert abs(y - exact).max() <= 20 * eps * norms


def by_double_sum(x, w, mode):
    """`convolved` in double precision, with 1 as the constant."""
    names = {"reflect": "symmetric", "wrap": "wrap", "constant": "constant"}
    more = {"constant_values": 1.0} if mode == "constant" else {}
    edges = [((n - 1) // 2, n // 2) for n in w.shape]
    padded = np.pad(x.astype("f8"), edges, names[mode], **more)
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape)
    flipped = np.flip(w).astype("f8")
    letters = "abcdefgh"[: w.ndim]
    return np.einsum(f"...{letters},{letters}->...", windows, flipped)

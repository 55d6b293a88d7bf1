"""`flipshift.ndimage`: uniform, Gaussian and derivative filters against their definition."""

import math

import numpy as np
import pytest
from ndimage_definition import MODES, check, correlated, numbers, truncated, wide, wrapped

from flipshift import ndimage

FLOATING = ["f4", "f8", "c8", "c16"]
INTEGER = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"]
SHAPES = [(13,), (9, 14), (1, 5), (5, 1), (4, 6, 5), (3, 2, 4, 3)]
GRADIENTS = [(ndimage.sobel, [1, 2, 1]), (ndimage.prewitt, [1, 1, 1])]


def passes(x, steps, cval=0):
    """Correlations with (axis, weights, mode, origin), one after the other, and how large."""
    y, size, taps = wide(x), abs(wide(x)), 0
    for axis, weights, mode, origin in steps:
        w = np.asarray(weights, np.longdouble)
        y, _ = correlated(y, w, (axis,), mode, cval, [origin])
        _, size = correlated(size, w, (axis,), mode, abs(cval), [origin])
        taps += len(w)
    return y, size, taps


@pytest.mark.parametrize("dtype", FLOATING)
@pytest.mark.parametrize("mode", MODES)
def test_uniform(mode, dtype):
    rng = np.random.default_rng(1)
    for shape in SHAPES:
        x = numbers(rng, shape, dtype)
        sizes = [int(n) for n in rng.integers(0, 9, len(shape))]
        origins = [int(rng.integers(-(n // 2), (n - 1) // 2 + 1)) if n > 1 else 0 for n in sizes]
        steps = [
            (axis, [1 / np.longdouble(n)] * n, mode, o)
            for axis, (n, o) in enumerate(zip(sizes, origins, strict=True))
            if n > 1
        ]
        y = ndimage.uniform_filter(x, sizes, None, mode, 2.5, origins)
        check(y, *passes(x, steps, 2.5), x.dtype)
        for axis in range(len(shape)):
            for n in (1, 2, 5, 40):
                exact = passes(x, [(axis, [1 / np.longdouble(n)] * n, mode, 0)], -1)
                y = ndimage.uniform_filter1d(x, n, axis, mode=mode, cval=-1)
                check(y, *exact, x.dtype)


def test_uniform_of_some_axes():
    rng = np.random.default_rng(2)
    x = numbers(rng, (5, 6, 7), "f8")
    for axes in [(0,), (2,), (0, 2), (2, 0), (1, 2), (-2, -3), ()]:
        sizes = [3, 4][: len(axes)]
        modes = ["wrap", "mirror"][: len(axes)]
        third = [
            (a % 3, [1 / np.longdouble(n)] * n, m, 0)
            for a, n, m in zip(axes, sizes, modes, strict=True)
        ]
        y = ndimage.uniform_filter(x, sizes, mode=modes, axes=axes)
        check(y, *passes(x, third), x.dtype)


@pytest.mark.parametrize("result", [None, *INTEGER])
@pytest.mark.parametrize("dtype", INTEGER)
def test_uniform_of_integers(dtype, result):
    """Every pass is an exact mean without its fraction."""
    rng = np.random.default_rng(3)
    out = np.dtype(result or dtype)
    if out == np.uint64 and dtype.startswith("i"):
        pytest.skip("wrapped negative numbers have more digits than double precision")
    for shape, sizes in [((8, 11), (3, 4)), ((30,), (17,)), ((4, 5, 6), (2, 1, 5))]:
        x = numbers(rng, shape, dtype)
        if x.itemsize == 8:
            x = (x % 2**40).astype(dtype)
        x.flat[: x.size // 2] //= 2  # some means are integers, some just below
        for mode in ("reflect", "constant"):
            y = x
            for axis, n in enumerate(sizes):
                sums, _ = correlated(y.astype(object), np.ones(n, object), (axis,), mode, 5)
                if n > 1:
                    y = wrapped(truncated(sums, n), out)
            again = ndimage.uniform_filter(x, sizes, result, mode, 5)
            assert again.dtype == out
            np.testing.assert_array_equal(again, y)


def test_means_that_are_almost_integers():
    """Large sums, of which the quotient is just below an integer."""
    for dtype, n in [("u1", 255), ("u1", 70001), ("i2", 511), ("i2", 600), ("i4", 1001)]:
        top = np.iinfo(dtype).max
        x = np.full(n, top, dtype)
        x[n // 2] = top - 1  # the sum is n * top - 1
        y = ndimage.uniform_filter1d(x, n, mode="wrap")
        np.testing.assert_array_equal(y, top - 1)
        np.testing.assert_array_equal(ndimage.uniform_filter1d(np.full(n, top, dtype), n), top)


def test_uniform_keeps_nonfinite_numbers_in_their_boxes():
    x = np.zeros((20, 30))
    x[5, 7], x[12, 20] = np.nan, np.inf
    y = ndimage.uniform_filter(x, 5)
    near = np.zeros(x.shape, bool)
    near[3:8, 5:10] = near[10:15, 18:23] = True
    np.testing.assert_array_equal(~np.isfinite(y), near)
    assert (y[~near] == 0).all()


def gaussian(sigma, order=0, radius=None):
    """Weights of a correlation in extended precision, derivatives by Hermite polynomials."""
    if radius is None:
        radius = int(4 * sigma + 0.5)
    t = np.arange(-radius, radius + 1, dtype=np.longdouble) / np.longdouble(sigma)
    weights = np.exp(-t * t / 2)
    weights /= weights.sum()
    before, hermite = np.zeros_like(t), np.ones_like(t)
    for n in range(order):
        before, hermite = hermite, t * hermite - n * before
    # A derivative is (-1 / sigma)^n He_n(t); a correlation takes it mirrored, which is another sign
    # for odd n.
    return weights * hermite / np.longdouble(sigma) ** order


def derivative_passes(x, sigmas, orders, modes, radii, axes, cval=0):
    steps = [
        (a, gaussian(s, n, r), m, 0)
        for a, s, n, m, r in zip(axes, sigmas, orders, modes, radii, strict=True)
        if s > 1e-15
    ]
    return passes(x, steps, cval)


@pytest.mark.parametrize("dtype", FLOATING)
@pytest.mark.parametrize("mode", MODES)
def test_gaussian(mode, dtype):
    rng = np.random.default_rng(4)
    for shape in SHAPES:
        x = numbers(rng, shape, dtype)
        d = len(shape)
        for order in (0, 1, 2, 3):
            sigmas = [float(s) for s in rng.uniform(0.6, 2, d)]
            exact = derivative_passes(x, sigmas, [order] * d, [mode] * d, [None] * d, range(d), 1.5)
            y = ndimage.gaussian_filter(x, sigmas, order, None, mode, 1.5)
            # Weights of derivatives are differences of terms that are up to so much larger.
            check(y, exact[0], exact[1] * (1 + 4 * order), exact[2], x.dtype)
        for axis in range(-d, d):
            exact = derivative_passes(x, [1.2], [1], [mode], [None], [axis], -1)
            y = ndimage.gaussian_filter1d(x, 1.2, axis, 1, mode=mode, cval=-1)
            check(y, exact[0], exact[1] * 5, exact[2], x.dtype)


@pytest.mark.parametrize("samples", ["i1", "u1", "i2", "u2", "i4", "u4"])
@pytest.mark.parametrize("mode", MODES)
def test_gaussian_of_integer_images(samples, mode):
    rng = np.random.default_rng(6)
    info = np.iinfo(samples)
    low, high = max(info.min, -30000), min(info.max, 30000)
    for shape in [(9, 14), (30, 21)]:
        x = rng.integers(low, high, shape).astype(samples)
        exact = derivative_passes(x, [1.3, 1.3], [0, 0], [mode] * 2, [None] * 2, [0, 1], 5)
        for output in (np.float32, np.dtype("f8"), np.zeros(shape, "f4"), np.zeros(shape)):
            y = ndimage.gaussian_filter(x, 1.3, 0, output, mode, 5)
            check(y, *exact, y.dtype)
            assert y is output or not isinstance(output, np.ndarray)
        for output in (None, np.int16, np.zeros(shape, "i4")):
            y = ndimage.gaussian_filter(x, 1.3, 0, output, mode, 5)
            expected = x
            for axis in (0, 1):
                sums = derivative_passes(expected, [1.3], [0], [mode], [None], [axis], 5)[0]
                # Nowhere that near to an integer that rounding could matter.
                assert abs(sums - np.rint(sums)).min() > 1e-9
                expected = np.trunc(sums).astype(np.int64).astype(y.dtype)
            np.testing.assert_array_equal(y, expected)


def test_gaussian_parameters_of_each_axis():
    rng = np.random.default_rng(5)
    x = numbers(rng, (8, 9, 10), "f8")
    modes, radii = ["nearest", "wrap"], [2, 7]
    for axes in [(0, 1), (1, 2), (2, 0), (-1, -2)]:
        exact = derivative_passes(x, [0.8, 1.7], [2, 1], modes, radii, [a % 3 for a in axes])
        y = ndimage.gaussian_filter(x, (0.8, 1.7), (2, 1), mode=modes, radius=radii, axes=axes)
        check(y, exact[0], exact[1] * 9, exact[2], x.dtype)
    exact = derivative_passes(x, [0, 1.7], [0, 0], modes, [None, 2], [0, 1])
    y = ndimage.gaussian_filter(x, (0, 1.7), mode=modes, truncate=1.2, axes=(0, 1))
    check(y, *exact, x.dtype)
    for nothing in (0, 1e-16, -1):
        y = ndimage.gaussian_filter(x, nothing)
        assert y is not x
        np.testing.assert_array_equal(y, x)


@pytest.mark.parametrize("order", range(7))
@pytest.mark.parametrize("sigma", [0.3, 1, 2.5, 40])
def test_gaussian_weights(sigma, order):
    """What becomes of an impulse; the terms of the polynomial of high orders cancel."""
    radius = int(4 * sigma + 0.5)
    x = np.zeros(2 * radius + 1)
    x[radius] = 1
    y = ndimage.gaussian_filter1d(x, sigma, order=order, mode="constant")
    exact = gaussian(sigma, order)[::-1]
    t = (radius / sigma) ** np.arange(order + 1)
    terms = sum(math.comb(order, k) * math.factorial(k) * t[order - k] for k in range(order + 1))
    bound = 10 * np.finfo("f8").eps * terms / sigma**order * gaussian(sigma)
    assert (abs(wide(y) - exact) <= 1e-300 + bound * (1 + order) ** 2).all()


def test_flat_images_stay_flat():
    for dtype in ("f4", "f8"):
        eps = np.finfo(dtype).eps
        x = np.full((40, 50), 1000, dtype)
        for sigma in (0.5, 1, 3, 7):
            y = ndimage.gaussian_filter(x, sigma)
            # Twice 8 sigma additions of numbers below 1000, and two sums of weights.
            assert abs(wide(y) - 1000).max() <= 1000 * eps * (16 * sigma + 4) / 2
        # In single precision the sum of weights is as near to 1 as the middle one allows.
        for sigma in (0.5, 1, 3, 7, 20):
            impulse = np.zeros(8 * int(4 * sigma + 1) + 1, dtype)
            impulse[len(impulse) // 2] = 1
            weights = wide(ndimage.gaussian_filter1d(impulse, sigma))
            bound = eps * weights.max() if dtype == "f4" else eps
            assert abs(weights.sum() - 1) <= bound


@pytest.mark.parametrize("dtype", ["u1", "i2", "u4", "i8"])
def test_flat_images_of_integers_stay_as_they_are(dtype):
    """Though sums of rounded weights may be less than 1, and fractions are dropped."""
    for value in (1, 3, 10, 100, 127):
        x = np.full((9, 11), value, dtype)
        for sigma in (0.5, 1, 1.5, 2, 3, 3.3, 5, 20):
            np.testing.assert_array_equal(ndimage.gaussian_filter(x, sigma), value)
            y = ndimage.gaussian_filter1d(x.astype(float) * -1, sigma, output="i4")
            np.testing.assert_array_equal(y, -value)


@pytest.mark.parametrize("dtype", FLOATING)
@pytest.mark.parametrize("mode", MODES)
def test_gradients(mode, dtype):
    rng = np.random.default_rng(6)
    for function, smooth in GRADIENTS:
        for shape in SHAPES:
            x = numbers(rng, shape, dtype)
            for axis in range(-len(shape), len(shape)):
                at = axis % len(shape)
                steps = [(at, [-1, 0, 1], mode, 0)]
                steps += [(a, smooth, mode, 0) for a in range(len(shape)) if a != at]
                for cval in (0, 3):
                    y = function(x, axis, mode=mode, cval=cval)
                    check(y, *passes(x, steps, cval), x.dtype)


def test_gradients_with_a_mode_of_each_axis():
    rng = np.random.default_rng(7)
    x = numbers(rng, (6, 7, 8), "f4")
    modes = ["wrap", "constant", "nearest"]
    for axis in range(3):
        steps = [(axis, [-1, 0, 1], modes[axis], 0)]
        steps += [(a, [1, 2, 1], modes[a], 0) for a in range(3) if a != axis]
        check(ndimage.sobel(x, axis, mode=modes, cval=2), *passes(x, steps, 2), x.dtype)


@pytest.mark.parametrize("dtype", [t for t in INTEGER if t != "u8"])
@pytest.mark.parametrize("result", [None, "i1", "u1", "i4"])
def test_gradients_of_integers(dtype, result):
    """Exact, and wrapped after each pass."""
    rng = np.random.default_rng(8)
    out = np.dtype(result or dtype)
    x = numbers(rng, (7, 9), dtype)
    if x.itemsize == 8:
        x = (x % 2**40).astype(dtype)
    for function, smooth in GRADIENTS:
        for axis in (0, 1):
            y = x
            for a, w in [(axis, [-1, 0, 1]), (1 - axis, smooth)]:
                sums, _ = correlated(y.astype(object), np.array(w, object), (a,), "constant", 3)
                y = wrapped(sums, out)
            np.testing.assert_array_equal(function(x, axis, result, "constant", 3), y)
    total = np.zeros(x.shape, object)
    for a in (0, 1):
        total = total + correlated(x.astype(object), np.array([1, -2, 1], object), (a,), "wrap")[0]
    np.testing.assert_array_equal(ndimage.laplace(x, result, "wrap"), wrapped(total, out))


@pytest.mark.parametrize("dtype", FLOATING)
@pytest.mark.parametrize("mode", MODES)
def test_laplace(mode, dtype):
    rng = np.random.default_rng(9)
    for shape in SHAPES:
        x = numbers(rng, shape, dtype)
        for axes in (None, (0,), (len(shape) - 1,), tuple(range(len(shape)))[::-1]):
            exact, size = 0, 0
            for a in range(len(shape)) if axes is None else axes:
                y, s, _ = passes(x, [(a, [1, -2, 1], mode, 0)], 2)
                exact, size = exact + y, size + s
            y = ndimage.laplace(x, None, mode, 2, axes=axes)
            check(y, exact, size, 3 * len(shape), x.dtype)


def test_laplace_of_nonfinite_numbers():
    """They reach their neighbours along the axes, not those across corners."""
    for bad in (np.nan, np.inf):
        x = np.zeros((7, 8))
        x[3, 4] = bad
        reached = np.zeros(x.shape, bool)
        reached[2:5, 4] = reached[3, 3:6] = True
        np.testing.assert_array_equal(~np.isfinite(ndimage.laplace(x)), reached)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", ["f4", "f8", "c8"])
def test_gaussian_derivatives(dtype, shape):
    rng = np.random.default_rng(10)
    x = numbers(rng, shape, dtype)
    d = len(shape)
    sigmas = [float(s) for s in rng.uniform(0.7, 1.5, d)]
    for mode in MODES:
        parts = []
        for order in (1, 2):
            for axis in range(d):
                orders = [order if a == axis else 0 for a in range(d)]
                parts.append(
                    derivative_passes(x, sigmas, orders, [mode] * d, [None] * d, range(d), 2)
                )
        exact = sum(p[0] for p in parts[d:])
        size = sum(p[1] for p in parts[d:])
        y = ndimage.gaussian_laplace(x, sigmas, None, mode, 2)
        check(y, exact, 9 * size, parts[0][2] + d, x.dtype)
        if dtype == "c8":
            continue
        exact = np.sqrt(sum(p[0] ** 2 for p in parts[:d]))
        # The length of a vector changes at most as much as its parts do together.
        size = sum(p[1] for p in parts[:d])
        y = ndimage.gaussian_gradient_magnitude(x, sigmas, None, mode, 2)
        check(y, exact, 5 * size, parts[0][2] + d, x.dtype)


def test_gaussian_derivatives_of_some_axes():
    rng = np.random.default_rng(11)
    x = numbers(rng, (6, 7, 8), "f8")
    exact, size, taps = derivative_passes(x, [0.9, 1.1], [2, 0], ["wrap"] * 2, [None] * 2, [0, 2])
    other = derivative_passes(x, [0.9, 1.1], [0, 2], ["mirror"] * 2, [None] * 2, [0, 2])
    y = ndimage.gaussian_laplace(x, (0.9, 1.1), mode=("wrap", "mirror"), axes=(0, 2))
    check(y, exact + other[0], 9 * (size + other[1]), taps + 2, x.dtype)
    exact, size, taps = derivative_passes(
        x, [0.9] * 3, [0, 1, 0], ["nearest"] * 3, [3] * 3, range(3)
    )
    y = ndimage.gaussian_gradient_magnitude(x, 0.9, mode="nearest", axes=1, radius=3)
    check(y, abs(exact), 5 * size, taps + 2, x.dtype)


@pytest.mark.parametrize("dtype", ["u1", "i2", "u2", "i4"])
@pytest.mark.parametrize("result", [None, "u1", "i8"])
def test_gaussian_of_integers(dtype, result):
    """Every pass loses its fraction; no sum is within rounding of an integer here."""
    rng = np.random.default_rng(12)
    x = numbers(rng, (10, 12), dtype)
    out = np.dtype(result or dtype)
    for order in (0, 1):
        y = x
        for axis, n in ((0, order), (1, 0)):
            sums, _ = correlated(wide(y), gaussian(1.3, n), (axis,), "nearest")
            distance = abs(sums - np.round(sums))
            assert distance.min() > 1e-15 * 30 * abs(wide(y)).max()
            y = wrapped(np.trunc(sums).astype(np.int64).astype(object), out)
        again = ndimage.gaussian_filter(x, 1.3, (order, 0), result, "nearest")
        assert again.dtype == out
        np.testing.assert_array_equal(again, y)


@pytest.mark.parametrize("dtype", ["u1", "i2", "f4"])
@pytest.mark.parametrize("result", ["f4", "f8"])
def test_floating_results_of_other_dtypes(dtype, result):
    rng = np.random.default_rng(13)
    x = numbers(rng, (9, 11), dtype)
    exact = derivative_passes(x, [1.1] * 2, [0, 1], ["reflect"] * 2, [None] * 2, range(2))
    y = ndimage.gaussian_filter(x, 1.1, (0, 1), result)
    check(y, exact[0], 5 * exact[1], exact[2], np.dtype(result))
    third = [1 / np.longdouble(3)] * 3
    exact = passes(x, [(0, third, "reflect", 0), (1, third, "reflect", 0)])
    check(ndimage.uniform_filter(x, 3, result), *exact, np.dtype(result))
    exact = passes(x, [(1, [-1, 0, 1], "reflect", 0), (0, [1, 2, 1], "reflect", 0)])
    check(ndimage.sobel(x, output=result), *exact, np.dtype(result))


@pytest.mark.parametrize("shape", [(60, 50, 3), (410, 330)])
@pytest.mark.parametrize("dtype", ["f4", "u1", "u2", "c16"])
def test_workers(dtype, shape):
    rng = np.random.default_rng(14)
    x = numbers(rng, shape, dtype)
    for function, *arguments in [
        (ndimage.uniform_filter, 5),
        (ndimage.uniform_filter1d, 5, 0),
        (ndimage.gaussian_filter, 1.5),
        (ndimage.gaussian_filter1d, 1.5, 1),
        (ndimage.gaussian_laplace, 1),
        (ndimage.gaussian_gradient_magnitude, 1),
        (ndimage.sobel, 0),
        (ndimage.prewitt, 1),
        (ndimage.laplace,),
    ]:
        expected = function(x, *arguments)
        for workers in (2, 3, -1):
            y = function(x, *arguments, workers=workers)
            np.testing.assert_array_equal(y, expected)


def test_generic_filters():
    rng = np.random.default_rng(15)
    x = numbers(rng, (6, 7), "f8")
    seen = []

    def derivative(x, axis, output, mode, cval, weights, scale=1.0):
        seen.append((axis, mode, cval))
        return ndimage.correlate1d(x, scale * np.asarray(weights), axis, output, mode, cval)

    y = ndimage.generic_laplace(
        x, derivative, None, ["wrap", "mirror"], 2.0, ([1, -2, 1],), {"scale": 2.0}
    )
    assert seen == [(0, "wrap", 2.0), (1, "mirror", 2.0)]
    expected = 2 * ndimage.laplace(x, mode=["wrap", "mirror"])
    np.testing.assert_allclose(y, expected, rtol=0, atol=1e-13)
    y = ndimage.generic_gradient_magnitude(
        x, derivative, mode="nearest", extra_arguments=([-1, 0, 1],), axes=(1, 0)
    )
    parts = [passes(x, [(a, [-1, 0, 1], "nearest", 0)])[0] for a in (0, 1)]
    np.testing.assert_allclose(y, np.hypot(*parts).astype("f8"), rtol=1e-14)

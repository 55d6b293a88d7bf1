"""2-D convolution by tiles of transforms, against its definition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flipshift._backend import core

FLOATING = ["f4", "f8", "c8", "c16"]
BOUNDARIES = ["fill", "wrap", "symm", "mirror", "nearest"]


def inside(i, n, boundary):
    """Index in [0, n) of the sample that stands at each index i, or n for the fill value."""
    if boundary == "wrap":
        return i % n
    if boundary == "symm":
        return np.minimum(i % (2 * n), 2 * n - 1 - i % (2 * n))
    if boundary == "mirror":
        period = max(2 * n - 2, 1)
        return np.minimum(i % period, period - i % period) if n > 1 else 0 * i
    if boundary == "nearest":
        return np.clip(i, 0, n - 1)
    return np.where((i >= 0) & (i < n), i, n)


def met(x, taps, shape, start, boundary, fillvalue):
    """The samples that the sums meet, of images (outer, rows, columns, inner)."""
    at = [
        inside(np.arange(s - k + 1, s + n), x.shape[d + 1], boundary[d])
        for d, (s, k, n) in enumerate(zip(start, taps, shape, strict=True))
    ]
    framed = np.full((x.shape[0], x.shape[1] + 1, x.shape[2] + 1, x.shape[3]), fillvalue, x.dtype)
    framed[:, :-1, :-1] = x
    return framed[:, at[0]][:, :, at[1]]


def definition(x, h, shape, start, boundary, fillvalue):
    wide = np.longdouble if x.dtype.kind == "f" else np.clongdouble
    samples = met(x.astype(wide), h.shape, shape, start, boundary, fillvalue)
    total = np.zeros((x.shape[0], *shape, x.shape[3]), wide)
    for k, m in np.ndindex(h.shape):
        i, j = h.shape[0] - 1 - k, h.shape[1] - 1 - m
        total += wide(h[k, m]) * samples[:, i : i + shape[0], j : j + shape[1]]
    return total


def bound(x, h, shape, start, boundary, fillvalue):
    """Largest error of a cyclic convolution by transforms of N points, for each image and channel.

    Percival (Math. Comp. 72, 2003) has, with L = log2 N and exact products of factors to within u,
    13 (L + 1) u |x| |h|; three times that for radices other than two and for folding, and a tile
    may have a few times as many points as there are samples.
    """
    samples = met(x, h.shape, shape, start, boundary, fillvalue).astype(np.clongdouble)
    norms = np.sqrt((abs(samples) ** 2).sum((1, 2), keepdims=True))
    taps = np.sqrt((abs(h.astype(np.clongdouble)) ** 2).sum())
    points = 8.0 * np.prod([max(n + k, 2 * k) for n, k in zip(shape, h.shape, strict=True)])
    u = np.finfo(x.dtype).eps / 2
    return 3 * 13 * (np.log2(points) + 1) * u * norms * taps


def data(seed, shape, dtype):
    rng = np.random.default_rng(seed)
    values = rng.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        values = values + 1j * rng.standard_normal(shape)
    return np.asarray(values, dtype)


def run(x, h, shape, start, boundary, fillvalue=0, method="fft", workers=1):
    out = np.full((x.shape[0], *shape, x.shape[3]), 77, x.dtype)
    core.convolve2d(x, h, out, start, boundary, x.dtype.type(fillvalue), method, workers)
    return out


def check(x, h, shape, start, boundary=("fill", "fill"), fillvalue=0, workers=1):
    got = run(x, h, shape, start, boundary, fillvalue, "fft", workers)
    want = definition(x, h, shape, start, boundary, fillvalue)
    assert (abs(got - want) <= bound(x, h, shape, start, boundary, fillvalue)).all()


@settings(max_examples=150)
@given(
    st.tuples(st.integers(1, 3), st.integers(1, 40), st.integers(1, 40), st.integers(1, 5)),
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.data(),
)
def test_images_channels_and_boundaries(x_shape, h_shape, draws):
    dtype = draws.draw(st.sampled_from(FLOATING))
    full = [n + k - 1 for n, k in zip(x_shape[1:3], h_shape, strict=True)]
    start = tuple(draws.draw(st.integers(-5, n)) for n in full)
    shape = tuple(draws.draw(st.integers(1, n + 5)) for n in full)
    boundary = tuple(draws.draw(st.sampled_from(BOUNDARIES)) for _ in range(2))
    fillvalue = draws.draw(st.sampled_from([0, 0, 2.5]))
    seed = draws.draw(st.integers(0, 2**32 - 1))
    workers = draws.draw(st.integers(1, 3))
    x, h = data(seed, x_shape, dtype), data(seed + 1, h_shape, dtype)
    check(x, h, shape, start, boundary, fillvalue, workers)


@pytest.mark.parametrize("dtype", FLOATING)
def test_each_length_of_a_transform(dtype):
    # Rows and columns take different lengths, and every length in this range comes on both sides.
    for n in range(1, 75):
        other = n * 29 % 74 + 1
        x, h = data(n, (1, n, other, 1), dtype), data(n + 1, (2, 3), dtype)
        check(x, h, (n + 1, other + 2), (0, 0))
        check(x, h, (n, other), (1, 1), ("symm", "wrap"))


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8"])
@pytest.mark.parametrize(
    ("x_shape", "h_shape"),
    [
        ((28, 28), (28, 28)),
        ((28, 28), (45, 41)),
        ((17, 23), (16, 60)),
        ((1, 3000), (1, 90)),
        ((3000, 2), (80, 1)),
        ((3, 900), (3, 50)),
        ((5, 7), (60, 3)),
    ],
)
def test_kernels_that_are_large_for_their_image(x_shape, h_shape, dtype):
    x, h = data(1, (1, *x_shape, 1), dtype), data(2, h_shape, dtype)
    for i in (0, 1):
        start = tuple((k - i) // 2 for k in h_shape)
        check(x, h, x_shape, start)
    check(x, h, x_shape, start, ("mirror", "nearest"))
    full = tuple(n + k - 1 for n, k in zip(x_shape, h_shape, strict=True))
    check(x, h, full, (0, 0), ("fill", "fill"))
    check(x, h, (3, 4), (full[0] - 3, full[1] - 4), ("fill", "wrap"))


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8"])
def test_several_tiles(dtype):
    x, h = data(1, (2, 330, 410, 1), dtype), data(2, (7, 10), dtype)
    check(x, h, (330, 410), (3, 5), ("nearest", "fill"))
    # Outputs a multiple of 2048 bytes apart, and an image of more than a megabyte.
    x = data(4, (1, 75, 512, 1), dtype)
    check(x, h, (75, 512), (3, 5), ("fill", "mirror"))
    x, small = data(5, (1, 1010, 301, 1), dtype), data(6, (3, 4), dtype)
    check(x, small, (1012, 304), (0, 0))
    x = data(3, (1, 201, 190, 3), dtype)
    check(x, h, (201, 190), (3, 5), ("fill", "symm"), 1.5)


@pytest.mark.parametrize("method", ["fft", "auto"])
@pytest.mark.parametrize("shape", [(1, 500, 600, 1), (5, 90, 100, 2)])
def test_results_do_not_depend_on_workers(shape, method):
    x, h = data(1, shape, "f4"), data(2, (21, 20), "f4")
    x[0, 40, 50, 0] = np.nan
    results = [
        run(x, h, shape[1:3], (10, 10), ("wrap", "fill"), 0, method, n) for n in (1, 2, 3, 8)
    ]
    for other in results[1:]:
        np.testing.assert_array_equal(other, results[0])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", FLOATING)
def test_nan_and_infinity_stay_in_their_image_and_channel(dtype, value):
    x, h = data(1, (3, 80, 90, 2), dtype), data(2, (31, 29), dtype)
    x[1, 50, 20, 1] = value
    got = run(x, h, (80, 90), (15, 14), ("fill", "fill"), 0, "auto")
    reached = np.zeros(x.shape, bool)
    reached[1, 35:66, 6:35, 1] = True
    np.testing.assert_array_equal(~np.isfinite(got), reached)
    if x.dtype.kind == "f":
        signs = np.sign(got[1, 35:66, 6:35, 1])
        np.testing.assert_array_equal(signs, np.sign(value * h))


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8"])
@pytest.mark.parametrize("exponents", [(-0.6, 0.6), (0.7, -0.8), (-0.45, -0.45)])
def test_numbers_near_the_ends_of_the_range(dtype, exponents):
    # The products are in range, and so is all that a transform of these sizes makes of them.
    top = float(np.log10(np.finfo(dtype).max))
    scales = [10.0 ** (e * top) for e in exponents]
    x, h = data(1, (1, 60, 70, 1), dtype), data(2, (20, 20), dtype)
    check(x * x.dtype.type(scales[0]), h * h.dtype.type(scales[1]), (60, 70), (10, 10))

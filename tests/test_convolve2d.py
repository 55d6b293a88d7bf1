"""The primitive `convolve2d` of both backends against its definition."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flipshift import signal
from flipshift._backend import core

FLOATING = ["f4", "f8", "c8", "c16"]
INTEGER = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"]
BOUNDARIES = ["fill", "wrap", "symm", "mirror", "nearest"]


def positions(n, n_out, taps, start, boundary):
    """Index in [0, n) of the sample that meets each tap (column) in each output (row), or -1."""
    i = start + np.arange(n_out)[:, None] - np.arange(taps)
    if boundary == "wrap":
        return i % n
    if boundary == "symm":
        return np.minimum(i % (2 * n), 2 * n - 1 - i % (2 * n))
    if boundary == "mirror":
        period = max(2 * n - 2, 1)
        return np.minimum(i % period, -i % period)
    if boundary == "nearest":
        return np.clip(i, 0, n - 1)
    return np.where((i >= 0) & (i < n), i, -1)


def samples(x, h, shape, start, boundary, fillvalue):
    """Yield each tap with the samples that it meets; one boundary, or one for each axis."""
    pair = (boundary, boundary) if isinstance(boundary, str) else boundary
    rows = positions(x.shape[0], shape[0], h.shape[0], start[0], pair[0])
    cols = positions(x.shape[1], shape[1], h.shape[1], start[1], pair[1])
    # One more row and column hold the fill value: index -1.
    framed = np.full((x.shape[0] + 1, x.shape[1] + 1), fillvalue, x.dtype)
    framed[:-1, :-1] = x
    for k, m in np.ndindex(h.shape):
        yield h[k, m], framed[np.ix_(rows[:, k], cols[:, m])]


def definition(x, h, shape, start, boundary, fillvalue):
    """The sum in extended precision, for integers modulo 2^64, and the sum of absolute values."""
    kind = x.dtype.kind
    wide = {"f": np.longdouble, "c": np.clongdouble}.get(kind, np.uint64)
    total = np.zeros(shape, wide)
    size = np.zeros(shape, np.longdouble)
    fill = np.asarray(fillvalue).astype(x.dtype).astype(wide)
    for tap, part in samples(x.astype(wide), h.astype(wide), shape, start, boundary, fill):
        total += tap * part
        if wide is not np.uint64:
            size += abs(tap) * abs(part)
    if wide is np.uint64:
        total = total.astype(f"u{x.dtype.itemsize}").view(x.dtype)
    return total, size


def run(x, h, shape, start, boundary="fill", fillvalue=0, method="direct", workers=1):
    pair = (boundary, boundary) if isinstance(boundary, str) else boundary
    x_before, h_before = x.copy(), h.copy()
    out = np.full(shape, 77, x.dtype)
    core.convolve2d(x, h, out, start, pair, x.dtype.type(fillvalue), method, workers)
    np.testing.assert_array_equal(x, x_before)
    np.testing.assert_array_equal(h, h_before)
    return out


def direct_bound(x, h, size):
    """Rounding of a sum of n products, in any order, with or without fused multiply-add.

    Each product takes part in at most n + 1 roundings (n additions and its own), by at most u =
    eps/2 each (Higham, Accuracy and Stability, 3.1); a complex sum has 2 n products in each part,
    and the two parts make a factor sqrt(2).
    """
    u = np.finfo(x.dtype).eps / 2
    n = h.size
    roundings = (n + 2) if x.dtype.kind == "f" else np.sqrt(2) * (2 * n + 2)
    return roundings * u * size + n * np.finfo(x.dtype).smallest_subnormal


def fft_bound(x, h, shape, start, boundary, fillvalue):
    """Largest error of a cyclic convolution by three transforms of N points.

    For radix 2, Percival (Math. Comp. 72, 2003) has, with L = log2 N and b the error of the twiddle
    factors (here u), |x| |h| ((1 + u)^3L (1 + u sqrt 5)^(3L+1) (1 + b)^3L - 1): below 13 (L + 1) u.
    Other radices and chirp transforms, which take three transforms of at most 4 N points for each,
    are allowed three times that, and N may be a few times the size of the samples.
    """
    area = [n + k - 1 for n, k in zip(shape, h.shape, strict=True)]
    corner = [s - k + 1 for s, k in zip(start, h.shape, strict=True)]
    one = np.ones((1, 1), x.dtype)
    ((_, met),) = samples(x, one, area, corner, boundary, fillvalue)
    u = np.finfo(x.dtype).eps / 2
    levels = np.log2(4.0 * np.prod([max(a, 2 * k) for a, k in zip(area, h.shape, strict=True)]))
    norms = np.linalg.norm(met.astype("c16")) * np.linalg.norm(h.astype("c16"))
    return 3 * 13 * (levels + 1) * u * norms


def check(x, h, shape, start, boundary="fill", fillvalue=0, method="direct"):
    got = run(x, h, shape, start, boundary, fillvalue, method)
    want, size = definition(x, h, shape, start, boundary, fillvalue)
    if x.dtype.kind in "iu":
        np.testing.assert_array_equal(got, want)
        return
    bound = direct_bound(x, h, size)
    if method != "direct":
        bound = bound + fft_bound(x, h, shape, start, boundary, fillvalue)
    assert (abs(got - want) <= bound).all()


def data(seed, shape, dtype):
    rng = np.random.default_rng(seed)
    dtype = np.dtype(dtype)
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        return rng.integers(limits.min, limits.max, shape, dtype, endpoint=True)
    values = rng.standard_normal(shape)
    if dtype.kind == "c":
        values = values + 1j * rng.standard_normal(shape)
    return np.asarray(values, dtype)


def full_shape(x_shape, h_shape):
    return tuple(n + k - 1 for n, k in zip(x_shape, h_shape, strict=True))


@st.composite
def problems(draw, dtypes, longest=40, most_taps=12):
    x_shape = draw(st.tuples(*[st.integers(1, longest)] * 2))
    h_shape = draw(st.tuples(*[st.integers(1, most_taps)] * 2))
    full = full_shape(x_shape, h_shape)
    start = tuple(draw(st.integers(0, n - 1)) for n in full)
    shape = tuple(draw(st.integers(1, n - s)) for n, s in zip(full, start, strict=True))
    dtype = draw(st.sampled_from(dtypes))
    seed = draw(st.integers(0, 2**32 - 1))
    fillvalue = 0 if draw(st.booleans()) else data(seed + 2, (), dtype)[()]
    return {
        "x": data(seed, x_shape, dtype),
        "h": data(seed + 1, h_shape, dtype),
        "shape": shape,
        "start": start,
        "boundary": draw(st.tuples(*[st.sampled_from(BOUNDARIES)] * 2)),
        "fillvalue": fillvalue,
    }


@settings(max_examples=120, deadline=None)
@given(problems(FLOATING), st.sampled_from(["direct", "fft", "auto"]))
def test_random_problems(problem, method):
    check(**problem, method=method)


@settings(max_examples=100, deadline=None)
@given(problems(INTEGER), st.sampled_from(["direct", "auto"]))
def test_random_integers_wrap(problem, method):
    check(**problem, method=method)


@settings(max_examples=60, deadline=None)
@given(problems([*FLOATING, "i2"], longest=5, most_taps=24), st.sampled_from(["direct", "auto"]))
def test_kernel_larger_than_the_image(problem, method):
    check(**problem, method=method)


@pytest.mark.parametrize("method", ["direct", "fft", "auto"])
@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_all_small_shapes(boundary, method):
    sizes = list(itertools.product(range(1, 5), repeat=2))
    for x_shape, h_shape in itertools.product(sizes, sizes):
        x = np.arange(1.0, 1 + np.prod(x_shape)).reshape(x_shape)
        h = np.arange(2.0, 2 + np.prod(h_shape)).reshape(h_shape)
        shape = full_shape(x_shape, h_shape)
        want, _ = definition(x, h, shape, (0, 0), boundary, 3)
        got = run(x, h, shape, (0, 0), boundary, 3, method)
        # Small integers: a sum is exact, and rounding brings a transform back to it.
        np.testing.assert_array_equal(np.rint(got) if method != "direct" else got, want)


@pytest.mark.parametrize("dtype", [*FLOATING, "u1", "i2", "u4", "i8"])
@pytest.mark.parametrize(
    ("x_shape", "h_shape"),
    [
        ((70, 131), (3, 3)),
        ((90, 97), (7, 5)),
        ((66, 256), (1, 9)),
        ((200, 64), (13, 1)),
        ((65, 128), (16, 16)),
        ((5, 1400), (2, 3)),  # fewer rows than a tile, several scratch blocks
        ((600, 3), (4, 2)),  # fewer columns than a vector
        ((3, 700), (5, 540)),  # a kernel wider than a scratch block
    ],
)
def test_interior_and_frame(x_shape, h_shape, dtype):
    x, h = data(1, x_shape, dtype), data(2, h_shape, dtype)
    middle = tuple((k - 1) // 2 for k in h_shape)
    if h.size > 1000:
        check(x, h, x_shape, middle, "symm")
        return
    check(x, h, x_shape, middle)
    check(x, h, full_shape(x_shape, h_shape), (0, 0), "wrap")
    check(x, h, full_shape(x_shape, h_shape), (0, 0), "fill", 5)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_rows_a_page_apart(dtype):
    width = 4096 // np.dtype(dtype).itemsize
    x, h = data(1, (40, width), dtype), data(2, (9, 4), dtype)
    check(x, h, x.shape, (4, 1))


@pytest.mark.parametrize("dtype", FLOATING)
def test_wide_image(dtype):
    x, h = data(1, (12, 20011), dtype), data(2, (3, 2), dtype)
    check(x, h, x.shape, (1, 0), "symm")


@pytest.mark.parametrize("method", ["fft", "auto"])
@pytest.mark.parametrize("dtype", FLOATING)
@pytest.mark.parametrize(
    ("x_shape", "h_shape", "boundary"),
    [
        ((97, 101), (40, 37), "fill"),
        ((60, 64), (25, 90), "wrap"),
        ((90, 30), (33, 33), "symm"),
    ],
)
def test_large_kernels(x_shape, h_shape, boundary, dtype, method):
    x, h = data(3, x_shape, dtype), data(4, h_shape, dtype)
    fillvalue = 0 if dtype == "f4" else 2
    check(x, h, x_shape, (h_shape[0] // 2, h_shape[1] // 2), boundary, fillvalue, method)


@pytest.mark.parametrize("method", ["fft", "auto"])
@pytest.mark.parametrize("dtype", ["f4", "c16"])
def test_image_of_several_blocks(dtype, method):
    x, h = data(3, (700, 1100), dtype), data(4, (14, 17), dtype)
    # The definition on bands of outputs; whatever is beyond them has to agree between methods.
    got = run(x, h, full_shape(x.shape, h.shape), (0, 0), method=method)
    size = np.linalg.norm(h) * np.linalg.norm(x)
    plain = run(x, h, full_shape(x.shape, h.shape), (0, 0))
    assert abs(got - plain).max() <= 3 * 13 * 25 * np.finfo(dtype).eps * size
    for row, col in ((0, 0), (250, 500), (690, 1090)):
        shape = (23, 26)
        want, absolute = definition(x, h, shape, (row, col), "fill", 0)
        part = got[row : row + 23, col : col + 26]
        bound = direct_bound(x, h, absolute) + 3 * 13 * 25 * np.finfo(dtype).eps * size
        assert (abs(part - want) <= bound).all()


def assert_same_specials(got, want):
    """NaN, Inf and their signs in the same places; finite numbers are another test's business."""
    parts = (np.real, np.imag) if np.iscomplexobj(got) else (np.asarray,)
    for part in parts:
        g, w = part(got), part(want)
        np.testing.assert_array_equal(np.isnan(g), np.isnan(w))
        np.testing.assert_array_equal(np.isinf(g), np.isinf(w))
        np.testing.assert_array_equal(np.sign(g[np.isinf(w)]), np.sign(w[np.isinf(w)]))


@settings(max_examples=100, deadline=None)
@given(
    problems(FLOATING, longest=70, most_taps=30),
    st.sampled_from(["direct", "auto"]),
    st.lists(
        st.tuples(
            st.sampled_from("xhf"), st.integers(0, 9999), st.sampled_from([np.inf, -np.inf, np.nan])
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_inf_and_nan_reach_what_the_definition_says(problem, method, specials):
    for where, at, value in specials:
        if where == "f":
            problem["fillvalue"] = value
        else:
            problem[where].flat[at % problem[where].size] = value
    with np.errstate(invalid="ignore"):
        want, _ = definition(**problem)
    assert_same_specials(run(**problem, method=method), want)


@pytest.mark.parametrize("dtype", FLOATING)
def test_auto_keeps_nan_in_its_place(dtype):
    # Large enough for every backend to take the transform.
    x, h = data(5, (128, 128), dtype), data(6, (41, 41), dtype)
    x[100, 20] = np.nan
    got = run(x, h, x.shape, (20, 20), method="auto")
    reached = np.zeros(x.shape, bool)
    reached[80:121, 0:41] = True
    np.testing.assert_array_equal(np.isnan(got), reached)


def test_tap_over_the_edge_meets_the_fill_value():
    x = np.ones((3, 4))
    h = np.array([[np.inf, 1.0, 1.0]])
    got = run(x, h, (3, 6), (0, 0))
    np.testing.assert_array_equal(got, [[np.inf] * 4 + [np.nan] * 2] * 3)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_auto_survives_overflow_of_the_transform(dtype):
    # The sum of all samples overflows, no output does.
    limit = np.finfo(dtype).max
    x = np.full((128, 128), limit / 4, dtype)
    h = np.full((41, 41), 1 / 41**2, dtype)
    got = run(x, h, (88, 88), (40, 40), method="auto")
    np.testing.assert_allclose(got, limit / 4, rtol=2 * 41**2 * np.finfo(dtype).eps)


def check_images(x, h, two, start, boundary, fillvalue=0, method="direct", workers=1):
    """Images side by side, of shape (outer, rows, columns, inner), each against the definition."""
    shape = (x.shape[0], *two, x.shape[3])
    got = run(x, h, shape, start, boundary, fillvalue, method, workers)
    for o, c in np.ndindex(x.shape[0], x.shape[3]):
        want, size = definition(x[o, :, :, c], h, two, start, boundary, fillvalue)
        if x.dtype.kind in "iu":
            np.testing.assert_array_equal(got[o, :, :, c], want)
            continue
        bound = direct_bound(x, h, size)
        if method != "direct":
            bound = bound + fft_bound(x[o, :, :, c], h, two, start, boundary, fillvalue)
        assert (abs(got[o, :, :, c] - want) <= bound).all()
    return got


@pytest.mark.parametrize("dtype", [*FLOATING, "u1", "i4"])
@pytest.mark.parametrize(
    ("shape", "h_shape"),
    [
        ((3, 1, 1, 2), (3, 3)),
        ((2, 9, 14, 3), (3, 3)),
        ((1, 30, 41, 4), (2, 5)),
        ((4, 28, 28, 1), (3, 3)),
        ((1, 70, 40, 5), (5, 4)),
        ((2, 6, 3, 33), (4, 7)),
        ((1, 90, 11, 16), (7, 3)),
    ],
)
def test_batches_and_channels(shape, h_shape, dtype):
    x, h = data(11, shape, dtype), data(12, h_shape, dtype)
    two, start = (shape[1], shape[2]), (h_shape[0] // 2, (h_shape[1] - 1) // 2)
    check_images(x, h, two, start, ("mirror", "wrap"))
    check_images(x, h, full_shape(two, h_shape), (0, 0), ("fill", "nearest"), 3, workers=2)


@pytest.mark.parametrize("method", ["fft", "auto"])
def test_batches_and_channels_by_transforms(method):
    x, h = data(11, (2, 40, 37, 3), "f8"), data(12, (35, 21), "f8")
    check_images(x, h, (40, 37), (17, 10), ("symm", "fill"), 0, method)


@pytest.mark.parametrize("boundary", list(itertools.product(BOUNDARIES, BOUNDARIES)))
def test_boundaries_in_pairs(boundary):
    x, h = data(1, (70, 66), "f4"), data(2, (4, 3), "f4")
    check(x, h, x.shape, (1, 1), boundary, 2)
    # The kernel reaches over the image several times.
    small = data(3, (3, 4), "i4")
    check(small, data(4, (11, 14), "i4"), (9, 8), (4, 5), boundary, 2)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("rows", [*range(1, 10), 12, 15, 31])
def test_each_kernel_shape(rows, dtype):
    # Rows and columns of every tile and of its remainders, for each kernel that has its own code.
    for cols in (*range(1, 10), 13, 31):
        h = data(rows * cols, (rows, cols), dtype)
        for shape in ((71, 79), (5, 130)) if rows * cols < 60 else ((26, 70),):
            x = data(rows + cols, shape, dtype)
            check(x, h, shape, (rows // 2, (cols - 1) // 2))


@pytest.mark.parametrize("dtype", [*FLOATING, "i2"])
@pytest.mark.parametrize("h_shape", [(3, 3), (7, 7), (2, 5), (80, 2)])
def test_workers_do_not_change_a_bit(h_shape, dtype):
    x, h = data(1, (401, 301), dtype), data(2, h_shape, dtype)
    boundary = ("nearest", "fill")
    one = run(x, h, x.shape, (1, 1), boundary)
    for workers in (2, 3, 8):
        many = run(x, h, x.shape, (1, 1), boundary, workers=workers)
        assert one.tobytes() == many.tobytes()
    images = np.ascontiguousarray(x.reshape(401, 43, 7)[None].repeat(3, 0))
    one = run(images, h, images.shape, (2, 1))
    assert run(images, h, images.shape, (2, 1), workers=4).tobytes() == one.tobytes()


@pytest.mark.parametrize("dtype", FLOATING)
def test_places_in_memory(dtype):
    # The same numbers at every distance from a cache line: the same results, nothing beside them.
    x, h = data(1, (33, 80), dtype), data(2, (3, 4), dtype)
    want = run(x, h, x.shape, (1, 2))
    item = want.itemsize
    for shift in range(0, 64, item):
        memory = [np.zeros(x.size * item + 128, np.uint8) for _ in range(2)]
        there = []
        for m in memory:
            at = -m.ctypes.data % 64 + shift
            there.append(m[at : at + x.size * item].view(dtype).reshape(x.shape))
        there[0][...] = x
        edges = memory[1].copy()
        core.convolve2d(
            *there[:1], h, there[1], (1, 2), ("fill", "fill"), x.dtype.type(0), "direct", 1
        )
        assert there[1].tobytes() == want.tobytes()
        there[1][...] = 0
        np.testing.assert_array_equal(memory[1], edges)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_one_row_is_a_line(mode, dtype):
    """Rows and columns of any length, which go the way of one dimension."""
    rng = np.random.default_rng(7)
    wide = np.clongdouble if np.dtype(dtype).kind == "c" else np.longdouble
    for n, m in [(1, 1), (9, 4), (300, 7), (5000, 400)]:
        x, h = (rng.standard_normal(k).astype(dtype) for k in (n, m))
        want = np.convolve(x.astype(wide), h.astype(wide))
        if mode == "same":
            want = want[(m - 1) // 2 :][:n]
        elif mode == "valid":
            want = want[m - 1 : n]
        norm = np.linalg.norm(x.astype(wide)) * np.abs(h.astype(wide)).sum()
        for axis in (0, 1):
            got = signal.convolve2d(np.expand_dims(x, axis), np.expand_dims(h, axis), mode)
            assert got.shape == np.expand_dims(want, axis).shape
            assert got.dtype == dtype
            bound = 7 * np.log2(32768) * np.finfo(dtype).eps / 2 * norm
            assert np.abs(got.ravel() - want).max() <= bound


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_one_row_with_infinity_in_the_kernel(mode):
    """0 times infinity is NaN, of the zeros outside, too, as for every other image."""
    x = np.arange(1.0, 9.0)[None]
    h = np.array([[1.0, np.inf, 2.0]])
    padded = np.pad(x[0], 2)
    with np.errstate(invalid="ignore"):
        want = np.array([sum(h[0, k] * padded[i + 2 - k] for k in range(3)) for i in range(10)])
    want = {"full": want, "same": want[1:9], "valid": want[2:8]}[mode]
    np.testing.assert_array_equal(signal.convolve2d(x, h, mode)[0], want)

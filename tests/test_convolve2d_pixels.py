"""The primitive `convolve2d_pixels` of both backends against exact sums in Python's integers."""

import itertools

import numpy as np
import pytest

from flipshift._backend import core

SAMPLES = ["i1", "u1", "i2", "u2", "i4", "u4"]
INTEGERS = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"]
BOUNDARIES = ["fill", "wrap", "symm", "mirror", "nearest"]


def positions(n, n_out, taps, start, boundary):
    """Index in [0, n) of the sample that meets each tap (column) in each output (row), or -1."""
    i = start + np.arange(n_out)[:, None] - np.arange(taps)
    if boundary == "wrap":
        return i % n
    if boundary == "symm":
        return np.minimum(i % (2 * n), 2 * n - 1 - i % (2 * n))
    if boundary == "mirror":
        period = max(1, 2 * n - 2)
        return np.minimum(i % period, (period - i % period) % period) if n > 1 else i * 0
    if boundary == "nearest":
        return i.clip(0, n - 1)
    return np.where((i >= 0) & (i < n), i, -1)


def exact(x, h, shape, start, boundary, fillvalue):
    """The sums and the sums of absolute values as integers, both times 2^shift, and the shift."""
    parts = [float(w).as_integer_ratio() for w in h.ravel()]
    shift = max(d.bit_length() - 1 for _, d in parts)
    weights = np.array([n << (shift - d.bit_length() + 1) for n, d in parts], object)
    framed = np.full((len(x), x.shape[1] + 1, x.shape[2] + 1, x.shape[3]), int(fillvalue), object)
    framed[:, :-1, :-1] = x
    rows = positions(x.shape[1], shape[0], h.shape[0], start[0], boundary[0])
    cols = positions(x.shape[2], shape[1], h.shape[1], start[1], boundary[1])
    total = size = np.zeros((len(x), *shape, x.shape[3]), object)
    for w, (k, m) in zip(weights, np.ndindex(h.shape), strict=True):
        if w:
            product = w * framed[:, rows[:, k, None], cols[None, :, m]]
            total, size = total + product, size + abs(product)
    return total, size, shift


def truncated(total, shift, dtype):
    """Exact numbers times 2^shift without their fractions, wrapped to the width of dtype."""
    whole = np.where(total < 0, -(-total >> shift), total >> shift)
    bits = 8 * dtype.itemsize
    return (whole % 2**bits).astype(np.uint64).astype(f"u{dtype.itemsize}").view(dtype)


def run(x, h, shape, dtype, start=(0, 0), boundary=("fill", "fill"), fillvalue=0, workers=1):
    x_before, h_before = x.copy(), h.copy()
    plain = x.ndim == 2
    out = np.full(shape if plain else (len(x), *shape, x.shape[3]), 77, dtype)
    core.convolve2d_pixels(x, h, out, start, boundary, x.dtype.type(fillvalue), workers)
    np.testing.assert_array_equal(x, x_before)
    np.testing.assert_array_equal(h, h_before)
    return out


def check(x, h, shape=None, dtype="u1", start=(0, 0), boundary=("fill", "fill"), fillvalue=0):
    """Compare with the exact sum.

    Integer weights: equality, as all sums here fit into 53 bits. Others are rounded: n products and
    n additions by u = 2^-53 times the sum of absolute values at most each (Higham, Accuracy and
    Stability, 3.1); the weights may be taken for integers over one integer, from which they differ
    by 5 u, and the quotient is rounded. The integer next to what is that far from the exact sum is
    the result; these are two if a limit between two integers lies in between. In single precision
    the weights are rounded as well.
    """
    shape = shape or x.shape[x.ndim == 4 :][:2]
    out = run(x, h, shape, dtype, start, boundary, fillvalue)
    x4 = x if x.ndim == 4 else x[None, :, :, None]
    total, size, shift = exact(x4, h, shape, start, boundary, fillvalue)
    out = out.reshape(total.shape)
    whole = (h == np.rint(h)).all()
    roundings = 2 * h.size + 8
    if out.dtype.kind != "f":
        # In units of 2^-(shift + 53), rounded up.
        bound = 0 * size if whole else roundings * size
        low, high = (truncated((total << 53) + e, shift + 53, out.dtype) for e in (-bound, bound))
        wrong = (out != low) & (out != high)
        assert not wrong.any(), (x.dtype, out.dtype, np.argwhere(wrong)[:5], out[wrong][:5])
        return
    scale = np.longdouble(2) ** -shift
    u = np.finfo(out.dtype).eps / 2
    error = np.abs(out - total.astype(np.longdouble) * scale)
    bound = roundings * u * size.astype(np.longdouble) * scale
    if whole and out.dtype == np.float64:
        bound = 0 * bound
    assert (error <= bound).all(), (x.dtype, out.dtype, float((error - bound).max()))


def pixels(rng, shape, dtype):
    info = np.iinfo(dtype)
    return rng.integers(info.min, info.max, shape, dtype, endpoint=True)


def gauss(rows, cols, sigma=1.3):
    column = np.exp(-((np.arange(rows) - rows // 2) ** 2) / sigma**2)
    row = np.exp(-((np.arange(cols) - cols // 2) ** 2) / sigma**2)
    h = np.outer(column, row)
    return h / h.sum()


def kernels(rng):
    yield np.array([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]])
    yield np.ones((3, 3)) / 9
    yield np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256
    yield np.array([[0.2, 0.4, 0.2], [0.4, -2.4, 0.4]])
    yield gauss(5, 4)
    yield rng.integers(-128, 128, (4, 5)).astype(float)
    yield rng.integers(-3000, 3000, (3, 2)).astype(float)
    yield rng.standard_normal((2, 3))


@pytest.mark.parametrize("dtype", [*INTEGERS, "f4", "f8"])
@pytest.mark.parametrize("samples", SAMPLES)
def test_dtypes(samples, dtype):
    rng = np.random.default_rng(1)
    for number, h in enumerate(kernels(rng)):
        boundary = (BOUNDARIES[number % 5], BOUNDARIES[(number + 2) % 5])
        x = pixels(rng, (11, 70 + number), samples)
        check(x, h, None, dtype, (1, 1), boundary, np.iinfo(samples).max)


@pytest.mark.parametrize("boundary", list(itertools.product(BOUNDARIES, BOUNDARIES)))
def test_boundaries(boundary):
    # Interiors of all sizes, and kernels larger than the image.
    rng = np.random.default_rng(2)
    for x_shape, h_shape in itertools.product([(1, 1), (4, 3), (23, 150)], [(3, 3), (6, 9)]):
        x = pixels(rng, x_shape, "u1")
        shape = tuple(n + m - 1 for n, m in zip(x_shape, h_shape, strict=True))
        for h in (rng.integers(-9, 9, h_shape).astype(float), gauss(*h_shape)):
            check(x, h, shape, "u1", (0, 0), boundary, 200)
    x = pixels(rng, (5, 6), "i2")
    check(x, gauss(3, 2), (30, 31), "i2", (-12, -13), boundary, -30000)


@pytest.mark.parametrize("dtype", ["u1", "f4", "i8"])
@pytest.mark.parametrize("inner", [1, 2, 3, 4, 70])
def test_batches_and_channels(inner, dtype):
    rng = np.random.default_rng(3)
    for shape in ((2, 12, 40, inner), (3, 1, 5, inner)):
        x = pixels(rng, shape, "u1")
        for h in (rng.integers(-3, 4, (3, 4)).astype(float), np.ones((5, 5)) / 25, gauss(3, 5)):
            check(x, h, None, dtype, (1, 2), ("mirror", "symm"))


@pytest.mark.parametrize("taps", [*range(1, 24), 31, 32, 47, 64])
def test_kernels_of_all_sizes(taps):
    rng = np.random.default_rng(taps)
    x = pixels(rng, (9, 66), "u1")
    for shape in ((taps, 1), (1, taps), (taps, 3)):
        for dtype in ("u1", "f4"):
            check(x, rng.integers(-3, 4, shape).astype(float), None, dtype, (taps // 2, 0))
            check(x, rng.uniform(0, 2 / taps, shape), None, dtype, (0, 1))
    check(x, rng.uniform(-1, 1, (taps, 2)), None, "u8", (0, 1), ("wrap", "nearest"))


@pytest.mark.parametrize("dtype", ["u1", "i1", "i2", "u2", "i4", "f4"])
@pytest.mark.parametrize("samples", ["u1", "i1", "u2", "i2"])
def test_extremes(samples, dtype):
    # The largest samples and weights, and sums at the ends of 15, 16 and 23 bits.
    info = np.iinfo(samples)
    flat = [np.full((9, 130), v, samples) for v in (info.min, info.max)]
    columns = [[127.0, 127], [-128, -128], [127, -128], [128, 1], [64, 64], [65, 64], [255, 256]]
    columns += [[128, 129], [-127, -127, -3], [100, 100, 57], [100, 100, 58], [1, 127, 1, 127, 1]]
    columns += [[32896], [32897], [65536], [2**23 / 255], [2.0**31]]
    for x, column in itertools.product(flat, columns):
        column = np.trunc(np.array(column, float))[:, None]
        check(x, column, None, dtype, (0, 0), ("symm", "symm"))
        check(x, column.T, None, dtype, (0, 0), ("symm", "symm"))
        check(x, column / 10, None, dtype, (0, 0), ("symm", "symm"))


@pytest.mark.parametrize("dtype", ["u1", "i2", "i8", "f8"])
@pytest.mark.parametrize("k", [2, 3, 5, 6, 7, 9, 11])
def test_the_mean_of_equal_numbers_is_that_number(k, dtype):
    for samples, value in (("u1", 255), ("u1", 100), ("i2", -100), ("u2", 50000), ("i4", -7)):
        x = np.full((13, 80), value, samples)
        out = run(x, np.ones((k, k)) / k**2, (13, 80), dtype, (k // 2, 1), ("symm", "wrap"))
        np.testing.assert_array_equal(out, x.astype(dtype))


@pytest.mark.parametrize("samples", ["u1", "i1", "u2", "i2"])
@pytest.mark.parametrize("excess", [2.0**-30, -(2.0**-30)])
def test_sums_next_to_integers(samples, excess):
    # Single precision cannot tell these sums from integers; double precision can.
    h = gauss(5, 5)
    h *= (1 + excess) / h.sum()
    info = np.iinfo(samples)
    x = np.full((40, 100), info.max, samples)
    x[:, 50:] = info.min + 1
    x[20:] = 0
    check(x, h, None, samples, (2, 2), ("nearest", "nearest"))
    out = run(x, h, x.shape, "i4", (2, 2), ("nearest", "nearest"))
    expected = int(info.max) - (excess < 0)
    assert (out[:18, :48] == expected).all()
    assert not out[22:].any()


def pictures_with_ties(rng, dtype):
    """Pictures in which many sums with weights of sum 1 are next to integers."""
    rows, cols = np.arange(90)[:, None], np.arange(210)[None, :]
    yield (rows // 3 + cols // 2) % 120
    yield np.where(np.sin(rows / 7) + np.cos(cols / 9) > 0.2, 113, 7)
    corners = rng.integers(0, 120, (12, 28)).repeat(8, 0).repeat(8, 1)[:90, :210]
    yield corners
    yield np.where(rows < 50, corners, rng.integers(0, 120, (90, 210)))
    yield np.where(cols % 64 < 20, 100, rng.integers(0, 120, (90, 210)))


def sums_of_a_loop(x, h):
    """Each in double precision: rows downwards, columns to the right. x: rows, columns, ..."""
    rows, cols = (n - m + 1 for n, m in zip(x.shape, h.shape, strict=False))
    total = np.zeros((rows, cols, *x.shape[2:]))
    for (i, j), w in np.ndenumerate(h[::-1, ::-1]):
        total += w * x[i : i + rows, j : j + cols].astype(float)
    return total


@pytest.mark.parametrize("samples", ["u1", "i1", "u2", "i2"])
@pytest.mark.parametrize("taps", [(3, 3), (2, 2), (5, 5)])
@pytest.mark.parametrize("inner", [1, 2, 3])
@pytest.mark.parametrize("cols", [16, 17, 40, 65, 200])
def test_many_sums_next_to_integers_in_channels_and_strips(samples, taps, inner, cols):
    """As a plain loop, in narrow images too, of which several rows are summed at once."""
    rng = np.random.default_rng(cols + inner)
    skew = rng.random(taps)
    for rows in (9, 13, 70):
        x = rng.integers(0, 120, (rows // 5 + 1, cols // 6 + 1, inner))
        x = x.repeat(5, 0).repeat(6, 1)[:rows, :cols].astype(samples)
        x[rows // 2] += 1
        for h in (gauss(*taps, 0.8), skew / skew.sum()):
            total = sums_of_a_loop(x, h)
            start = (taps[0] - 1, taps[1] - 1)
            out = run(x[None], h, total.shape[:2], samples, start)
            np.testing.assert_array_equal(out[0], total.astype(np.int64).astype(samples))


@pytest.mark.parametrize("samples", ["u1", "i1", "u2", "i2"])
@pytest.mark.parametrize("taps", [(3, 3), (4, 5), (9, 2), (1, 11)])
def test_many_sums_next_to_integers(samples, taps):
    """Each is that of a plain loop in double precision: rows downwards, columns to the right."""
    rng = np.random.default_rng(sum(taps))
    skew = rng.random(taps)
    for picture in pictures_with_ties(rng, samples):
        x = picture.astype(samples)
        for h in (gauss(*taps, 0.8), skew / skew.sum()):
            total = sums_of_a_loop(x, h)
            start = (taps[0] - 1, taps[1] - 1)
            for dtype in ("u1", "u2", "i4"):
                out = run(x, h, total.shape, dtype, start)
                expected = total.astype(np.int64).astype(dtype)
                np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize(
    ("taps", "inner"), [((2, 75), 1), ((3, 40), 3), ((2, 3), 90), ((30, 3), 1)]
)
def test_many_sums_next_to_integers_under_long_kernels(taps, inner):
    rng = np.random.default_rng(9)
    x = np.repeat(rng.integers(0, 99, (1, 6, 2 + 28 // inner, inner)), 6, 1)
    x = x.repeat(7, 2).astype("u1")
    x[:, 20:] = 55
    check(x, gauss(*taps, 2), x.shape[1:3], "u1", (1, 1), ("symm", "wrap"))


@pytest.mark.parametrize("samples", ["u1", "i1", "u2", "i2"])
def test_long_binomials(samples):
    # Integers over a power of two, with sums that single precision does not hold.
    row = np.array([1, 8, 28, 56, 70, 56, 28, 8, 1]) / 256
    h = np.outer(row, row)
    rng = np.random.default_rng(4)
    x = pixels(rng, (40, 90), samples)
    x[:, 50:] = x[0, 0]
    sums = sums_of_a_loop(x, h)  # exact: integers below 2^32, times 2^-16
    out = run(x, h, sums.shape, samples, (8, 8))
    np.testing.assert_array_equal(out, sums.astype(np.int64).astype(samples))


@pytest.mark.parametrize("samples", ["u1", "i2", "i4"])
@pytest.mark.parametrize("dtype", ["u1", "u2", "f4", "f8"])
def test_workers_and_places_do_not_matter(samples, dtype):
    rng = np.random.default_rng(5)
    x = pixels(rng, (300, 1000), samples)
    x[40:200, 300:800] = 99  # sums next to integers, by gauss
    for h in (rng.integers(-3, 4, (3, 3)).astype(float), gauss(5, 5), np.ones((3, 4)) / 12):
        start = (h.shape[0] - 1, h.shape[1] - 1)
        shape = tuple(n - m + 1 for n, m in zip(x.shape, h.shape, strict=True))
        out = run(x, h, shape, dtype, start)
        np.testing.assert_array_equal(run(x, h, shape, dtype, start, workers=2), out)
        for i, j in ((37, 290), (150, 770), (0, 3)):
            part = np.ascontiguousarray(x[i : i + 30, j : j + 71])
            shape_of_part = tuple(n - m + 1 for n, m in zip(part.shape, h.shape, strict=True))
            np.testing.assert_array_equal(
                run(part, h, shape_of_part, dtype, start),
                out[i : i + shape_of_part[0], j : j + shape_of_part[1]],
            )


@pytest.mark.parametrize("samples", ["u1", "i2", "u4"])
def test_places_in_memory(samples):
    rng = np.random.default_rng(6)
    for offset in range(1, 5):
        flat = pixels(rng, 20 * 130 + offset, samples)
        x = flat[offset:].reshape(20, 130)
        for dtype in ("u1", "f4", "i8"):
            buffer = np.full(20 * 130 + offset + 50, 77, dtype)
            out = buffer[offset:-50].reshape(20, 130)
            for h in (np.ones((3, 3)), gauss(3, 3)):
                core.convolve2d_pixels(x, h, out, (1, 1), ("wrap", "wrap"), x.dtype.type(0), 1)
                np.testing.assert_array_equal(
                    out, run(x.copy(), h, x.shape, dtype, (1, 1), ("wrap", "wrap"))
                )
                assert (buffer[:offset] == 77).all()
                assert (buffer[-50:] == 77).all()


@pytest.mark.parametrize("samples", SAMPLES)
def test_weights_that_are_not_finite(samples):
    x = np.array([[1, 2, 0, 4], [5, 6, 7, 8]], samples)
    h = np.array([[np.inf, 1.0]])
    expected = np.array([[np.inf, np.inf, np.nan, np.inf], [np.inf] * 4])
    for dtype in ("f4", "f8"):
        np.testing.assert_array_equal(run(x, h, x.shape, dtype), expected.astype(dtype))
        assert np.isnan(run(x, h * np.nan, x.shape, dtype)).all()
    # Integers become 0 or the least number of 64 bits.
    for dtype in INTEGERS:
        for weights in (h, -h, h * np.nan):
            out = run(x, weights, x.shape, dtype)
            allowed = [0] if out.itemsize < 8 else [0, -(2**63)] if dtype == "i8" else [0, 2**63]
            assert np.isin(out, np.array(allowed, dtype)).all()


@pytest.mark.parametrize("dtype", INTEGERS)
def test_sums_beyond_64_bits(dtype):
    # What fits wraps around, up to 2^64 for uint64; the rest is 0 or the least number of 64 bits.
    x = np.array([[1, 2, 3, 0, 255]], "u1")
    for weight in (2.0**62, -(2.0**62), 2.0**60 + 2.0**20, 3e18, 1e300):
        out = run(x, np.array([[weight]]), x.shape, dtype)
        top = 2**64 if dtype == "u8" else 2**63
        for value, result in zip(x[0].tolist(), out[0].tolist(), strict=True):
            total = int(weight) * value
            if -(2**63) <= total < top:
                assert result % 2 ** (8 * out.itemsize) == total % 2 ** (8 * out.itemsize)
            else:
                assert result % 2 ** (8 * out.itemsize) in (0, 2**63)


def test_tiny_and_huge_weights():
    x = np.arange(1, 101, dtype="u1").reshape(4, 25)
    for weight in (1e-300, 1e-42, 1e300, 3e38 / 25):
        out = run(x, np.full((1, 1), weight), x.shape, "f8")
        np.testing.assert_array_equal(out, x * weight)
        with np.errstate(all="ignore"):
            single = (x * weight).astype("f4")
        bound = 3 * np.finfo("f4").eps * np.abs(single.astype("f8")) + 2.0**-149
        out = run(x, np.full((1, 1), weight), x.shape, "f4")
        finite = np.isfinite(single)
        np.testing.assert_array_equal(out[~finite], single[~finite])
        assert (np.abs(out[finite] - (x * weight)[finite]) <= bound[finite]).all()

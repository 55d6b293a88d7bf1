"""2-D kernels of low rank: when they are convolved along each axis, and how exactly."""

import numpy as np
import pytest

from flipshift import _backend, signal
from flipshift._backend import core

native = pytest.mark.skipif(_backend.name != "native", reason="NumPy forms the sums directly")
FILL = ("fill", "fill")


def gauss(n, sigma, dtype):
    t = np.arange(n) - (n - 1) / 2
    return np.exp(-(t**2) / (2 * sigma**2)).astype(dtype)


def data(seed, shape, dtype):
    rng = np.random.default_rng(seed)
    values = rng.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        values = values + 1j * rng.standard_normal(shape)
    return np.asarray(values, dtype)


def run(x, h, method="auto", boundary=FILL, fillvalue=0, workers=1):
    out = np.full(x.shape, 77, x.dtype)
    start = tuple((k - 1) // 2 for k in h.shape)
    core.convolve2d(x, h, out, start, boundary, x.dtype.type(fillvalue), method, workers)
    return out


def definition(x, h, boundary=FILL, fillvalue=0):
    """The middle of the convolution in extended precision, and the sum of absolute values."""
    wide = np.longdouble if x.dtype.kind == "f" else np.clongdouble
    (up, down), (left, right) = ((k - 1 - (k - 1) // 2, (k - 1) // 2) for k in h.shape)
    modes = {"wrap": "wrap", "symm": "symmetric", "mirror": "reflect", "nearest": "edge"}
    x = x.astype(wide)
    for pad, name in (
        (((0, 0), (left, right)), boundary[1]),
        (((up, down), (0, 0)), boundary[0]),
    ):
        if name == "fill":
            x = np.pad(x, pad, constant_values=fillvalue)
        else:
            x = np.pad(x, pad, modes[name])
    if boundary == ("fill", "fill"):
        assert x.shape[0] > up + down
    rows, cols = x.shape[0] - h.shape[0] + 1, x.shape[1] - h.shape[1] + 1
    total, size = np.zeros((rows, cols), wide), np.zeros((rows, cols), np.longdouble)
    for k, m in np.ndindex(h.shape):
        i, j = h.shape[0] - 1 - k, h.shape[1] - 1 - m
        part = wide(h[k, m]) * x[i : i + rows, j : j + cols]
        total += part
        size += abs(part)
    return total, size


def gamma(n, dtype):
    """Of n roundings (Higham, Accuracy and Stability, 3.1); complex sums have twice as many."""
    u = np.finfo(dtype).eps / 2
    n = n if np.dtype(dtype).kind == "f" else 2 * np.sqrt(2) * (n + 1)
    return n * u / (1 - n * u)


def plan(shape, h):
    start = tuple((k - 1) // 2 for k in h.shape)
    return core.convolve2d_plan(shape, np.ascontiguousarray(h), shape, start)[0]


def impulses(shape, taps, dtype):
    """Ones, so far apart that every output meets one at most."""
    x = np.zeros(shape, dtype)
    x[taps[0] :: taps[0], taps[1] :: taps[1]] = 1
    return x


def kernels(dtype):
    """Of many ranks and conditions: name, kernel, whether its terms are taken (None: may be)."""
    g, wide, one = gauss(9, 1.5, dtype), gauss(9, 3.0, dtype), np.ones(9, dtype)
    smooth = np.outer(g, g)
    yield "gaussian", smooth, True
    yield "normalized gaussian", smooth / smooth.sum(), True
    yield "box", np.outer(one, one) / dtype(81), True
    yield "random column and row", np.outer(data(1, 9, dtype), data(2, 11, dtype)), True
    yield "graded", np.outer(dtype(2.0) ** -np.arange(0, 36, 4), g), True
    yield "with zeros", np.outer(g * [0, 1, 0, 1, 1, 0, 1, 1, 0], g), True
    yield "two gaussians", np.outer(g, g) + np.outer(wide, wide), None
    yield "far apart", np.outer(one * dtype(1e18), g) * dtype(1e-10), True
    second = np.gradient(np.gradient(g.astype("f8"))).astype(dtype)
    yield "laplacian of a gaussian", np.outer(second, g) + np.outer(g, second), False
    i, j = np.ogrid[1:10, 1:10]
    yield "hilbert", (1.0 / (i + j)).astype(dtype), None
    yield "nearly singular", (np.outer(g, g) + 1e-5 * np.outer(wide, one)).astype(dtype), None
    hole = np.outer(g, g)
    hole[4, 4] = 0
    yield "hole", hole, False
    yield "full rank", data(3, (9, 9), dtype), False
    for n in (1, 4, 16, 64, 1024):
        # From rounding errors that are allowed to errors that are not.
        noise = 1 + n * np.finfo(dtype).eps * data(n, (9, 9), dtype)
        yield f"noise of {n} epsilon", np.outer(g, g) * noise, None
    yield "one odd element", np.outer(g, g) * (1 + 1e-3 * (np.indices((9, 9)).sum(0) == 0)), None


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_error_stays_within_that_of_the_direct_sum(dtype):
    shape = (110, 120)
    for name, kernel, good in kernels(dtype):
        h = np.ascontiguousarray(kernel, dtype)
        method = plan(shape, h)[0]
        if _backend.name == "native" and good is not None:
            assert (method == "separable") == good, name
        if method == "fft":
            continue  # its bound is another one
        for x in (impulses(shape, h.shape, dtype), data(5, shape, dtype)):
            want, size = definition(x, h)
            tiny = h.size * np.finfo(dtype).smallest_subnormal
            assert (abs(run(x, h) - want) <= gamma(h.size, dtype) * size + tiny).all(), name


@native
@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
def test_the_rank_is_found(dtype):
    columns, rows = 1 + abs(data(1, (2, 8), dtype)), 1 + abs(data(2, (2, 9), dtype))
    phases = [1, 1j] if np.dtype(dtype).kind == "c" else [1, -1]
    for rank in (1, 2):
        # Terms that do not cancel.
        h = np.einsum("rk,rl->kl", columns[:rank], rows[:rank]) * phases[1]
        method, block, terms, _ = plan((300, 300), h.astype(dtype))
        if rank == 1 or method == "separable":  # two may take longer than transforms
            assert (method, tuple(block), terms) == ("separable", (0, 0), rank)
    assert plan((300, 300), data(3, (8, 9), dtype))[0] != "separable"
    h = np.outer(columns[0], rows[0]).astype(dtype)
    h[3, 4] = np.nan
    assert plan((300, 300), h)[0] != "separable"
    assert plan((300, 300), np.zeros((9, 9), dtype))[0] != "separable"


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (6, 1), (5, 6), (8, 4)])
@pytest.mark.parametrize("rank", [1, 3, 8])
def test_any_rank_by_hand(shape, rank, dtype):
    rank = min(rank, *shape)
    u, v = data(1, (shape[0], rank), dtype), data(2, (rank, shape[1]), dtype)
    h = np.ascontiguousarray(u @ v)
    x = data(3, (40, 50), dtype)
    # The terms are singular vectors: |u_r| |v_r| is at most the singular value, for each element.
    values = np.linalg.svd(h.astype("c16"), compute_uv=False).sum()
    for boundary, fillvalue in (
        (FILL, 0),
        (FILL, 2),
        (("wrap", "symm"), 0),
        (("nearest", "mirror"), 0),
        (("mirror", "fill"), -3),
    ):
        want, _ = definition(x, h, boundary, fillvalue)
        _, sizes = definition(
            abs(x).astype(x.real.dtype), np.ones(h.shape, x.real.dtype), boundary, abs(fillvalue)
        )
        got = run(x, h, "separable", boundary, fillvalue)
        # Of the sums and of the factors, and what is left of the kernel after the last term.
        roundings = sum(shape) + 3 * min(shape) + 5
        assert (abs(got - want) <= gamma(roundings, dtype) * values * sizes).all()


def test_images_channels_and_workers():
    h = np.outer(gauss(9, 2, "f8"), gauss(7, 1, "f8")) + 0.5
    x = data(1, (3, 150, 130, 2), "f8")
    results = []
    for workers in (1, 2, 5):
        out = np.empty_like(x)
        core.convolve2d(x, h, out, (4, 3), ("symm", "nearest"), 0.0, "auto", workers)
        results.append(out)
    np.testing.assert_array_equal(results[1], results[0])
    np.testing.assert_array_equal(results[2], results[0])
    for o, c in np.ndindex(3, 2):
        image = np.ascontiguousarray(x[o, :, :, c])
        want, size = definition(image, h, ("symm", "nearest"))
        assert (abs(results[0][o, :, :, c] - want) <= gamma(h.size, "f8") * size).all()


@pytest.mark.parametrize("method", ["auto", "separable"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("rank", [1, 2])
def test_nan_and_infinity_reach_what_the_definition_says(rank, value, method):
    g = gauss(9, 2, "f8")
    h = np.outer(g, g) + (rank - 1) * np.outer(np.ones(9), gauss(9, 1, "f8"))
    x = data(1, (200, 200), "f8")
    x[100, 50] = value
    got = run(x, h, method)
    reached = np.zeros(x.shape, bool)
    reached[96:105, 46:55] = True
    np.testing.assert_array_equal(~np.isfinite(got), reached)
    np.testing.assert_array_equal(got[reached], np.full(81, value))


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_no_overflow_that_the_direct_sum_does_not_have(dtype):
    limit = np.finfo(dtype).max
    x = np.full((200, 200), limit / 2, dtype)
    x[::2] *= -1
    down = np.array([1, 1, 1, 1, 1, 1, 1, 1, 1e-4], dtype)
    for h in (
        np.outer(np.ones(9), np.ones(9)) / 81,
        np.outer(down * 2.0**40, down) * 2.0**-44,
        np.outer(down, down * 2.0**40) * 2.0**-44,
    ):
        h = h.astype(dtype)
        want, _ = definition(x, h)
        assert abs(want).max() < limit
        np.testing.assert_array_equal(np.isfinite(run(x, h)), np.isfinite(run(x, h, "direct")))
    # Sums along columns overflow, outputs do not; the direct sum is what then counts.
    h = np.outer(np.ones(9), [1, -1, 1, -1, 1, -1, 1, -1, 0.5]).astype(dtype)
    x = np.full((200, 200), limit / 8, dtype)
    for method in ("auto", "separable"):
        np.testing.assert_array_equal(
            np.isfinite(run(x, h, method)), np.isfinite(run(x, h, "direct"))
        )


@native
def test_explained():
    g = gauss(15, 3, "f8")
    told = signal.explain_convolve(np.ones((500, 400)), np.outer(g, g), "same")
    assert (told.chosen.method, told.chosen.terms) == ("separable", 1)
    assert "rank 1" in str(told)
    assert {c.method for c in told.candidates} >= {"separable", "direct"}
    told = signal.explain_convolve(np.ones((500, 400)), np.outer(g, g), "same", "fft")
    assert told.chosen.method in ("fft", "overlap-save")
    assert signal.choose_conv_method(np.ones((500, 400)), np.outer(g, g)) == "direct"

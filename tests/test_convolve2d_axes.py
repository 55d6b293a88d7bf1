"""`signal.convolve2d` and `correlate2d` beyond SciPy's: axes, out, workers, separable."""

import itertools

import numpy as np
import pytest

from flipshift import fft, signal
from flipshift._backend import core

FUNCTIONS = [signal.convolve2d, signal.correlate2d]


def image_by_image(f, x, h, axes, **options):
    """The two-dimensional function on each image of `x` by itself."""
    moved = np.moveaxis(x, axes, (-2, -1))
    y = [f(image, h, **options) for image in moved.reshape(-1, *moved.shape[-2:])]
    return np.moveaxis(np.reshape(y, (*moved.shape[:-2], *y[0].shape)), (-2, -1), axes)


def integers(seed, shape, dtype):
    """Small integers, whose sums are exact in any order."""
    numbers = np.random.default_rng(seed).integers(-9, 10, (2, *shape))
    return (numbers[0] + (1j * numbers[1] if np.dtype(dtype).kind == "c" else 0)).astype(dtype)


def sums(x, h):
    """The full convolution; of integers, which stay below 2^53, it is exact."""
    y = np.zeros(np.add(x.shape, h.shape) - 1, complex)
    for k in np.ndindex(h.shape):
        y[k[0] : k[0] + x.shape[0], k[1] : k[1] + x.shape[1]] += complex(h[k]) * x.astype(complex)
    return y


@pytest.mark.parametrize("f", FUNCTIONS)
@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16", "i2", "u1", "g"])
@pytest.mark.parametrize("axes", [(-2, -1), (1, 2), (0, 1), (2, 1), (0, 3), (3, 1)])
def test_axes(f, dtype, axes):
    x, h = integers(1, (5, 6, 7, 4), dtype), integers(2, (3, 2), dtype)
    for mode, boundary in itertools.product(["full", "same", "valid"], ["fill", "wrap", "symm"]):
        options = {"mode": mode, "boundary": boundary, "fillvalue": 2}
        want = image_by_image(f, x, h, axes, **options)
        got = f(x, h, **options, axes=axes)
        assert got.dtype == want.dtype
        assert got.flags.c_contiguous
        np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("f", FUNCTIONS)
def test_strided_images(f):
    x, h = integers(1, (8, 9, 20), "f8")[::-1, ::2, 1::3], integers(2, (6, 3), "f8")[::2]
    for axes in ((0, 1), (1, 2), (0, 2)):
        want = image_by_image(f, x, h, axes, mode="same")
        np.testing.assert_array_equal(f(x, h, "same", axes=axes), want)


@pytest.mark.parametrize("dtype", ["f8", "c16", "i4"])
@pytest.mark.parametrize("axes", [(1, 2), (0, 2)])
def test_kernel_larger_than_the_images(dtype, axes):
    x, h = integers(1, (4, 3, 5, 2), dtype), integers(2, (6, 7), dtype)
    # SciPy's rule: in 'valid' mode the larger one is the image.
    for f in FUNCTIONS:
        want = image_by_image(f, x, h, axes, mode="valid")
        np.testing.assert_array_equal(f(x, h, "valid", axes=axes), want)
        np.testing.assert_array_equal(
            f(x, h, "same", axes=axes), image_by_image(f, x, h, axes, mode="same")
        )


def test_by_the_definition():
    x, h = integers(1, (2, 6, 5, 3), "f4"), integers(2, (3, 2), "f4")
    want = np.zeros((2, 8, 6, 3), np.float32)
    for k, m in np.ndindex(h.shape):
        want[:, k : k + 6, m : m + 5] += h[k, m] * x
    np.testing.assert_array_equal(signal.convolve2d(x, h, axes=(1, 2)), want)
    # As a correlation, h is not reversed.
    np.testing.assert_array_equal(signal.correlate2d(x, h[::-1, ::-1], axes=(1, 2)), want)


@pytest.mark.parametrize("f", FUNCTIONS)
@pytest.mark.parametrize("axes", [None, (0, 1), (1, 0)])
@pytest.mark.parametrize("dtype", ["f4", "c16", "i8", "g"])
def test_out(f, axes, dtype):
    x, h = integers(1, (40, 50), dtype), integers(2, (4, 3), dtype)
    for mode in ("full", "same", "valid"):
        want = f(x, h, mode, axes=axes)
        out = np.empty_like(want)
        assert f(x, h, mode, axes=axes, out=out) is out
        np.testing.assert_array_equal(out, want)
        apart = np.zeros((want.shape[0], 2 * want.shape[1]), dtype)
        f(x, h, mode, axes=axes, out=apart[:, ::2])
        np.testing.assert_array_equal(apart[:, ::2], want)
        np.testing.assert_array_equal(apart[:, 1::2], 0)
    # Written over its own input.
    want, y = f(x, h, "same", axes=axes), x.copy()
    f(y, h, "same", axes=axes, out=y)
    np.testing.assert_array_equal(y, want)


def test_out_of_images():
    x, h = integers(1, (3, 20, 30, 2), "f4"), integers(2, (3, 3), "f4")
    for axes in ((1, 2), (0, 2), (3, 1)):
        want = signal.convolve2d(x, h, "same", axes=axes)
        out = np.empty_like(want)
        assert signal.convolve2d(x, h, "same", axes=axes, out=out) is out
        np.testing.assert_array_equal(out, want)


def test_workers():
    x = np.random.default_rng(1).standard_normal((300, 400))
    h = np.random.default_rng(2).standard_normal((7, 6))
    want = signal.convolve2d(x, h)
    for workers in (1, 2, 5, -1):
        assert signal.convolve2d(x, h, workers=workers).tobytes() == want.tobytes()
    with fft.set_workers(3):
        assert signal.convolve2d(x, h).tobytes() == want.tobytes()
    images = x.reshape(6, 50, 400)
    want = signal.correlate2d(images, h, "same", axes=(1, 2))
    again = signal.correlate2d(images, h, "same", axes=(1, 2), workers=2)
    assert again.tobytes() == want.tobytes()


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8"])
def test_separable(dtype):
    # A product of integers, as separable as can be, and one that is not.
    column, row = integers(1, (9, 1), dtype), integers(2, (1, 8), dtype)
    x = integers(3, (60, 70), dtype)
    for h in (column * row, integers(4, (5, 5), dtype)):
        want, size = sums(x, h), sums(abs(x), abs(h)).real
        # At most 100 roundings of the sum of absolute values: there are no more than 5 terms of 17
        # products, whose columns and rows are no larger together than the kernel's norm. Those of a
        # transform of n samples are 7 log2 n of the norms of kernel and image.
        norms = np.sqrt((abs(h) ** 2).sum()) * np.sqrt((abs(x) ** 2).sum())
        for separable, limit in ((True, 100 * np.maximum(size, norms)), (False, 7 * 14 * norms)):
            error = abs(signal.convolve2d(x, h, separable=separable) - want)
            assert (error <= np.finfo(dtype).eps * limit).all()
    x = x.real.astype("i4")
    for separable in (None, True, False):
        got = signal.convolve2d(x, x[:3, :3], separable=separable)
        np.testing.assert_array_equal(got, sums(x, x[:3, :3]).real)


@pytest.mark.parametrize("f", FUNCTIONS)
@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16", "i1", "u2", "i4", "u8"])
def test_short_way(f, dtype):
    # What the backend makes of one image as the user gave it is what the long way returns.
    x, h = integers(1, (12, 11), dtype), integers(2, (3, 4), dtype)
    for mode, boundary in itertools.product(
        ["full", "same", "valid"], ["fill", "pad", "wrap", "circular", "symm", "symmetric"]
    ):
        for fillvalue in (0, 2, 2.5 if dtype[0] in "fc" else 3, np.float64(1), [1]):
            want = image_by_image(
                lambda a, b, **o: f(a[None], b, **o, axes=(1, 2))[0],
                x,
                h,
                (0, 1),
                mode=mode,
                boundary=boundary,
                fillvalue=fillvalue,
            )
            np.testing.assert_array_equal(f(x, h, mode, boundary, fillvalue), want)


def test_short_way_leaves_what_it_does_not_know():
    x, h = np.ones((4, 5)), np.ones((2, 2))

    def short(*args):
        return core.convolve2d_image(*args)

    assert short(x.tolist(), h, "full", "fill", 0, False, 1, None, None) is None
    assert short(x, h.astype("f4"), "full", "fill", 0, False, 1, None, None) is None
    assert short(x.T, h, "full", "fill", 0, False, 1, None, None) is None
    assert short(x[None], h, "full", "fill", 0, False, 1, None, None) is None
    assert short(x, h, "other", "fill", 0, False, 1, None, None) is None
    assert short(x, h, "full", "other", 0, False, 1, None, None) is None
    assert short(x, h, "full", "fill", None, False, 1, None, None) is None
    assert short(x, h, "full", "fill", 0, False, 1, np.empty((4, 5)), None) is None
    assert short(x, h, "full", "fill", 0, False, 1, None, "yes") is None
    assert short(h, x, "valid", "fill", 0, False, 1, None, None) is None
    assert short(x[:0], h, "full", "fill", 0, False, 1, None, None) is None


X, H = np.ones((3, 8, 9)), np.ones((2, 3))


@pytest.mark.parametrize("f", FUNCTIONS)
@pytest.mark.parametrize(
    ("options", "kind", "says"),
    [
        ({}, ValueError, "2-D arrays"),
        ({"axes": 1}, TypeError, "axes must be a pair of integers"),
        ({"axes": (0.5, 1)}, TypeError, "axes must be a pair of integers"),
        ({"axes": (1,)}, ValueError, "axes must be two axes of in1"),
        ({"axes": (0, 1, 2)}, ValueError, "axes must be two axes of in1"),
        ({"axes": (1, 3)}, ValueError, "axes must be two axes of in1"),
        ({"axes": (1, -2)}, ValueError, "two different axes"),
        ({"axes": (1, 2), "workers": 0}, ValueError, "workers must not be zero"),
        ({"axes": (1, 2), "workers": 1.5}, TypeError, "workers must be an integer"),
        ({"axes": (1, 2), "separable": "yes"}, TypeError, "separable must be None, True or False"),
        ({"axes": (1, 2), "out": np.ones((3, 8, 9))}, ValueError, "out has shape"),
        ({"axes": (1, 2), "out": np.ones((3, 9, 11), "f4")}, TypeError, "out has dtype"),
        ({"axes": (1, 2), "out": [1.0]}, TypeError, "out must be a NumPy array"),
        ({"axes": (1, 2), "mode": "all"}, ValueError, "mode"),
        (
            {"axes": (0, 2), "mode": "valid", "in2": np.ones((4, 2))},
            ValueError,
            "at least as large",
        ),
        ({"axes": (1, 2), "in2": np.ones(3)}, ValueError, "in2 must be a 2-D array"),
    ],
)
def test_bad_input(f, options, kind, says):
    options = {"in1": X, "in2": H, **options}
    with pytest.raises(kind, match=says):
        f(**options)


@pytest.mark.parametrize("f", FUNCTIONS)
def test_bad_input_of_one_image(f):
    x = X[0]
    with pytest.raises(ValueError, match="out has shape"):
        f(x, H, out=np.ones((8, 9)))
    with pytest.raises(TypeError, match="out has dtype"):
        f(x, H, out=np.ones((9, 11), "f4"))
    read_only = np.ones((9, 11))
    read_only.flags.writeable = False
    with pytest.raises(ValueError, match="out is read-only"):
        f(x, H, out=read_only)
    with pytest.raises(ValueError, match="workers value out of range"):
        f(x, H, workers=-10000)
    with pytest.raises(ValueError, match="not available for this type"):
        f(x.astype("f2"), H.astype("f2"), axes=(0, 1))


def test_nothing_to_convolve():
    for shape, h_shape, mode, want in [
        ((0, 5, 6), (2, 2), "full", (0, 6, 7)),
        ((3, 0, 6), (2, 2), "same", (3, 0, 6)),
        ((3, 5, 6), (0, 2), "same", (3, 5, 6)),
        ((3, 5, 6, 0), (2, 2), "valid", (3, 4, 5, 0)),
    ]:
        y = signal.convolve2d(np.ones(shape), np.ones(h_shape), mode, axes=(1, 2))
        assert y.shape == want
        np.testing.assert_array_equal(y, 0)

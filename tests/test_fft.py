"""flipshift.fft against the definition in extended precision.

The bound on the relative L2 error of a transform of length n is what Higham, *Accuracy and
Stability of Numerical Algorithms*, 2nd ed., theorem 24.2, gives at worst, about eps = 2 u for each
doubling of the length, three times that with two more levels where Bluestein's algorithm may be
taken. numpy.fft computes single precision in double before NumPy 2, which only helps.
"""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import flipshift.fft as fft

ONE = ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"]
FORWARD = {"fft": True, "ifft": False, "rfft": True, "irfft": False, "hfft": True, "ihfft": False}
NORMS = [None, "backward", "ortho", "forward"]


@cache
def matrix(n, forward=True):
    """exp(-+2 pi i jk/n) in extended precision."""
    turn = 8 * np.arctan(np.longdouble(1))
    j = np.arange(n, dtype=np.int64)
    angle = (np.outer(j, j) % n).astype(np.longdouble) * (turn / n)
    return np.cos(angle) + (-1j if forward else 1j) * np.sin(angle)


def factor(norm, forward, n):
    norm = norm or "backward"
    if norm == "ortho":
        return 1 / np.sqrt(np.longdouble(n))
    return 1 / np.longdouble(n) if (norm == "forward") == forward else np.longdouble(1)


def along(x, axis, f):
    return np.moveaxis(f(np.moveaxis(x, axis, -1)), -1, axis)


def fitted(x, n):
    """`x` cut or padded to n along the last axis."""
    y = np.zeros((*x.shape[:-1], n), x.dtype)
    y[..., : x.shape[-1]] = x[..., :n]
    return y


def definition(name, x, n=None, axis=-1, norm=None):
    """The one-dimensional transforms, in extended precision."""
    x = np.asarray(x)
    x = x.astype(np.clongdouble if x.dtype.kind == "c" else np.longdouble)
    forward = FORWARD[name]

    def transform(a):
        if name in ("irfft", "hfft"):
            m = 2 * (a.shape[-1] - 1) if n is None else n
            half = fitted(a, m // 2 + 1)
            # The imaginary parts of the first and, for even m, of the last number do not count.
            full = np.zeros((*a.shape[:-1], m), np.clongdouble)
            full[..., : m // 2 + 1] = half
            full[..., 0] = half[..., 0].real
            if m % 2 == 0:
                full[..., m // 2] = half[..., m // 2].real
            k = np.arange(m // 2 + 1, m)
            full[..., k] = np.conj(half[..., m - k])
            return (full @ matrix(m, forward)).real * factor(norm, forward, m)
        m = a.shape[-1] if n is None else n
        y = (fitted(a, m) @ matrix(m, forward)) * factor(norm, forward, m)
        return y[..., : m // 2 + 1] if name in ("rfft", "ihfft") else y

    return along(x, axis, transform)


def smooth(n):
    for p in (2, 3, 5, 7, 11, 13):
        while n % p == 0:
            n //= p
    return n == 1


def bound(n, dtype):
    levels = np.log2(n) + 1
    return float(np.finfo(dtype).eps) * (levels if smooth(n) else 3 * (levels + 2))


def check(actual, expected, n, dtype=None):
    """Relative L2 error of `actual`, along transforms of length(s) n."""
    dtype = dtype or actual.dtype
    limit = sum(bound(k, dtype) for k in np.atleast_1d(n))
    assert actual.shape == expected.shape
    assert np.linalg.norm(actual - expected) <= limit * np.linalg.norm(expected)


def random(shape, dtype, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        x = x + 1j * rng.standard_normal(shape)
    return x.astype(dtype)


def takes_complex(name):
    return name not in ("rfft", "ihfft")


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("double", [False, True], ids=["single", "double"])
def test_every_length_up_to_256(name, double):
    real, cplx = ("f8", "c16") if double else ("f4", "c8")
    for n in range(1, 257):
        if name in ("irfft", "hfft"):
            x = random(n // 2 + 1, cplx, n)
            check(getattr(fft, name)(x, n), definition(name, x, n), n)
        else:
            for dtype in [real, cplx] if takes_complex(name) else [real]:
                x = random(n, dtype, n)
                check(getattr(fft, name)(x), definition(name, x), n)


def roundings(n):
    """The variance of a result in roundings, counted for n points step by step.

    Radix 2: one addition, and half of the numbers meet a factor first, whose own rounding, that of
    a product and that of a sum are 1 + 1/2 + 1 of their size: 2.25 with the addition; 2.5 counts
    the third rounding of a product without FMA. Every other step of a prime p: one such factor, 3,
    and sums of at most p numbers, of which the ones before the last have i / p of the size of the
    result: (p + 1) / 2, or p for both the sum of cosines and that of sines. One rounding is for
    the scale; a length that is half of the numbers has 3.3 for untangling.
    """
    count, rest = 1 + 3.3, n
    for p in range(2, n + 1):
        while rest % p == 0:
            rest //= p
            count += 2.5 if p == 2 else 3 + p
    return count


@pytest.mark.parametrize("name", ["fft", "ifft", "rfft", "irfft"])
@pytest.mark.parametrize("double", [False, True], ids=["single", "double"])
def test_error_of_counted_roundings(name, double):
    """As independent errors add: a rounding is off by at most u / sqrt(3), u = eps / 2, in the
    mean of squares, which over 64 lines is within a fourth of what is expected."""
    real, cplx = ("f4", "f8")[double], ("c8", "c16")[double]
    for n in range(2, 131):
        m = n // 2 + 1 if name == "irfft" else n
        x = random((64, m), real if name == "rfft" else cplx, n)
        expected = definition(name, x, n)
        limit = np.finfo(real).eps * np.sqrt(1.25 * roundings(n) / 12)
        for actual in (getattr(fft, name)(x, n), np.array([getattr(fft, name)(v, n) for v in x])):
            assert np.linalg.norm(actual - expected) <= limit * np.linalg.norm(expected), n


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("double", [False, True], ids=["single", "double"])
def test_small_multiples_of_primes(name, double):
    real, cplx = ("f4", "f8")[double], ("c8", "c16")[double]
    for n in (262, 332, 362, 411, 530, 590, 628, 687, 804, 1442):
        spectrum = name in ("irfft", "hfft")
        x = random(n // 2 + 1 if spectrum else n, cplx if takes_complex(name) else real, n)
        check(getattr(fft, name)(x, n), definition(name, x, n), n)


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
@pytest.mark.parametrize("n", [None, 1, 2, 5, 6, 9])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_norm_length_and_axis(name, norm, dtype, n, axis):
    if not takes_complex(name) and np.dtype(dtype).kind == "c":
        dtype = np.dtype(dtype).char.lower()
    x = random((6, 5, 4), dtype)
    y = getattr(fft, name)(x, n, axis, norm)
    expected = definition(name, x, n, axis, norm)
    lengths = n or x.shape[axis] * 2
    check(y, expected, lengths)


@pytest.mark.parametrize(
    ("given_dtype", "real", "cplx"),
    [
        ("f2", "f4", "c8"),
        ("f4", "f4", "c8"),
        ("f8", "f8", "c16"),
        ("?", "f8", "c16"),
        ("i1", "f8", "c16"),
        ("u8", "f8", "c16"),
        ("c8", "f4", "c8"),
        ("c16", "f8", "c16"),
        ("g", "g", "G"),
        ("G", "g", "G"),
    ],
)
@pytest.mark.parametrize("name", ONE)
def test_dtypes(name, given_dtype, real, cplx):
    x = np.ones(6, given_dtype)
    if x.dtype.kind == "c" and not takes_complex(name):
        with pytest.raises(TypeError, match="x must be a real sequence"):
            getattr(fft, name)(x)
        return
    y = getattr(fft, name)(x)
    assert y.dtype == np.dtype(real if name in ("irfft", "hfft") else cplx)
    working = (
        np.float64
        if y.dtype.char in "gG" and np.lib.NumpyVersion(np.__version__) < "2.0.0"
        else y.dtype
    )
    check(y, definition(name, x), 10, working)


@pytest.mark.parametrize("name", ["fftn", "ifftn", "rfftn", "irfftn", "hfftn", "ihfftn"])
@pytest.mark.parametrize("axes", [None, (0,), (1, 0), (0, 2), (-1, -2), (2, 0, 1)])
@pytest.mark.parametrize("norm", [None, "ortho", "forward"])
@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
@pytest.mark.parametrize("lengths", [None, (4, 3, 7)])
def test_several_axes(name, axes, norm, dtype, lengths):
    one = name[:-1]
    if one in ("rfft", "ihfft") and np.dtype(dtype).kind == "c":
        dtype = np.dtype(dtype).char.lower()
    x = random((3, 4, 5), dtype)
    list_of_axes = range(3) if axes is None else axes
    s = None if lengths is None else lengths[: len(list_of_axes)]
    y = getattr(fft, name)(x, s, axes, norm)

    forward, last = FORWARD[one], list_of_axes[-1]
    n = [None] * len(list_of_axes) if s is None else s
    expected = x
    whole = "fft" if forward else "ifft"
    if one in ("rfft", "ihfft"):
        expected = definition(one, expected, n[-1], last, norm)
    for k, a in list(zip(n, list_of_axes, strict=True))[:-1]:
        expected = definition(whole, expected, k, a, norm)
    if one not in ("rfft", "ihfft"):
        expected = definition(
            one if one in ("irfft", "hfft") else whole, expected, n[-1], last, norm
        )
    check(y, expected, [9] * len(list_of_axes))


@pytest.mark.parametrize("name", ["fft2", "ifft2", "rfft2", "irfft2", "hfft2", "ihfft2"])
def test_two_axes_are_the_last(name):
    x = random((2, 4, 6), "f8")
    y = getattr(fft, name)(x)
    np.testing.assert_array_equal(y, getattr(fft, name[:-1] + "n")(x, axes=(1, 2)))
    assert y.shape[0] == 2


layouts = st.fixed_dictionaries(
    {
        "order": st.sampled_from(["C", "F"]),
        "swap": st.booleans(),
        "offset": st.booleans(),
        "steps": st.lists(st.sampled_from([-2, -1, 1, 2, 3]), min_size=3, max_size=3),
        "repeat": st.booleans(),
    }
)


def laid_out(values, order, swap, offset, steps, repeat):
    """The same values in memory of another layout."""
    values = np.asarray(values)
    dtype = values.dtype.newbyteorder() if swap else values.dtype
    steps = steps[: values.ndim]
    shape = [n * abs(s) for n, s in zip(values.shape, steps, strict=True)]
    count = int(np.prod(shape))
    memory = np.zeros(count * dtype.itemsize + 1, np.uint8)
    start = 1 if offset else 0
    whole = memory[start : start + count * dtype.itemsize].view(dtype).reshape(shape, order=order)
    view = whole[tuple(slice(None, None, s) for s in steps)]
    assert view.shape == values.shape
    view[...] = values
    return view


@given(
    name=st.sampled_from(ONE),
    dtype=st.sampled_from(["f4", "f8", "c8", "c16"]),
    shape=hnp.array_shapes(min_dims=1, max_dims=3, max_side=6),
    layout=layouts,
    data=st.data(),
)
def test_any_layout_of_input_and_output(name, dtype, shape, layout, data):
    if not takes_complex(name) and np.dtype(dtype).kind == "c":
        dtype = np.dtype(dtype).char.lower()
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    n = data.draw(st.integers(1, 9))
    x = random(shape, dtype)
    if layout["repeat"]:
        x = np.broadcast_to(x[..., :1], shape)
        strided = x
    else:
        strided = laid_out(x, **layout)
    before = strided.tobytes()
    expected = definition(name, x, n, axis)
    y = getattr(fft, name)(strided, n, axis)
    check(y, expected, n)
    assert strided.tobytes() == before

    out = laid_out(np.zeros_like(y), **data.draw(layouts))
    assert getattr(fft, name)(strided, n, axis, out=out) is out
    check(out, expected, n)  # lines and lanes sum in another order: not the same bits as y


@pytest.mark.parametrize("dtype", ["c8", "c16"])
def test_elements_at_odd_places(dtype):
    """Fields of a record: aligned, but not a multiple of their size apart."""
    records = np.zeros(8, [("a", "f4" if dtype == "c8" else "f8"), ("z", dtype)])
    records["z"] = random(8, dtype)
    check(fft.fft(records["z"]), definition("fft", records["z"]), 8)
    out = np.zeros_like(records)
    fft.fft(records["z"], out=out["z"])
    check(out["z"], definition("fft", records["z"]), 8)


@pytest.mark.parametrize("name", ONE)
def test_out_that_overlaps_the_input(name):
    dtype = np.float64 if not takes_complex(name) else np.complex128
    memory = np.zeros(64, np.complex128)
    x = memory.view(dtype)[3:11]
    x[...] = random(8, dtype)
    expected = definition(name, x.copy(), 8)
    y = getattr(fft, name)(x.copy(), 8)
    out = memory.view(y.dtype)[1 : 1 + y.size]
    assert np.may_share_memory(x, out)
    getattr(fft, name)(x, 8, out=out)
    check(out, expected, 8)


def test_in_place():
    x = random((4, 8), "c16")
    expected = definition("fft", x)
    assert fft.fft(x, out=x) is x
    check(x, expected, 8)
    back = x[::-1]
    expected = definition("ifft", back)
    assert fft.ifft(back, out=back) is back
    check(back, expected, 8)


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
@pytest.mark.parametrize("overwrite_x", [False, True])
def test_overwrite_x(dtype, overwrite_x):
    for make in (
        np.array,
        np.asfortranarray,
        lambda a: a[::2],
        lambda a: a.byteswap().view(a.dtype.newbyteorder()),
    ):
        x = make(random((6, 8), dtype))
        before, values = x.copy(), x.astype(dtype)
        y = fft.fft(x, overwrite_x=overwrite_x)
        z = fft.fftn(values.copy(), overwrite_x=overwrite_x)
        check(y, definition("fft", values), 8)
        check(z, definition("fft", definition("fft", values), axis=0), [8, 8])
        if not overwrite_x:
            np.testing.assert_array_equal(x, before)


def test_an_array_interface_is_not_written_into():
    class Holder:
        def __init__(self, a):
            self.a = a

        def __array__(self, dtype=None, copy=None):
            return self.a

    a = random(8, "c16")
    before = a.copy()
    fft.fft(Holder(a))
    np.testing.assert_array_equal(a, before)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("shape", [(7,), (8,), (3, 4), (4, 5), (2, 3, 4), (3, 1, 2), (5, 2, 1)])
def test_spectrum_of_real_data_is_symmetric(dtype, shape):
    """y[-k] = conj(y[k]) exactly, because half of it is mirrored."""
    y = fft.fftn(random(shape, dtype))
    mirrored = y
    for axis in range(y.ndim):
        mirrored = np.take(mirrored, -np.arange(y.shape[axis]) % y.shape[axis], axis)
    if y.ndim == 1:
        np.testing.assert_array_equal(y[1:], np.conj(mirrored[1:]))
    np.testing.assert_allclose(y, np.conj(mirrored), rtol=0, atol=40 * np.finfo(dtype).eps)


@pytest.mark.parametrize("workers", [1, 2, -1])
def test_workers_change_nothing(workers):
    x = random((64, 120), "c16")
    np.testing.assert_array_equal(fft.fft2(x, workers=workers), fft.fft2(x))
    with fft.set_workers(workers):
        assert fft.get_workers() >= 1
        np.testing.assert_array_equal(fft.fft(x), fft.fft(x, workers=1))
    assert fft.get_workers() == 1


@pytest.mark.parametrize("shape", [(0, 4), (4, 0, 3)])
def test_nothing_to_transform(shape):
    for name, dtype, length in [("fft", "c16", shape[-1]), ("rfft", "c16", shape[-1] // 2 + 1)]:
        y = getattr(fft, name)(np.zeros(shape))
        assert y.shape == (*shape[:-1], length)
        assert y.dtype == np.dtype(dtype)
    assert fft.irfft(np.zeros(shape)).shape == (*shape[:-1], 2 * (shape[-1] - 1))


def test_lengths_are_smooth():
    for n in range(1, 2000):
        m = fft.next_fast_len(n, real=True)
        assert m >= n
        assert fft.prev_fast_len(m, real=True) == m
        for p in (2, 3, 5):
            while m % p == 0:
                m //= p
        assert m == 1

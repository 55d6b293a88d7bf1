"""`signal.lfilter` against the difference equation, and beside SciPy's rules for its arguments."""

import numpy as np
import pytest

import flipshift._filter.lfilter as module
from flipshift import signal

DTYPES = ["f4", "f8", "c8", "c16", "g", "G", "O"]


def numbers(shape, dtype, rng):
    x = rng.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        x = x + 1j * rng.standard_normal(shape)
    return x.astype(dtype)


def direct_form(b, a, x, zi=None):
    """The transposed direct form II along the last axis, in extended precision: y, zf, bounds.

    The bounds are the sums of the sizes of all terms.
    """
    wide = np.clongdouble
    b, x = b.astype(wide) / wide(a), x.astype(wide)
    memory = b.size - 1
    shape = (*x.shape[:-1], memory)
    d = np.zeros(shape, wide) if zi is None else np.broadcast_to(zi, shape).astype(wide)
    sizes = np.abs(d)
    y, of_y = np.empty(x.shape, wide), np.empty(x.shape, np.longdouble)
    zeros = np.zeros((*x.shape[:-1], 1))
    for i in range(x.shape[-1]):
        sample = x[..., i : i + 1]
        rest, of_rest = np.append(d, zeros, -1), np.append(sizes, zeros, -1)
        all_d, all_sizes = rest + b * sample, of_rest + np.abs(b * sample)
        y[..., i], of_y[..., i] = all_d[..., 0], all_sizes[..., 0]
        d, sizes = all_d[..., 1:], all_sizes[..., 1:]
    return y, d, of_y, sizes


def close(actual, expected, sizes, eps, terms):
    assert actual.shape == expected.shape
    error = np.abs(actual.astype(np.clongdouble) - expected)
    assert (error <= 4 * (terms + 2) * eps * sizes).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("m", [1, 2, 5, 14])
def test_difference_equation(m, dtype):
    rng = np.random.default_rng(m)
    eps = float(np.finfo(np.float64 if dtype == "O" else dtype).eps)
    for shape in ((1,), (3,), (40,), (3, 2), (4, 30), (2, 1, 20)):
        b, x = numbers(m, dtype, rng), numbers(shape, dtype, rng)
        zi = numbers((*shape[:-1], m - 1), dtype, rng)
        for a in (1, 2.5):
            y, zf, of_y, of_zf = direct_form(b, a, x, zi)
            got, state = signal.lfilter(b, np.array([a], dtype), x, zi=zi)
            assert got.dtype == state.dtype == np.dtype(dtype)
            close(got, y, of_y, eps, m)
            close(state, zf, of_zf, eps, m)
            y, _, of_y, _ = direct_form(b, a, x)
            close(signal.lfilter(b, np.array([a], dtype), x), y, of_y, eps, m)


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
@pytest.mark.parametrize("order", ["C", "F", "transposed", "strided", "reversed", "swapped"])
def test_axes_and_layouts(axis, order):
    rng = np.random.default_rng(3)
    x, b = rng.standard_normal((7, 6, 9)), rng.standard_normal(4)
    if order == "F":
        x = np.asfortranarray(x)
    elif order == "transposed":
        x = x.transpose(1, 2, 0)
    elif order == "strided":
        x = x[::2, 1:, ::-1]
    elif order == "reversed":
        x = x[::-1]
    elif order == "swapped":
        x = x.astype(">f8")
    shape = list(x.shape)
    shape[axis] = 3
    for zi in (rng.standard_normal(shape), rng.standard_normal((3, 1, 1)).swapaxes(0, axis)):
        y, zf, of_y, of_zf = direct_form(b, 1, np.moveaxis(x, axis, -1), np.moveaxis(zi, axis, -1))
        got, state = signal.lfilter(b, 1.0, x, axis, zi)
        close(np.moveaxis(got, axis, -1), y, of_y, 2.3e-16, 4)
        close(np.moveaxis(state, axis, -1), zf, of_zf, 2.3e-16, 4)
        assert got.dtype.isnative


def test_blocks_are_the_whole():
    """Filtered block by block with the state handed on: 400 samples, blocks shorter than b too."""
    rng = np.random.default_rng(4)
    x, b = rng.standard_normal(400), rng.standard_normal(24)
    y, _, of_y, _ = direct_form(b, 1, x)
    parts, state, i = [], np.zeros(23), 0
    for length in (1, 5, 23, 100, 2, 269):
        part, state = signal.lfilter(b, 1, x[i : i + length], zi=state)
        parts.append(part)
        i += length
    close(np.concatenate(parts), y, of_y, 2.3e-16, 60)


def test_long_kernels_and_their_state():
    """By FFT: errors in the norms of the kernel and the signal, 8 eps log2(n + m)."""
    rng = np.random.default_rng(5)
    x, b, zi = rng.standard_normal(3000), rng.standard_normal(900), rng.standard_normal(899)
    full = np.convolve(x.astype(np.longdouble), b.astype(np.longdouble))
    full[:899] += zi
    y, zf = signal.lfilter(b, 1.0, x, zi=zi)
    bound = 8 * 2.3e-16 * np.log2(3900) * (np.linalg.norm(b) * np.linalg.norm(x) + 3)
    assert np.abs(y - full[:3000]).max() <= bound
    assert np.abs(zf - full[3000:]).max() <= bound


def test_real_coefficients_keep_the_parts_of_a_complex_signal_apart():
    x = np.array([1 + 1j, complex(np.inf, 2), 3 + 3j, 1 + 1j])
    for shape in ((4,), (4, 1), (4, 3)):
        y = signal.lfilter([1.0, 1.0], 1.0, np.broadcast_to(x.reshape(4, *[1] * (len(shape) - 1)),
                                                            shape), axis=0)  # fmt: skip
        assert y.dtype == np.complex128
        expected = np.array([1, 3, 5, 4.0]).reshape(4, *[1] * (len(shape) - 1))
        np.testing.assert_array_equal(y.imag, np.broadcast_to(expected, shape))
        np.testing.assert_array_equal(np.isinf(y.real), np.isin(np.arange(4), [1, 2])
                                      .reshape(expected.shape) & np.ones(shape, bool))  # fmt: skip


def test_nan_stays_in_its_windows():
    x = np.ones((3, 600))
    x[1, 300] = np.nan
    for m in (3, 200):
        y = signal.lfilter(np.ones(m), 1.0, x)
        expected = np.zeros((3, 600), bool)
        expected[1, 300 : 300 + m] = True
        np.testing.assert_array_equal(np.isnan(y), expected)


def test_dtypes_promote():
    x = np.ones(3, np.float32)
    assert signal.lfilter(np.ones(2, np.float32), np.ones(1, np.float32), x).dtype == np.float32
    assert signal.lfilter([1, 2], [1], x).dtype == np.float64  # integers of 64 bits, as NumPy does
    assert signal.lfilter([1.0], 1.0, [1, 2]).dtype == np.float64
    assert signal.lfilter(np.ones(2, np.complex64), np.ones(1, "f4"), x).dtype == np.complex64
    ones = np.ones(2, np.float32)
    y, zf = signal.lfilter(ones, ones[:1], x, zi=np.zeros(1, np.complex64))
    assert y.dtype == zf.dtype == np.complex64
    y, zf = signal.lfilter([2.0], 1.0, [1.0, 3.0], zi=np.zeros(0))
    np.testing.assert_array_equal(y, [2, 6])
    assert zf.shape == (0,)


def test_division_by_zero_warns_as_numpy():
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        np.testing.assert_array_equal(signal.lfilter([1.0], 0.0, [1.0, 2.0]), np.inf)


@pytest.mark.parametrize("with_state", [False, True])
def test_out(with_state):
    rng = np.random.default_rng(6)
    b = rng.standard_normal(3)
    for shape, axis in (((50,), 0), ((6, 8), 0), ((6, 8), 1)):
        x = rng.standard_normal(shape)
        memory = list(shape)
        memory[axis] = 2
        zi = rng.standard_normal(memory) if with_state else None
        expected = signal.lfilter(b, 1.0, x, axis, zi)
        outs = [np.empty(shape), np.empty(shape, order="F"), x.copy(), np.empty(shape, ">f8")]
        for out in (*outs, np.zeros((*shape, 2))[..., 1]):
            source = out if out is outs[2] else x
            got = signal.lfilter(b, 1.0, source, axis, zi, out=out)
            if with_state:
                np.testing.assert_array_equal(got[1], expected[1])
                got = got[0]
            assert got is out
            np.testing.assert_array_equal(out, expected[0] if with_state else expected)
    base = rng.standard_normal(60)
    expected = signal.lfilter(b, 1.0, base[:50].copy())
    signal.lfilter(b, 1.0, base[:50], out=base[10:])
    np.testing.assert_array_equal(base[10:], expected)


def test_workers():
    x, b = np.random.default_rng(7).standard_normal((2, 200, 300)), np.arange(1.0, 9)
    out = np.empty_like(x)  # the same memory, as the order of sums heeds its alignment
    for axis in (0, 1, 2):
        one = signal.lfilter(b, 1.0, x, axis, out=out).copy()
        for workers in (2, -1):
            signal.lfilter(b, 1.0, x, axis, out=out, workers=workers)
            np.testing.assert_array_equal(out, one)
    with pytest.raises(ValueError, match="workers must not be zero"):
        signal.lfilter(b, 1.0, x, workers=0)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"b": []}, ValueError, r"Parameter b is not a non-empty 1d array.*\(0,\)"),
        ({"b": [[1.0]]}, ValueError, "Parameter b is not"),
        ({"a": []}, ValueError, "Parameter a is not"),
        ({"a": [[1.0]]}, ValueError, "Parameter a is not"),
        ({"x": 3.0}, ValueError, "x must be at least 1-D"),
        ({"x": np.empty((3, 0))}, ValueError, r"x cannot be empty; its shape is \(3, 0\)"),
        ({"x": [1, 2], "b": [1, 2], "a": 1}, NotImplementedError, "produced result type 'int64'"),
        ({"x": np.ones(3, "f2"), "b": np.ones(1, "f2"), "a": np.ones(1, "f2")},
         NotImplementedError, "produced result type 'float16'"),
        ({"b": ["z"]}, NotImplementedError, "produced result type"),
        ({"axis": 2}, np.exceptions.AxisError, "axis 2 is out of bounds"),
        ({"axis": -3}, np.exceptions.AxisError, "axis -3 is out of bounds"),
        ({"axis": 1.5}, TypeError, "axis must be an integer, not 1.5"),
        ({"zi": np.ones(1)}, ValueError, "Dimensions of parameters x and zi must match"),
        ({"zi": np.ones((3, 2))}, ValueError, r"expected \(3, 1\), found \(3, 2\)"),
        ({"zi": np.ones((2, 1))}, ValueError, "Unexpected shape for parameter zi"),
        ({"out": np.empty(3)}, ValueError, "out has shape"),
        ({"out": np.empty((3, 4), "f4")}, TypeError, "out has dtype float32"),
        ({"out": [0.0]}, TypeError, "out must be a NumPy array"),
        ({"workers": 1.5}, TypeError, "workers must be an integer"),
    ],
)  # fmt: skip
def test_bad_input(change, error, words):
    with pytest.raises(error, match=words):
        signal.lfilter(**{"b": [1.0, 2.0], "a": 1.0, "x": np.ones((3, 4))} | change)


def test_feedback_is_scipys():
    theirs = pytest.importorskip("scipy.signal").lfilter
    x, a, b = np.random.default_rng(8).standard_normal((3, 20)), [1.0, -0.5], [1.0, 2.0]
    np.testing.assert_array_equal(signal.lfilter(b, a, x), theirs(b, a, x))
    zi = np.ones((3, 1))
    out = np.empty((3, 20))
    y, zf = signal.lfilter(b, a, x, zi=zi, out=out)
    assert y is out
    for ours, expected in zip((y, zf), theirs(b, a, x, zi=zi), strict=True):
        np.testing.assert_array_equal(ours, expected)
    assert signal.lfilter(b, a, x, out=out) is out
    with pytest.raises(ValueError, match="out has shape"):
        signal.lfilter(b, a, x, out=np.empty(3))


def test_feedback_without_scipy(monkeypatch):
    monkeypatch.setattr(module, "scipys", lambda: None)
    with pytest.raises(NotImplementedError, match=r"a has 2 elements.*pip install scipy"):
        signal.lfilter([1.0], [1.0, 0.5], [1.0])

"""flipshift.signal and NumPy's namesakes against the definition of convolution.

The definition is summed in extended precision, or in Python integers. A direct sum of m products
is off by at most about m eps of the sum of its terms' sizes; the FFT by a few eps log2(N) of the
product of the norms (the bound in `flipshift._convolve.integers`, with 16 for the constant).
"""

from decimal import Decimal
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import flipshift
from flipshift import signal

MODES = ["full", "same", "valid"]
METHODS = ["auto", "direct", "fft"]


def random(shape, dtype, seed=0):
    rng = np.random.default_rng([seed, *np.atleast_1d(shape)])
    x = rng.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        x = x + 1j * rng.standard_normal(shape)
    return x.astype(dtype)


def full(x, h):
    """The whole convolution, by its definition, in the arithmetic of the elements."""
    if x.dtype.kind in "fc":
        x, h = (a.astype(np.clongdouble if a.dtype.kind == "c" else np.longdouble) for a in (x, h))
    shape = [n + m - 1 for n, m in zip(x.shape, h.shape, strict=True)]
    y = np.zeros(shape, np.result_type(x, h))
    if h.size > x.size:
        x, h = h, x
    for k in np.ndindex(h.shape):
        y[tuple(slice(i, i + n) for i, n in zip(k, x.shape, strict=True))] += h[k] * x
    return y


def cut(y, mode, n, m):
    """SciPy's part of the full result for inputs of shapes n and m."""
    if mode == "full":
        return y
    if mode == "same":
        shape = n
    else:
        shape = [abs(i - j) + 1 for i, j in zip(n, m, strict=True)]
    starts = [(i - j) // 2 for i, j in zip(y.shape, shape, strict=True)]
    return y[tuple(slice(s, s + j) for s, j in zip(starts, shape, strict=True))]


def check(actual, expected, x, h, method="fft"):
    assert actual.shape == expected.shape
    eps = float(np.finfo(actual.dtype).eps)
    norms = float(np.linalg.norm(x.ravel()) * np.linalg.norm(h.ravel()))
    terms = min(x.size, h.size)
    # By Cauchy's inequality the sizes of the terms of any sum add up to at most `norms`.
    limit = (16 * np.log2(x.size + h.size) if method != "direct" else terms + 2) * eps * norms
    assert abs(actual - expected).max(initial=0) <= limit


LENGTHS = [(1, 1), (5, 1), (1, 5), (7, 3), (3, 7), (8, 8), (100, 31), (1000, 64), (600, 500)]


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("n", "m"), LENGTHS)
def test_convolve_in_one_dimension(n, m, dtype, mode, method):
    x, h = random(n, dtype), random(m, dtype, 1)
    y = signal.convolve(x, h, mode, method)
    assert y.dtype == np.dtype(dtype)
    check(y, cut(full(x, h), mode, (n,), (m,)), x, h, method)


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("n", "m"),
    [
        ((6, 7), (3, 2)),
        ((3, 2), (6, 7)),
        ((40, 30), (15, 14)),
        ((5, 6, 7), (2, 3, 4)),
        ((9, 8, 7), (8, 8, 6)),
        ((3, 4, 2, 5), (2, 1, 2, 3)),
        ((1, 9), (1, 4)),
        ((4, 4), (1, 1)),
    ],
)
def test_convolve_in_more_dimensions(n, m, dtype, mode, method):
    x, h = random(n, dtype), random(m, dtype, 1)
    y = signal.convolve(x, h, mode, method)
    assert y.dtype == np.dtype(dtype)
    check(y, cut(full(x, h), mode, n, m), x, h, method)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("n", "m"), [((9,), (4,)), ((4,), (9,)), ((300,), (200,)), ((6, 5), (3, 4)), ((3, 4), (6, 5))]
)
def test_correlate_is_by_its_definition(n, m, mode, method):
    """z[k] = sum over l of x[l + k] conj(y[l]), for lags k from -(m - 1) on."""
    x, y = random(n, "c16"), random(m, "c16", 1)
    whole = np.zeros([i + j - 1 for i, j in zip(n, m, strict=True)], np.clongdouble)
    for a, b in product(np.ndindex(n), np.ndindex(m)) if x.size * y.size < 2000 else []:
        lag = tuple(i - j + k - 1 for i, j, k in zip(a, b, m, strict=True))
        whole[lag] += x[a].astype(np.clongdouble) * np.conj(y[b]).astype(np.clongdouble)
    if x.size * y.size >= 2000:
        whole = full(x, np.conj(y[::-1]))
    z = signal.correlate(x, y, mode, method)
    check(z, cut(whole, mode, n, m), x, y, method)


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
@pytest.mark.parametrize("mode", ["valid", "same"])
def test_correlations_of_few_outputs(dtype, mode):
    for n, m in [(16, 16), (40, 41), (300, 299), (299, 302), (3, 70)]:
        x, y = random(n, dtype), random(m, dtype, 1)
        z = signal.correlate(x, y, mode)
        expected = cut(full(x, np.conj(y[::-1])), mode, (n,), (m,))
        check(z, expected, x, y, "direct")


def test_correlation_lags_name_the_outputs():
    for n, m, mode in product(range(1, 8), range(1, 8), MODES):
        x, y = np.zeros(n), np.zeros(m)
        x[n // 2] = y[m // 2] = 1
        z = signal.correlate(x, y, mode)
        lags = signal.correlation_lags(n, m, mode)
        assert len(lags) == len(z)
        # For some lengths, SciPy's lags of 'same' are off by one, and so are its namesake's.
        if z.any() and mode != "same":
            assert lags[np.argmax(z)] == n // 2 - m // 2


INTEGERS = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"]


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("extreme", [False, True])
@pytest.mark.parametrize(
    ("n", "m"), [((50,), (9,)), ((700,), (500,)), ((20, 9), (8, 7)), ((5, 4, 6), (3, 3, 4))]
)
def test_integers_wrap_exactly(n, m, dtype, method, extreme):
    rng = np.random.default_rng(len(n))
    info = np.iinfo(dtype)
    if extreme:
        ends = np.array([info.min, info.max], dtype)
        x, h = rng.choice(ends, n), rng.choice(ends, m)
    else:
        x = rng.integers(info.min, info.max, n, dtype=dtype, endpoint=True)
        h = rng.integers(info.min, info.max, m, dtype=dtype, endpoint=True)
    y = signal.convolve(x, h, method=method)
    assert y.dtype == np.dtype(dtype)
    # uint64 arithmetic is arithmetic modulo 2^64, of which the result keeps the low bits.
    exact = full(x.astype(np.int64).astype(np.uint64), h.astype(np.int64).astype(np.uint64))
    np.testing.assert_array_equal(y, exact.astype(dtype))


@given(
    bits=st.tuples(st.integers(0, 63), st.integers(0, 63)),
    sizes=st.tuples(st.integers(1, 60), st.integers(1, 60)),
    seed=st.integers(0, 2**32 - 1),
)
def test_digits_recompose_any_integers(bits, sizes, seed):
    rng = np.random.default_rng(seed)
    x, h = (
        rng.integers(-(2**b), 2**b, n, endpoint=b < 63) for b, n in zip(bits, sizes, strict=True)
    )
    y = signal.convolve(x, h, method="fft")
    np.testing.assert_array_equal(y, full(x.view(np.uint64), h.view(np.uint64)).view(np.int64))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shape", [(40,), (300,), (5, 6), (3, 4, 2)])
def test_bool_is_or_of_and(method, shape):
    rng = np.random.default_rng(3)
    x, h = rng.random(shape) < 0.1, rng.random(shape) < 0.1
    y = signal.convolve(x, h, method=method)
    assert y.dtype == np.dtype(bool)
    np.testing.assert_array_equal(y, full(x.astype(int), h.astype(int)) > 0)


def test_bool_counts_do_not_wrap():
    assert signal.convolve(np.ones(512, bool), np.ones(512, bool)).all()


@pytest.mark.parametrize("first", ["f2", "f4", "f8", "c8", "c16", "i1", "i4", "u8", "?", ">f4"])
@pytest.mark.parametrize("second", ["f2", "f4", "f8", "c8", "c16", "i1", "i4", "u8", "?", ">i2"])
@pytest.mark.parametrize("shape", [(4,), (2, 3)])
def test_mixed_dtypes(first, second, shape):
    x, h = np.ones(shape, first), np.ones(shape, second)
    y = signal.convolve(x, h)
    assert y.dtype == np.result_type(x, h).newbyteorder("=")
    expected = full(np.ones(shape), np.ones(shape))
    np.testing.assert_array_equal(y, expected > 0 if y.dtype == bool else expected)


@pytest.mark.parametrize("make", [Fraction, Decimal, int])
def test_objects_are_exact(make):
    x = np.array([[make(k) for k in row] for row in ((1, 2, 3), (4, 5, 6))], object)
    h = np.array([[make(10**30), make(1)]], object)
    y = signal.convolve(x, h)
    assert y.dtype == np.dtype(object)
    assert y.tolist() == full(x, h).tolist()
    z = signal.convolve(x[0], h[0], "same")
    assert z.tolist() == full(x[0], h[0])[:3].tolist()


def test_longdouble_is_kept():
    x = np.array([1, np.finfo(np.longdouble).eps], np.longdouble)
    for shape in [(2,), (1, 2)]:
        y = signal.convolve(x.reshape(shape), np.ones(shape, np.longdouble))
        assert y.dtype == np.dtype(np.longdouble)
        assert y.ravel()[1] == 1 + x[1]
    y = signal.convolve2d(x.reshape(1, 2), np.ones((1, 2), np.longdouble))
    assert y[0, 1] == 1 + x[1]


@pytest.mark.parametrize("function", ["convolve", "correlate", "fftconvolve", "oaconvolve"])
def test_scalars(function):
    assert getattr(signal, function)(3, 4.0) == 12.0
    assert getattr(signal, function)(np.float32(3), np.float32(4)).dtype == np.float32
    expected = -4j if function == "correlate" else 4j
    assert getattr(signal, function)(1, 4j) == expected


def test_empty_inputs():
    for f in (signal.fftconvolve, signal.oaconvolve):
        assert f([], [1.0]).shape == f([[]], [[1.0]]).shape == (0,)
    assert signal.convolve([], [1.0, 2.0], "same").shape == (0,)
    assert signal.convolve(np.zeros((0, 3)), np.ones((2, 2)), "same").shape == (0, 3)
    y = signal.convolve2d(np.zeros((0, 3)), np.ones((2, 2)))
    assert y.shape == (1, 4)
    assert not y.any()


@pytest.mark.parametrize("function", ["fftconvolve", "oaconvolve"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
@pytest.mark.parametrize(
    ("n", "m", "axes"),
    [
        ((20,), (7,), None),
        ((3000,), (50,), None),
        ((5, 20), (5, 7), 1),
        ((20, 5), (7, 1), 0),
        ((1, 20), (4, 7), -1),
        ((6, 5, 9), (3, 5, 4), (2, 0)),
    ],
)
def test_fftconvolve_along_axes(function, mode, dtype, n, m, axes):
    x, h = random(n, dtype), random(m, dtype, 1)
    y = getattr(signal, function)(x, h, mode, axes)
    assert y.dtype == np.dtype(dtype)
    convolved = range(len(n)) if axes is None else [a % len(n) for a in np.atleast_1d(axes)]
    others = [a for a in range(len(n)) if a not in convolved]
    shape = [max(n[a], m[a]) if a in others else n[a] + m[a] - 1 for a in range(len(n))]
    expected = np.zeros(shape, np.clongdouble)
    wide_x = np.broadcast_to(x, [shape[a] if a in others else n[a] for a in range(len(n))])
    wide_h = np.broadcast_to(h, [shape[a] if a in others else m[a] for a in range(len(n))])
    for k in product(*(range(shape[a]) for a in others)):
        at = [slice(None)] * len(n)
        for a, i in zip(others, k, strict=True):
            at[a] = slice(i, i + 1)
        at = tuple(at)
        expected[at] = full(wide_x[at], wide_h[at])
    if mode == "same":
        expected = cut(expected, mode, n, m)
    elif mode == "valid":
        sizes = [shape[a] if a in others else n[a] - m[a] + 1 for a in range(len(n))]
        expected = cut(expected, "same", sizes, None)
    check(y, expected, x, h)


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16", "i2", "u1", "g"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("boundary", ["fill", "wrap", "symm"])
@pytest.mark.parametrize(("n", "m"), [((5, 6), (3, 2)), ((3, 2), (5, 6)), ((9, 8), (4, 5))])
@pytest.mark.parametrize("function", ["convolve2d", "correlate2d"])
def test_convolve2d_is_by_its_definition(function, n, m, boundary, mode, dtype):
    if np.dtype(dtype).kind in "iu":
        rng = np.random.default_rng(5)
        x, h = (rng.integers(0, 100, shape).astype(dtype) for shape in (n, m))
    else:
        x, h = random(n, dtype), random(m, dtype, 1)
    fill = 3
    y = getattr(signal, function)(x, h, mode, boundary, fill)
    assert y.dtype == np.dtype(dtype)

    flipped = h if function == "convolve2d" else np.conj(h[::-1, ::-1])
    if mode == "valid" and n[0] < m[0]:
        x, flipped = flipped, x
    pad_mode = {"fill": "constant", "wrap": "wrap", "symm": "symmetric"}[boundary]
    options = {"constant_values": fill} if boundary == "fill" else {}
    k, m2 = flipped.shape
    padded = np.pad(x, ((k - 1, k - 1), (m2 - 1, m2 - 1)), pad_mode, **options)
    whole = cut(full(padded, flipped), "valid", padded.shape, flipped.shape)
    if mode == "full":
        expected = whole
    elif mode == "valid":
        expected = whole[k - 1 : x.shape[0], m2 - 1 : x.shape[1]]
    else:
        i, j = ((s - 1) // 2 if function == "convolve2d" else s // 2 for s in (k, m2))
        expected = whole[i : i + n[0], j : j + n[1]]
    if y.dtype.kind in "iu":
        np.testing.assert_array_equal(y, expected.astype(y.dtype))
    else:
        check(y, expected, padded, h)


def test_fillvalue_of_any_kind():
    one = np.ones((1, 1), np.int64)
    big = 2**62 + 1
    y = signal.convolve2d(one, np.ones((1, 2), np.int64), fillvalue=big)
    np.testing.assert_array_equal(y, [[big + 1, big + 1]])
    y = signal.convolve2d(one, np.ones((1, 2), np.int64), fillvalue=1.7)
    np.testing.assert_array_equal(y, [[2, 2]])
    y = signal.convolve2d(one * 1j, np.ones((1, 2)), fillvalue=[2j])
    np.testing.assert_array_equal(y, [[3j, 3j]])


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16", "i4", "?", "f2"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("n", "m"), [(1, 1), (5, 2), (2, 5), (6, 4), (4, 6), (900, 700)])
def test_numpys_namesakes(n, m, dtype, mode):
    x, h = random(n, "c16"), random(m, "c16", 1)
    if np.dtype(dtype).kind != "c":
        x, h = x.real, h.real
    x, h = (3 * x).astype(dtype), (3 * h).astype(dtype)
    for ours, numpys in [(flipshift.convolve, np.convolve), (flipshift.correlate, np.correlate)]:
        wide = {"f": np.longdouble, "c": np.clongdouble}.get(x.dtype.kind, x.dtype)
        expected = numpys(x.astype(wide), h.astype(wide), mode)
        y = ours(x, h, mode)
        assert y.dtype == x.dtype
        if y.dtype.kind in "fc":
            check(y, expected, x, h)
        else:
            np.testing.assert_array_equal(y, expected)


def test_defaults_of_numpys_namesakes():
    x, h = [1, 2, 3], [0, 1, 0.5]
    np.testing.assert_array_equal(flipshift.convolve(x, h), np.convolve(x, h))
    np.testing.assert_array_equal(flipshift.correlate(x, h), np.correlate(x, h))
    np.testing.assert_array_equal(flipshift.convolve(2, x), [2, 4, 6])


@pytest.mark.parametrize("shape", [(3,), (2, 3)])
@pytest.mark.parametrize("dtype", ["f8", "i4", "O", "?"])
def test_choose_conv_method(shape, dtype):
    x = np.ones(shape, dtype)
    assert signal.choose_conv_method(x, x) == "direct"


def test_choose_conv_method_of_long_signals():
    x = np.ones(20000)
    assert signal.choose_conv_method(x, x) == "fft"
    assert signal.choose_conv_method(x.astype(object), x) == "direct"
    assert signal.choose_conv_method(x.astype(np.int64), x.astype(np.int64)) == "fft"
    method, times = signal.choose_conv_method(x[:2000], x[:2000], "same", True)
    assert method in times
    assert set(times) == {"direct", "fft"}
    assert min(times.values()) == times[method] > 0


layouts = st.sampled_from(
    [
        lambda x: x,
        lambda x: x[..., ::-1][..., ::-1],
        lambda x: np.asfortranarray(x),
        lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
        lambda x: x.byteswap().view(x.dtype.newbyteorder()),
        lambda x: np.frombuffer(b"\0" + x.tobytes(), np.uint8)[1:].view(x.dtype).reshape(x.shape),
    ]
)


@given(
    shape=st.sampled_from([(7,), (4, 5), (3, 2, 4)]),
    dtype=st.sampled_from(["f4", "f8", "c8", "c16", "i2"]),
    mode=st.sampled_from(MODES),
    of_x=layouts,
    of_h=layouts,
)
def test_layout_changes_nothing_but_rounding(shape, dtype, mode, of_x, of_h):
    # Transforms of lines that lie differently take different ways: both are off by at most the
    # bound of the FFT.
    x, h = random(shape, "f8") * 9, random([max(1, n - 2) for n in shape], "f8") * 9
    x, h = x.astype(dtype), h.astype(dtype)
    functions = [signal.convolve, signal.correlate, signal.fftconvolve]
    if x.ndim == 2:
        functions += [signal.convolve2d, signal.correlate2d]
    for f in functions:
        strange_x, strange_h = of_x(x), of_h(h)
        if dtype == "i2":
            np.testing.assert_array_equal(f(strange_x, strange_h, mode), f(x, h, mode))
        else:
            bound = 32 * np.log2(x.size + h.size) * np.finfo(dtype).eps
            atol = bound * np.linalg.norm(x) * np.linalg.norm(h)
            np.testing.assert_allclose(f(strange_x, strange_h, mode), f(x, h, mode), 0, atol)
        np.testing.assert_array_equal(strange_x, x)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
@pytest.mark.parametrize("name", ["convolve", "correlate"])
def test_small_arrays_of_several_dimensions(name, dtype):
    """Against the sum of shifted arrays in extended precision, in each mode and with out=."""
    rng = np.random.default_rng(4)
    is_complex = np.dtype(dtype).kind == "c"
    wide = np.clongdouble if is_complex else np.longdouble
    for n, m in [((5, 6, 7), (2, 2, 2)), ((4, 3, 5), (4, 1, 2)), ((3, 2, 4, 3), (2, 2, 1, 3))]:
        x, h = ((rng.standard_normal((*k, 2)) @ [1, 1j]) for k in (n, m))
        x, h = (a.astype(dtype) if is_complex else a.real.astype(dtype) for a in (x, h))
        kernel = h.astype(wide)
        if name == "correlate":
            kernel = np.flip(kernel).conj()
        sides = list(zip(n, m, strict=True))
        full = np.zeros([i + j - 1 for i, j in sides], wide)
        for k in np.ndindex(m):
            full[tuple(slice(i, i + j) for i, j in zip(k, n, strict=True))] += kernel[k] * x
        parts = {
            "full": full,
            "same": full[tuple(slice(j - 1 >> 1, (j - 1 >> 1) + i) for i, j in sides)],
            "valid": full[tuple(slice(j - 1, i) for i, j in sides)],
        }
        # As many roundings as terms, of sums as large as all; complex terms are four products.
        bound = h.size**2 * np.finfo(dtype).eps * 3 * np.abs(x).max() * np.abs(h).max()
        for mode, want in parts.items():
            out = np.full(want.shape, 7, dtype)
            for method in ("auto", "direct"):
                got = getattr(signal, name)(x, h, mode, method, out=out)
                assert got is out
                assert np.abs(got - want).max() <= bound
                got = getattr(signal, name)(x, h, mode, method)
                assert got.dtype == dtype
                assert np.abs(got - want).max() <= bound


@pytest.mark.parametrize("workers", [None, 1, 2])
@pytest.mark.parametrize("method", ["auto", "direct"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_long_lines_with_few_taps(dtype, method, workers):
    """As many outputs as threads may share, by each count of taps that stays in registers."""
    rng = np.random.default_rng(11)
    for m in range(1, 12):
        n = 40_000 + 7 * m
        whole = rng.standard_normal(n + 5).astype(dtype)
        h = rng.standard_normal(m).astype(dtype)
        x = whole[m % 5 :][:n]
        want = np.convolve(x.astype(np.longdouble), h.astype(np.longdouble))
        bound = m * np.finfo(dtype).eps * np.abs(x).max() * np.abs(h).sum()
        out = np.empty(n + m - 1, dtype)
        assert signal.convolve(x, h, "full", method, out=out, workers=workers) is out
        assert np.abs(out - want).max() <= bound
        got = signal.convolve(x, h, "same", method, workers=workers)
        assert np.abs(got - want[(m - 1) // 2 :][:n]).max() <= bound

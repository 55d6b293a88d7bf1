"""Small random calls of every function, compared with SciPy and NumPy.

Whatever the namesake answers, ours answers in the same shape and dtype and to within a bound on
rounding; where it raises, ours raises an exception of the same type.
"""

import warnings
from functools import partial

import numpy as np
import pytest

import flipshift
import flipshift.fft
import flipshift.linalg
import flipshift.signal

scipy_fft = pytest.importorskip("scipy.fft", reason="SciPy is what the results are compared with")
scipy_linalg = pytest.importorskip("scipy.linalg")
scipy_signal = pytest.importorskip("scipy.signal")

ROUNDS = 400


def numbers(rng, shape, dtype):
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return rng.integers(0, 2, shape).astype(bool)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        wide = rng.random() < 0.3
        low, high = (info.min, info.max) if wide else (max(info.min, -9), 9)
        return rng.integers(low, high, shape, dtype=dtype, endpoint=True)
    x = rng.standard_normal(shape)
    if dtype.kind == "c":
        x = x + 1j * rng.standard_normal(shape)
    return x.astype(dtype)


def call(f, *args, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return f(*args, **kwargs)
        except Exception as error:
            return error


def compare(ours, peers, *args, factor=1.0, **kwargs):
    expected = call(peers, *args, **kwargs)
    actual = call(ours, *args, **kwargs)
    what = f"{ours}{args} {kwargs}"
    if isinstance(expected, Exception):
        assert isinstance(actual, Exception), what
        assert issubclass(type(actual), type(expected)), f"{what}: {actual!r}, not {expected!r}"
        return
    if isinstance(actual, Exception):
        raise AssertionError(what) from actual
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.shape == expected.shape, what
    assert actual.dtype == expected.dtype, what
    if expected.dtype.kind in "fc":
        # Sums of at most `factor` terms of size 1 to 5: each term is rounded a few times. SciPy
        # transforms a single-precision input in single precision whatever the other one is.
        floats = [a.dtype for a in args if getattr(a, "dtype", np.dtype("?")).kind in "fc"]
        eps = max(float(np.finfo(dtype).eps) for dtype in [expected.dtype, *floats])
        scale = max(1.0, float(abs(expected).max(initial=0.0)))
        np.testing.assert_allclose(
            actual, expected, rtol=0, atol=float(32 * eps * factor * scale), err_msg=what
        )
    else:
        np.testing.assert_array_equal(actual, expected, err_msg=what)


def pick(rng, choices):
    return choices[rng.integers(len(choices))]


DTYPES = ["f4", "f8", "c8", "c16", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "?"]
REAL_ONE = ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"]
MANY = ["fftn", "ifftn", "rfftn", "irfftn", "hfftn", "ihfftn"]
TWO = ["fft2", "ifft2", "rfft2", "irfft2", "hfft2", "ihfft2"]
MODES = ["full", "same", "valid"]


@pytest.mark.parametrize("name", REAL_ONE)
def test_fft(name):
    rng = np.random.default_rng(REAL_ONE.index(name))
    for _ in range(ROUNDS):
        shape = tuple(rng.integers(1, 12, rng.integers(1, 4)))
        x = numbers(rng, shape, pick(rng, [*DTYPES, "f2", ">f4", ">c16", "g", "G"]))
        if x.dtype.kind in "iu":
            x = x.astype("i1")
        kwargs = {"axis": int(rng.integers(-len(shape), len(shape)))}
        if rng.random() < 0.5:
            kwargs["n"] = int(rng.integers(1, 20))
        if rng.random() < 0.5:
            kwargs["norm"] = pick(rng, [None, "ortho", "forward", "backward"])
        if name in ("rfft", "ihfft") and x.dtype.kind == "c":
            kwargs = {}
        elif rng.random() < 0.2:  # one thing wrong
            kwargs |= pick(rng, [{"axis": len(shape)}, {"n": 0}, {"n": -1}, {"norm": "x"}])
        if name in ("irfft", "hfft") and kwargs.get("n") == 0:
            continue  # SciPy takes n = 0 for n = 1; ours raises as its other transforms do
        ours, peers = getattr(flipshift.fft, name), getattr(scipy_fft, name)
        compare(ours, peers, x, factor=20, **kwargs)


@pytest.mark.parametrize("name", MANY + TWO)
def test_fftn(name):
    rng = np.random.default_rng((MANY + TWO).index(name))
    for _ in range(ROUNDS // 2):
        shape = tuple(rng.integers(1, 7, rng.integers(1, 5)))
        x = numbers(rng, shape, pick(rng, ["f4", "f8", "c8", "c16", "i1", "?"]))
        kwargs = {}
        if rng.random() < 0.6:
            count = int(rng.integers(1, len(shape) + 1))
            axes = rng.permutation(len(shape))[:count]
            kwargs["axes"] = tuple(int(a) for a in axes - (rng.random() < 0.5) * len(shape))
        if rng.random() < 0.5:
            count = len(kwargs.get("axes", shape if name in MANY else (0, 1)))
            kwargs["s"] = tuple(int(n) for n in rng.integers(1, 9, count))
        if rng.random() < 0.5:
            kwargs["norm"] = pick(rng, [None, "ortho", "forward", "backward"])
        ours, peers = getattr(flipshift.fft, name), getattr(scipy_fft, name)
        compare(ours, peers, x, factor=40, **kwargs)


def shapes(rng, ndim):
    return tuple(rng.integers(1, 8, ndim)), tuple(rng.integers(1, 8, ndim))


@pytest.mark.parametrize("name", ["convolve", "correlate"])
@pytest.mark.parametrize("ndim", [1, 2, 3])
def test_convolve(name, ndim):
    rng = np.random.default_rng(ndim)
    for _ in range(ROUNDS):
        n, m = shapes(rng, ndim)
        if ndim == 1 and rng.random() < 0.3:
            n = (int(rng.integers(1, 300)),)
        first, second = pick(rng, DTYPES), pick(rng, DTYPES)
        if ndim > 1 and first == second == "?":
            continue  # not available in SciPy
        mode, method = pick(rng, [*MODES, "other"]), pick(rng, ["auto", "direct"])
        x, h = numbers(rng, n, first), numbers(rng, m, second)
        ours, peers = getattr(flipshift.signal, name), getattr(scipy_signal, name)
        if x.dtype.kind in "iu" and h.dtype.kind in "iu":
            # SciPy's 'auto' may transform integers whose sums wrap, and then they do not.
            compare(partial(ours, method=method), partial(peers, method="direct"), x, h, mode)
        else:
            compare(ours, peers, x, h, mode, method, factor=50)


@pytest.mark.parametrize("name", ["convolve", "correlate"])
def test_convolve_by_fft(name):
    rng = np.random.default_rng(7)
    for _ in range(ROUNDS):
        n, m = shapes(rng, int(rng.integers(1, 4)))
        x = numbers(rng, n, pick(rng, ["f4", "f8", "c8", "c16"]))
        h = numbers(rng, m, pick(rng, ["f4", "f8", "c8", "c16", "?"]))
        ours, peers = getattr(flipshift.signal, name), getattr(scipy_signal, name)
        compare(ours, peers, x, h, pick(rng, MODES), "fft", factor=50)


@pytest.mark.parametrize("name", ["fftconvolve", "oaconvolve"])
def test_fftconvolve(name):
    rng = np.random.default_rng(8)
    for _ in range(ROUNDS):
        ndim = int(rng.integers(1, 4))
        n, m = map(list, shapes(rng, ndim))
        axes = None
        if rng.random() < 0.6:
            axes = [int(a) for a in rng.permutation(ndim)[: rng.integers(1, ndim + 1)]]
            for a in set(range(ndim)) - set(axes):
                m[a] = pick(rng, [n[a], 1, m[a]])
        dtypes = ["f4", "f8", "c8", "c16", "i2", "?", "f2"]
        x, h = numbers(rng, n, pick(rng, dtypes)), numbers(rng, m, pick(rng, dtypes))
        if x.dtype.kind == "i":
            x %= 9
        if h.dtype.kind == "i":
            h %= 9
        ours, peers = getattr(flipshift.signal, name), getattr(scipy_signal, name)
        compare(ours, peers, x, h, pick(rng, [*MODES, "other"]), axes, factor=400)


@pytest.mark.parametrize("name", ["convolve2d", "correlate2d"])
def test_convolve2d(name):
    rng = np.random.default_rng(9)
    for _ in range(ROUNDS):
        n, m = shapes(rng, 2)
        mode, boundary = pick(rng, MODES), pick(rng, ["fill", "wrap", "symm", "circular", "other"])
        x, h = numbers(rng, n, pick(rng, DTYPES)), numbers(rng, m, pick(rng, DTYPES))
        if x.dtype.kind == h.dtype.kind == "b":
            continue  # SciPy's own check lets some shapes pass
        if name == "correlate2d" and mode == "valid" and n != tuple(np.maximum(n, m)):
            continue  # SciPy conjugates the wrong input
        ours, peers = getattr(flipshift.signal, name), getattr(scipy_signal, name)
        compare(ours, peers, x, h, mode, boundary, pick(rng, [0, 1, 2]), factor=50)


@pytest.mark.parametrize("name", ["convolve", "correlate"])
def test_numpys(name):
    rng = np.random.default_rng(10)
    for _ in range(ROUNDS):
        n, m = shapes(rng, 1)
        x, h = numbers(rng, n, pick(rng, DTYPES)), numbers(rng, m, pick(rng, [*DTYPES, "f2", "g"]))
        mode = pick(rng, [*MODES, "other"])
        compare(getattr(flipshift, name), getattr(np, name), x, h, mode, factor=50)


def test_toeplitz():
    rng = np.random.default_rng(11)
    for _ in range(ROUNDS):
        batch = pick(rng, [(), (), (2,)])
        c = numbers(rng, (*batch, int(rng.integers(0, 9))), pick(rng, DTYPES))
        r = numbers(rng, (*pick(rng, [(), batch]), int(rng.integers(0, 9))), pick(rng, DTYPES))
        compare(flipshift.linalg.toeplitz, scipy_linalg.toeplitz, c, r)
        compare(flipshift.linalg.toeplitz, scipy_linalg.toeplitz, c)


def test_matmul_toeplitz():
    rng = np.random.default_rng(12)
    for _ in range(ROUNDS):
        batch = pick(rng, [(), (), (2,)])
        small = ["f4", "f8", "c8", "c16", "i1", "?"]
        m, n = (int(k) for k in rng.integers(1, 40, 2))
        c, r = numbers(rng, (*batch, m), pick(rng, small)), numbers(rng, n, pick(rng, small))
        shape = pick(rng, [(n,), (n, 1), (n, 3), (2, n, 2), (n + 1,)])
        x = numbers(rng, shape, pick(rng, small))
        square = pick(rng, [True, False]) and m == shape[-2:][0]
        c_or_cr = c if square else (c, r)
        x8 = x.astype("i1") % 9 if x.dtype.kind == "i" else x
        ours, peers = flipshift.linalg.matmul_toeplitz, scipy_linalg.matmul_toeplitz
        compare(ours, peers, c_or_cr, x8, factor=2000)


@pytest.mark.parametrize("mode", MODES)
def test_convolution_matrix(mode):
    rng = np.random.default_rng(13)
    for _ in range(ROUNDS // 4):
        a = numbers(rng, pick(rng, [(5,), (1,), (2, 3), (0,), (8,)]), pick(rng, DTYPES))
        n = int(rng.integers(-1, 9))
        compare(flipshift.linalg.convolution_matrix, scipy_linalg.convolution_matrix, a, n, mode)


@pytest.mark.parametrize("mode", MODES)
def test_correlation_lags(mode):
    for n in range(1, 9):
        for m in range(1, 9):
            compare(flipshift.signal.correlation_lags, scipy_signal.correlation_lags, n, m, mode)


def test_helpers_of_fft():
    for name in ["next_fast_len", "prev_fast_len"]:
        for real in (False, True):
            for n in [*range(-1, 400), 93059, 10**9 + 7, 2**40 - 1]:
                compare(getattr(flipshift.fft, name), getattr(scipy_fft, name), n, real)
    for n in range(9):
        for name in ["fftfreq", "rfftfreq"]:
            compare(getattr(flipshift.fft, name), getattr(scipy_fft, name), n, 0.5)
        for name in ["fftshift", "ifftshift"]:
            x = np.arange(n * 3).reshape(-1, 3)
            for axes in (None, 0, (0, 1)):
                compare(getattr(flipshift.fft, name), getattr(scipy_fft, name), x, axes)

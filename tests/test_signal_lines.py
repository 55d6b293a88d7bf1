"""What the convolutions take beyond SciPy's and NumPy's: axis, out, workers, maxlag.

Floating results are compared with the definition in extended precision, within the bound of the FFT
that `flipshift._convolve.integers` states, which is above that of the direct sum for these lengths;
integers and objects are compared exactly.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import flipshift
from flipshift import signal

MODES = ["full", "same", "valid"]
NAMES = ["signal.convolve", "signal.correlate", "signal.fftconvolve", "signal.oaconvolve"]
NAMES += ["convolve", "correlate"]
FUNCTIONS = {
    name: getattr(signal if "." in name else flipshift, name.split(".")[-1]) for name in NAMES
}


def sample(shape, dtype, seed=0):
    rng = np.random.default_rng([seed, *shape])
    if np.dtype(dtype).kind in "iu":
        return rng.integers(-100 if np.dtype(dtype).kind == "i" else 0, 100, shape).astype(dtype)
    if np.dtype(dtype).kind == "b":
        return rng.random(shape) < 0.3
    x = rng.standard_normal(shape)
    return (x + 1j * rng.standard_normal(shape) if np.dtype(dtype).kind == "c" else x).astype(dtype)


def wide(x):
    if x.dtype.kind in "iu":
        return x.astype(object)
    return x.astype(np.clongdouble if x.dtype.kind == "c" else np.longdouble)


def lines_of_definition(name, x, h, mode):
    """The sums of one pair of lines, and the lag or place in the full result of the first."""
    x, h = wide(x), wide(h)
    if "correlate" in name:
        h = np.conj(h[::-1])
    n, m = len(x), len(h)
    full = np.zeros(n + m - 1, np.result_type(x, h))
    for k in range(m):
        full[k : k + n] += h[k] * x
    if mode == "full":
        return full, 0
    if mode == "valid":
        start, length = min(n, m) - 1, abs(n - m) + 1
    elif "." in name:
        start, length = (m - 1) // 2, n
    elif n < m:
        start, length = (n // 2 if "correlate" in name else (n - 1) // 2), m
    else:
        start, length = (m - 1) // 2, n
    return full[start : start + length], start


def definition(name, x, h, mode, axis):
    """Line by line along `axis` of arrays of equally many dimensions."""
    x, h = np.moveaxis(x, axis, -1), np.moveaxis(h, axis, -1)
    batch = np.broadcast_shapes(x.shape[:-1], h.shape[:-1])
    x = np.broadcast_to(x, batch + x.shape[-1:])
    h = np.broadcast_to(h, batch + h.shape[-1:])
    lines = [lines_of_definition(name, x[i], h[i], mode)[0] for i in np.ndindex(batch)]
    return np.moveaxis(np.array(lines).reshape(*batch, -1), -1, axis)


def check(y, expected, x, h):
    assert y.shape == expected.shape
    if y.dtype.kind in "iu":
        np.testing.assert_array_equal(y, expected.astype(np.int64).astype(y.dtype))
        return
    if y.dtype.kind == "b":
        np.testing.assert_array_equal(y, expected > 0)
        return
    n = x.shape[0] if x.ndim == 1 else max(x.shape)
    norms = np.linalg.norm(wide(x).astype(complex)) * np.linalg.norm(wide(h).astype(complex))
    bound = 16 * (np.log2(n + max(h.shape)) + 1) * float(np.finfo(y.dtype).eps) * norms
    assert abs(y - expected.astype(np.clongdouble)).max(initial=0) <= bound


SHAPES = [
    ((3, 50), (7,), -1),
    ((50, 3), (7,), 0),
    ((2, 40, 5), (9,), 1),
    ((7,), (4, 30), 1),
    ((4, 30), (4, 6), 1),
    ((30, 4), (6, 1), 0),
    ((1, 25, 3), (2, 5, 1), -2),
    ((3, 5), (3, 40), -1),
    ((2, 900), (300,), 1),
    ((900, 2), (300, 2), 0),
    ((60,), (11,), 0),
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("n", "m", "axis"), SHAPES)
def test_lines_along_an_axis(name, mode, n, m, axis):
    for dtype in ("f4", "f8", "c8", "c16", "i2", "u8", "?"):
        x, h = sample(n, dtype), sample(m, dtype, 1)
        y = FUNCTIONS[name](x, h, mode, axis=axis)
        by_fft = "fft" in name or "oa" in name
        assert y.dtype == (np.dtype("f8") if by_fft and x.dtype.kind in "iub" else x.dtype)
        assert y.flags.c_contiguous
        ndim = max(x.ndim, h.ndim)
        shape = [1] * ndim
        shape[axis] = -1
        x, h = (a.reshape(shape) if a.ndim < ndim else a for a in (x, h))
        if by_fft and x.dtype.kind in "iub":
            x, h = x.astype(float), h.astype(float)
        if dtype == "?" and not by_fft:
            x, h = x.astype("i8"), h.astype("i8")
        check(y, definition(name, x, h, mode, axis), x, h)


@pytest.mark.parametrize("method", ["direct", "fft"])
@pytest.mark.parametrize("dtype", ["f8", "c8", "i4", "f2", "g", "O"])
def test_lines_by_a_given_method(method, dtype):
    if dtype == "O" and method == "fft":
        dtype = "G"
    x, h = sample((40, 3), "i2"), sample((7, 3), "i2", 1)
    expected = definition("signal.convolve", x, h, "same", 0)
    y = signal.convolve(x.astype(dtype), h.astype(dtype), "same", method, axis=0)
    assert y.dtype == np.dtype(dtype)
    if dtype in ("i4", "O"):
        np.testing.assert_array_equal(y, expected)
    else:
        # Integers to 100: the sums are below 7e4, those of float16 beyond 65504 infinite.
        expected = expected.astype(float)
        eps = float(np.finfo(y.dtype).eps)
        with np.errstate(invalid="ignore"):
            close = abs(y - expected) <= 70 * eps * 100 * 100 * 7
        assert (close | ~np.isfinite(y.astype(complex)) & (abs(expected) > 65000)).all()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("axis", [None, 0])
@pytest.mark.parametrize("dtype", ["f4", "f8", "c16", "i4", "?", "f2"])
def test_out(name, axis, dtype):
    x, h = sample((60,), dtype), sample((9,), dtype, 1)
    expected = FUNCTIONS[name](x, h, "full")
    out = np.empty(expected.shape, expected.dtype)
    assert FUNCTIONS[name](x, h, "full", axis=axis, out=out) is out
    np.testing.assert_array_equal(out, expected)
    strided = np.zeros(2 * len(expected), expected.dtype)[::-2]
    assert FUNCTIONS[name](x, h, "full", axis=axis, out=strided) is strided
    np.testing.assert_array_equal(strided, expected)
    swapped = np.empty(expected.shape, expected.dtype.newbyteorder())
    assert FUNCTIONS[name](x, h, "full", axis=axis, out=swapped) is swapped
    np.testing.assert_array_equal(swapped, expected)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shift", [-20, -1, 0, 3, 40])
@pytest.mark.parametrize("dtype", ["f8", "c8", "i2"])
def test_out_may_overlap_the_inputs(name, shift, dtype):
    by_fft = "fft" in name or "oa" in name
    dtype = "f8" if by_fft and dtype == "i2" else dtype
    memory = sample((200,), dtype)
    x, h = memory[60:100], memory[70:79]
    expected = FUNCTIONS[name](x.copy(), h.copy(), "same")
    out = memory[60 + shift : 100 + shift]
    FUNCTIONS[name](x, h, "same", out=out)
    np.testing.assert_array_equal(out, expected)
    table = sample((40, 5), dtype)
    expected = FUNCTIONS[name](table.copy(), h.copy(), "same", axis=0)
    FUNCTIONS[name](table, h, "same", axis=0, out=table)
    np.testing.assert_array_equal(table, expected)


@pytest.mark.parametrize("shape", [(6, 7), (4, 5, 6)])
@pytest.mark.parametrize("method", ["direct", "fft", "auto"])
@pytest.mark.parametrize("dtype", ["f4", "c16", "i8"])
def test_out_in_several_dimensions(shape, method, dtype):
    x, h = sample(shape, dtype), sample([3] * len(shape), dtype, 1)
    expected = signal.convolve(x, h, "same", method)
    kept = x.copy()
    out = np.empty_like(x)
    assert signal.convolve(x, h, "same", method, out=out) is out
    np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(x, kept)
    assert signal.convolve(x, h, "same", method, out=x) is x
    np.testing.assert_array_equal(x, expected)


def test_out_of_scalars_and_of_fftconvolve():
    out = np.empty(())
    assert signal.convolve(3.0, 4.0, out=out) is out
    assert signal.correlate(3.0, 4.0, out=out) == out == 12
    x, h = sample((5, 1), "f8"), sample((1, 6), "f8", 1)
    out = np.empty((5, 6))
    assert signal.fftconvolve(x, h, out=out) is out  # a product along both axes
    np.testing.assert_array_equal(out, x * h)
    assert signal.fftconvolve([], [1.0], out=np.empty(0)).shape == (0,)


@pytest.mark.parametrize("dtype", ["f4", "f8", "c16", "i4", "i8"])
def test_the_result_does_not_depend_on_workers(dtype):
    rng = np.random.default_rng(4)
    x, h = (rng.integers(-(2**15), 2**15, n).astype(dtype) for n in (200_000, 3000))
    for function, more in [
        (signal.convolve, {}),
        (signal.convolve, {"method": "fft"}),
        (signal.correlate, {"mode": "same"}),
        (flipshift.convolve, {}),
        (signal.fftconvolve, {}),
    ]:
        same_for_all_workers(function, x, h, **more)
    x, h = x.reshape(40, 5000), h.reshape(40, 75)
    for axis, kernel in [(0, h[:, 0].copy()), (1, h[0]), (1, h)]:
        same_for_all_workers(signal.convolve, x, kernel, axis=axis)


def same_for_all_workers(function, *args, **more):
    # Where an array lies in memory may change the order of a sum: all results go to one place.
    one = function(*args, **more, workers=1)
    out = np.empty_like(one)
    one = function(*args, **more, workers=1, out=out).copy()
    for workers in (2, 3, -1):
        np.testing.assert_array_equal(function(*args, **more, workers=workers, out=out), one)
    with flipshift.fft.set_workers(2):
        np.testing.assert_array_equal(function(*args, **more, out=out), one)


@pytest.mark.parametrize("n", [1, 2, 5, 8, 400])
@pytest.mark.parametrize("m", [1, 2, 5, 8, 300])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", ["signal.correlate", "correlate"])
def test_maxlag(name, n, m, mode):
    x, h = sample((n,), "c16"), sample((m,), "c16", 1)
    every, start = lines_of_definition(name, x, h, mode)
    lags = np.arange(start, start + len(every)) - (m - 1)
    for maxlag in (0, 1, 3, 10, 10**9):
        wanted = abs(lags) <= maxlag
        y = FUNCTIONS[name](x, h, mode, maxlag=maxlag)
        check(y, every[wanted], x, h)
        if name == "signal.correlate":
            found = signal.correlation_lags(n, m, mode, maxlag=maxlag)
            np.testing.assert_array_equal(found, lags[wanted])
        table = np.stack([x, 2 * x], axis=1)
        y = FUNCTIONS[name](table, h, mode, axis=0, maxlag=maxlag)
        check(y, np.stack([every[wanted], 2 * every[wanted]], axis=1), table, h)


layouts = st.sampled_from(
    [
        lambda x: x,
        lambda x: x[..., ::-1].copy()[..., ::-1],
        lambda x: np.asfortranarray(x),
        lambda x: np.repeat(x, 2, axis=0)[::2],
        lambda x: x.byteswap().view(x.dtype.newbyteorder()),
        lambda x: np.frombuffer(b"\0" + x.tobytes(), np.uint8)[1:].view(x.dtype).reshape(x.shape),
    ]
)


@given(
    lengths=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    batches=st.sampled_from([((), ()), ((3,), ()), ((), (2,)), ((3,), (3,)), ((2, 1), (1, 3))]),
    place=st.integers(0, 2),
    dtype=st.sampled_from(["f4", "f8", "c8", "c16", "i4", "u2"]),
    mode=st.sampled_from(MODES),
    name=st.sampled_from(NAMES),
    of_x=layouts,
    of_h=layouts,
    workers=st.sampled_from([None, 2]),
)
def test_any_lines(lengths, batches, place, dtype, mode, name, of_x, of_h, workers):
    n, m = lengths
    axis = place % (max(map(len, batches)) + 1)
    x, h = (
        sample((*b[:axis], k, *b[axis:]) if b else (k,), dtype, seed)
        for b, k, seed in zip(batches, (n, m), (0, 1), strict=True)
    )
    by_fft = ("fft" in name or "oa" in name) and x.dtype.kind in "iu"
    y = FUNCTIONS[name](of_x(x), of_h(h), mode, axis=axis, workers=workers)
    ndim = max(x.ndim, h.ndim)
    shape = [-1 if a == axis else 1 for a in range(ndim)]
    x, h = (a.reshape(shape) if a.ndim < ndim else a for a in (x, h))
    if by_fft:
        x, h = x.astype(float), h.astype(float)
    check(y, definition(name, x, h, mode, axis), x, h)


X, TABLE = np.ones(8), np.ones((4, 8))


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda f: f(TABLE, X, axis=2), ValueError, "axis 2 is out of range"),
        (lambda f: f(TABLE, X, axis="0"), TypeError, "axis must be an integer or None"),
        (lambda f: f(TABLE, 3.0, axis=0), ValueError, "same number of dimensions"),
        (lambda f: f(TABLE, TABLE[None], axis=0), ValueError, "same number of dimensions"),
        (lambda f: f(TABLE, TABLE[:3], axis=1), ValueError, "must be equal or 1"),
        (lambda f: f(TABLE, TABLE[:, :0], axis=1), ValueError, "cannot be empty"),
        (lambda f: f(TABLE[:, :0], X, axis=1), ValueError, "cannot be empty"),
        (lambda f: f(X, X, "same", out=np.empty(9)), ValueError, "out has shape"),
        (lambda f: f(X, X, "same", out=np.empty(8, "f4")), TypeError, "out has dtype"),
        (lambda f: f(X, X, "same", out=[0.0] * 8), TypeError, "out must be a NumPy array"),
        (lambda f: f(TABLE, X, "same", axis=1, out=X), ValueError, "out has shape"),
        (lambda f: f(X, X, workers=0), ValueError, "workers must not be zero"),
        (lambda f: f(X, X, workers=1.5), TypeError, "workers must be an integer"),
        (lambda f: f(TABLE, X, axis=1, workers=-10000), ValueError, "workers value out of range"),
        (lambda f: f(TABLE, X, "some", axis=1), ValueError, "mode"),
    ],
)
@pytest.mark.parametrize("name", NAMES)
def test_bad_input(name, call, error, says):
    with pytest.raises(error, match=says):
        call(FUNCTIONS[name])


def test_read_only_out_and_other_bad_input():
    out = np.empty(15)
    out.flags.writeable = False
    with pytest.raises(ValueError, match="out is read-only"):
        signal.convolve(X, X, out=out)
    with pytest.raises(ValueError, match="axis and axes cannot both be given"):
        signal.fftconvolve(TABLE, X, axis=1, axes=1)
    for function in (signal.correlate, flipshift.correlate):
        with pytest.raises(ValueError, match="maxlag must not be negative; it is -1"):
            function(X, X, maxlag=-1)
        with pytest.raises(TypeError, match="maxlag must be an integer or None"):
            function(X, X, maxlag=1.5)
    with pytest.raises(ValueError, match="maxlag takes one dimension"):
        signal.correlate(TABLE, TABLE, maxlag=1)
    with pytest.raises(ValueError, match="maxlag must not be negative"):
        signal.correlation_lags(3, 4, maxlag=-2)
    with pytest.raises(ValueError, match="acceptable mode flags"):
        signal.correlation_lags(3, 4, "some", maxlag=2)


def test_empty_batches():
    for function in FUNCTIONS.values():
        assert function(np.ones((0, 8)), X, "full", axis=1).shape == (0, 15)
        assert function(np.ones((8, 0)), X, "full", axis=0).shape == (15, 0)

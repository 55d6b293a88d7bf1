"""Bad input gets an exception of the namesake's type, in a sentence that names the parameter.

Each case is a call and a piece of the message. The namesake of SciPy or NumPy gets the same call,
and ours has to raise the same type or a subclass; where SciPy does not raise at all, or by
accident, the case says which type is right.
"""

import warnings

import numpy as np
import pytest

import flipshift
from flipshift import fft, linalg, signal

WHY = "the exceptions are compared with SciPy's"
scipy_fft = pytest.importorskip("scipy.fft", reason=WHY)
scipy_linalg = pytest.importorskip("scipy.linalg", reason=WHY)
scipy_signal = pytest.importorskip("scipy.signal", reason=WHY)

EITHER = (TypeError, ValueError)
PEERS = {fft: scipy_fft, signal: scipy_signal, linalg: scipy_linalg, flipshift: np}
X = np.arange(6.0)
M = np.arange(12.0).reshape(3, 4)
STRINGS = np.array(["a", "b"])
HUGE = 2**62

ONE = ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"]
MANY = ["fftn", "ifftn", "rfftn", "irfftn", "hfftn", "ihfftn"]
MANY += ["fft2", "ifft2", "rfft2", "irfft2", "hfft2", "ihfft2"]


def case(module, name, *args, says, type=None, **kwargs):
    return pytest.param(module, name, args, kwargs, says, type, id=f"{name}-{says[:25]}")


CASES = []
for name in ONE:
    CASES += [
        case(fft, name, X, 3, 5, says="axis 5 is out of range"),
        case(fft, name, X, None, -2, says="axis -2 is out of range"),
        case(fft, name, 3.0, says="axis -1 is out of range"),
        case(fft, name, X, None, 1.5, says="axis must be an integer"),
        case(fft, name, [], says="umber of data points"),
        case(fft, name, X, 0, says="n must be at least 1", type=ValueError),
        case(fft, name, X, -3, says="n must be at least 1"),
        case(fft, name, X, 2.5, says="n must be an integer"),
        case(fft, name, X, HUGE, says="too large"),
        case(fft, name, X, 2**80, says="too large"),
        case(fft, name, X, norm="other", says="norm"),
        case(fft, name, X, norm=["ortho"], says="norm"),
        case(fft, name, X, workers=0, says="workers must not be zero"),
        case(fft, name, X, workers=-1000, says="workers value out of range"),
        case(fft, name, X, workers="two", says="workers must be an integer"),
        case(fft, name, X, plan=object(), says="plan"),
        case(fft, name, STRINGS, says="x must be numeric"),
        case(fft, name, np.array([{}, {}], object), says="x must be numeric"),
        case(fft, name, X, out=np.empty(2, complex), says="out has shape", type=ValueError),
        case(fft, name, X, out=[0.0] * 6, says="out must be a NumPy array", type=TypeError),
        case(fft, name, X, 10, out=np.empty(10, "i4"), says="out has", type=EITHER),
    ]
for name in ["rfft", "ihfft"]:
    CASES += [case(fft, name, X + 1j, says="x must be a real sequence")]
for name in MANY:
    CASES += [
        case(fft, name, M, (0, 2), says="number of data points"),
        case(fft, name, M, (-2, 2), says="number of data points"),
        case(fft, name, M, (2, 2, 2), (0, 1), says="axes and shape"),
        case(fft, name, M, (2.5, 2), says="shape must be a scalar or iterable of integers"),
        case(fft, name, M, None, (0, 2), says="axes exceeds dimensionality"),
        case(fft, name, M, None, (0, -3), says="axes exceeds dimensionality"),
        case(fft, name, M, None, (1, 1), says="all axes must be unique"),
        case(fft, name, M, None, (0.5,), says="axes must be a scalar or iterable of integers"),
        case(fft, name, M, (HUGE, 2), says="too large", type=(ValueError, MemoryError)),
        case(fft, name, M, norm="other", says="norm"),
        case(fft, name, M, plan=1, says="plan"),
        case(fft, name, np.zeros((0, 4)), says="number of data points"),
        case(fft, name, M, out=np.empty((9, 9)), says="out has shape", type=ValueError),
    ]
    if name[0] in "rih" and name[:3] != "iff":
        CASES += [case(fft, name, M, None, (), says="at least 1 axis")]
CASES += [
    case(fft, "rfftn", M, (1,) * 3, says="shape requires more axes"),
    case(fft, "fft2", X, says="axes exceeds dimensionality"),
    case(fft, "next_fast_len", -1, says="target"),
    case(fft, "next_fast_len", 1.5, says="target"),
    case(fft, "next_fast_len", HUGE, says="too large"),
    case(fft, "next_fast_len", 2**70, says="too large"),
    case(fft, "prev_fast_len", -1, says="target"),
    case(fft, "fftfreq", 0, says="n"),
    case(fft, "fftfreq", -2, says="n must be at least 1"),
    case(fft, "fftfreq", 2.5, says="n should be an integer"),
    case(fft, "fftfreq", 4, 0, says="d"),
    case(fft, "rfftfreq", 0, says="n"),
    case(fft, "rfftfreq", -1, says="n must be at least 1", type=ValueError),
    case(fft, "fftshift", X, 4, says=""),
]
for name in ["convolve", "correlate"]:
    CASES += [
        case(signal, name, X, X, "other", says="mode"),
        case(signal, name, X, X, ["full"], says="mode", type=ValueError),
        case(signal, name, X, X, None, says="mode"),
        case(signal, name, X, X, "full", "other", says="method"),
        case(signal, name, X, X, "full", None, says="method"),
        case(signal, name, X, M, says="same dimensionality"),
        case(signal, name, X, 2.0, says="same dimensionality"),
        case(signal, name, M, M.T, "valid", says="at least as large as the other"),
        case(signal, name, [], X, says="in1 cannot be empty"),
        case(signal, name, X, [], says="in2 cannot be empty"),
        case(signal, name, [], X, "valid", says="cannot be empty"),
        case(signal, name, np.zeros((0, 2)), M, says="in1 cannot be empty"),
        case(signal, name, STRINGS, STRINGS, says="numeric", type=EITHER),
        case(signal, name, np.array([{}], object), [1], says="", type=TypeError),
        case(flipshift, name, X, X, "other", says="mode"),
        case(flipshift, name, X, X, 7, says="mode"),
        case(flipshift, name, X, X, None, says="mode"),
        case(flipshift, name, X, M, says="v has 2 dimensions", type=ValueError),
        case(flipshift, name, M, X, says="a has 2 dimensions", type=ValueError),
        case(flipshift, name, [], X, says="empty"),
        case(flipshift, name, X, [], says="empty"),
        case(flipshift, name, STRINGS, STRINGS, says=""),
    ]
for name in ["fftconvolve", "oaconvolve"]:
    CASES += [
        case(signal, name, X, X, "other", says="mode"),
        case(signal, name, X, M, says="same dimensionality"),
        case(signal, name, M, M.T, "valid", says="at least as large as the other"),
        case(signal, name, M, M[:, :2], axes=0, says="incompatible shapes"),
        case(signal, name, X, X, axes=[], says="axes cannot be empty"),
        case(signal, name, X, X, axes=1, says="axes exceeds dimensionality"),
        case(signal, name, X, X, axes=[0, 0], says="all axes must be unique"),
        case(signal, name, X, X, axes=0.5, says="axes must be a scalar"),
        case(signal, name, STRINGS, STRINGS, says="must be numeric"),
    ]
for name in ["convolve2d", "correlate2d"]:
    CASES += [
        case(signal, name, X, X, says="2-D arrays"),
        case(signal, name, M, M, "other", says="mode"),
        case(signal, name, M, M, "full", "other", says="boundary"),
        case(signal, name, M, M, "full", "reflect", says="boundary"),
        case(signal, name, M, M, "full", ["fill"], says="boundary"),
        case(signal, name, M, M.T, "valid", says="at least as large as the other"),
        case(signal, name, M, M, fillvalue=[1, 2], says="fillvalue"),
        case(signal, name, M, M, fillvalue=[], says="fillvalue"),
        case(signal, name, M, M, fillvalue=1j, says="fillvalue"),
        case(signal, name, M, M, fillvalue="a", says="fillvalue"),
        case(signal, name, M, M, fillvalue={}, says="fillvalue"),
        case(signal, name, [[1]], [[1]], fillvalue=np.nan, says="fillvalue"),
        case(signal, name, M.astype(object), M, says="not available for this type"),
        case(signal, name, M.astype("f2"), M.astype("f2"), says="not available for this type"),
        case(signal, name, STRINGS[None], STRINGS[None], says="numeric", type=EITHER),
    ]
CASES += [
    case(signal, "choose_conv_method", X, X, "other", says="mode"),
    case(signal, "choose_conv_method", STRINGS, X, says="", type=EITHER),
    case(signal, "correlation_lags", 3, 2, "other", says="ode"),
    case(signal, "correlation_lags", "3", 2, says=""),
    case(linalg, "toeplitz", np.ones((2, 3)), np.ones((3, 3)), says="c and r"),
    case(linalg, "toeplitz", np.ones((0, 3)), says="zero-size batches"),
    case(linalg, "toeplitz", None, says=""),
    case(linalg, "convolution_matrix", X, 0, says="n must be a positive integer"),
    case(linalg, "convolution_matrix", X, -1, says="n must be a positive integer"),
    case(linalg, "convolution_matrix", X, 2.5, says="n must be a positive integer"),
    case(linalg, "convolution_matrix", X, HUGE, says="large"),
    case(linalg, "convolution_matrix", X, 2**80, says="large", type=ValueError),
    case(linalg, "convolution_matrix", X, 2**44, says="no memory", type=(MemoryError, ValueError)),
    case(linalg, "convolution_matrix", [], 2, says="len\\(a\\)"),
    case(linalg, "convolution_matrix", 3.0, 2, says="a must have"),
    case(linalg, "convolution_matrix", X, 2, "other", says="mode"),
    case(
        linalg,
        "convolution_matrix",
        X,
        3,
        stride=0,
        says="stride must be a positive",
        type=ValueError,
    ),
    case(linalg, "convolution_matrix", X, 3, stride=1.5, says="stride must be a positive"),
    case(linalg, "solve_toeplitz", X, X[:3], says="Incompatible dimensions"),
    case(linalg, "solve_toeplitz", (X, X[:3]), X, says="Incompatible dimensions"),
    case(linalg, "solve_toeplitz", (X, X, X), X, says="c_or_cr"),
    case(linalg, "solve_toeplitz", 3.0, X, says="c must have"),
    case(linalg, "solve_toeplitz", X, 3.0, says="b must have"),
    case(linalg, "solve_toeplitz", X, None, says="b must be an array", type=ValueError),
    case(linalg, "solve_toeplitz", X, X, says="leading block of order 1 "),
    case(linalg, "solve_toeplitz", X.astype(object), X, says="c is one"),
    case(linalg, "solve_toeplitz", X, np.ma.masked_array(X), says="b is one", type=ValueError),
    case(linalg, "solve_toeplitz", STRINGS, X, says="c must be numeric"),
    case(linalg, "solve_toeplitz", X, X * np.nan, says="infs or NaNs, and b does"),
    case(linalg, "solve_toeplitz", np.ones((2, 3)), np.ones((3, 3, 1)), says="do not broadcast"),
    case(linalg, "solve_toeplitz", np.ones((0, 3)), np.ones(3), says="zero-size batches"),
    case(linalg, "solve_circulant", X, X[:3], says="incompatible"),
    case(linalg, "solve_circulant", X, X, caxis=1, says="'caxis' entry is out of bounds"),
    case(linalg, "solve_circulant", X, X, baxis=-2, says="'baxis' entry is out of bounds"),
    case(linalg, "solve_circulant", [1.0, 1.0], [1.0, 2.0], says="near singular"),
    case(
        linalg, "solve_circulant", X, X, singular="skip", says="singular must be", type=ValueError
    ),
    case(linalg, "solve_circulant", STRINGS, X, says="c must be numeric", type=TypeError),
    case(linalg, "matmul_toeplitz", X, X, out=np.empty(3), says="out has shape", type=ValueError),
    case(
        linalg, "matmul_toeplitz", X, X, out=np.empty(6, "f4"), says="out has dtype", type=TypeError
    ),
    case(linalg, "matmul_toeplitz", X, X[:3], says="Incompatible dimensions"),
    case(linalg, "matmul_toeplitz", (X, X[:3]), X, says="Incompatible dimensions"),
    case(linalg, "matmul_toeplitz", (X, X, X), X, says="c_or_cr"),
    case(linalg, "matmul_toeplitz", 3.0, X, says="c must have"),
    case(linalg, "matmul_toeplitz", X, 3.0, says="x must have"),
    case(linalg, "matmul_toeplitz", ([], [1.0]), [1.0], says="c is empty"),
    case(linalg, "matmul_toeplitz", X, None, says="x must be an array", type=TypeError),
    case(linalg, "matmul_toeplitz", X.astype(object), X, says="c is one"),
    case(linalg, "matmul_toeplitz", X, X.astype(object), says="x is one"),
    case(linalg, "matmul_toeplitz", STRINGS, X, says="c must be numeric"),
    case(linalg, "matmul_toeplitz", X * np.nan, X, True, says="infs or NaNs, and c does"),
    case(linalg, "matmul_toeplitz", X, X, workers=0, says="workers"),
    case(linalg, "matmul_toeplitz", np.ones((0, 3)), np.ones(3), says="zero-size batches"),
]


def raised(f, args, kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            f(*args, **kwargs)
        except Exception as error:
            return error
    return None


@pytest.mark.parametrize(("module", "name", "args", "kwargs", "says", "type"), CASES)
def test_bad_input(module, name, args, kwargs, says, type):
    if type is None:
        error = raised(getattr(PEERS[module], name), args, kwargs)
        assert error is not None, "the namesake does not raise"
        type = error.__class__
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(type, match=says) as info:
            getattr(module, name)(*args, **kwargs)
    assert "\n" not in str(info.value)
    assert "defect of flipshift" not in str(info.value)


@pytest.mark.parametrize("workers", [0, 1.5])
def test_set_workers(workers):
    error = raised(scipy_fft.set_workers(workers).__enter__, (), {})
    with pytest.raises(error.__class__), fft.set_workers(workers):
        pass


@pytest.mark.parametrize("name", ONE)
def test_out_of_another_dtype_or_read_only(name):
    right = getattr(fft, name)(X)
    with pytest.raises(TypeError, match="out has dtype int64, but the result is"):
        getattr(fft, name)(X, out=np.empty(right.shape, np.int64))
    right.flags.writeable = False
    with pytest.raises(ValueError, match="out is read-only"):
        getattr(fft, name)(X, out=right)


def test_arguments_are_left_alone():
    x, h = X.copy(), X[:3].copy()
    for f in (signal.convolve, signal.correlate, signal.fftconvolve, flipshift.convolve):
        f(x, h)
    for name in ONE:
        getattr(fft, name)(x)
    for f in (linalg.toeplitz, linalg.matmul_toeplitz):
        f(x, x)
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(h, X[:3])


@pytest.mark.parametrize("value", [None, "text", {}, object(), b"bytes", np.array("2020", "M8")])
@pytest.mark.parametrize(
    "f",
    [*(getattr(fft, n) for n in ONE[:3]), lambda v: signal.convolve(v, [1.0]),
     lambda v: signal.convolve([1.0], [v]), lambda v: linalg.matmul_toeplitz(v, [1.0]),
     lambda v: signal.convolve2d([[v]], [[1.0]]), lambda v: flipshift.convolve([v], [1.0])],
)  # fmt: skip
def test_no_numbers_at_all(f, value):
    if raised(f, (value,), {}) is None:
        assert isinstance(value, np.ndarray)  # dates are numbers to NumPy

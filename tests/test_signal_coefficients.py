"""`correlate` with normalize=True against the definition in extended precision.

Its documentation promises 1e-9 of the coefficient's scale; rounding of the definition itself, in
double precision, is far below that.
"""

import itertools

import numpy as np
import pytest

import flipshift
from flipshift import signal
from flipshift._convolve import coefficients

MODES = ["full", "same", "valid"]


def coefficient(a, b):
    """The correlation coefficient of two arrays of one shape."""
    wide = np.clongdouble if a.dtype.kind == "c" or b.dtype.kind == "c" else np.longdouble
    a, b = a.astype(wide), b.astype(wide)
    # Twice, so that what is left of the mean is below rounding.
    for _ in range(2):
        a, b = a - a.mean(), b - b.mean()
    scale = np.sqrt((abs(a) ** 2).sum() * (abs(b) ** 2).sum())
    return (a * np.conj(b)).sum() / scale if scale > 0 else 0


def definition(x, y, lags):
    """At every combination of the `lags` along each axis."""
    found = []
    for lag in itertools.product(*lags):
        of_x = [
            slice(max(0, k), min(n, k + m)) for k, n, m in zip(lag, x.shape, y.shape, strict=True)
        ]
        of_y = [
            slice(max(0, -k), min(m, n - k)) for k, n, m in zip(lag, x.shape, y.shape, strict=True)
        ]
        found.append(coefficient(x[tuple(of_x)], y[tuple(of_y)]))
    dtype = np.result_type(x, y, np.longdouble)
    return np.array(found, dtype).reshape([len(k) for k in lags])


def lags_of(mode, n, m):
    if mode == "full":
        return range(1 - m, n)
    if mode == "valid":
        return range(min(0, n - m), max(0, n - m) + 1)
    return range(-(m // 2), n - m // 2)


def sample(shape, dtype="f8", seed=0):
    rng = np.random.default_rng([seed, *np.atleast_1d(shape)])
    x = rng.standard_normal(shape) * 50
    if np.dtype(dtype).kind == "u":
        x = abs(x)
    return (x + 1j * rng.standard_normal(shape) if np.dtype(dtype).kind == "c" else x).astype(dtype)


SIZES = [(1, 1), (2, 2), (9, 4), (4, 9), (50, 50), (300, 70), (70, 300)]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("n", "m"), SIZES)
@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16", "i2", "u8", "f2", "g"])
def test_coefficients(n, m, mode, dtype):
    x, y = sample(n, dtype), sample(m, dtype, 1)
    r = signal.correlate(x, y, mode, normalize=True)
    assert r.dtype == (np.dtype(dtype) if x.dtype.kind in "fc" else np.float64)
    expected = definition(x, y, [lags_of(mode, n, m)])
    tolerance = max(1e-9, 2 * float(np.finfo(r.dtype).eps))
    np.testing.assert_allclose(r.astype(expected.dtype), expected, 0, tolerance)
    assert (abs(r) <= 1 + 4 * np.finfo(r.dtype).eps * (r.dtype.kind == "c")).all()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("n", "m"), [((7, 9), (3, 4)), ((3, 4), (7, 9)), ((6, 5), (6, 5)), ((3, 4, 5), (2, 3, 2))]
)
def test_several_dimensions(n, m, mode):
    x, y = sample(n) + 1000, sample(m, seed=1) - 77
    r = signal.correlate(x, y, mode, normalize=True)
    lags = [lags_of(mode, i, j) for i, j in zip(n, m, strict=True)]
    np.testing.assert_allclose(r, definition(x, y, lags).astype(float), 0, 1e-9)


@pytest.mark.parametrize("method", ["auto", "direct", "fft"])
def test_an_offset_spoils_nothing(method):
    x, y = sample(900) + 1e9, sample(200, seed=1) - 1e7
    r = signal.correlate(x, y, method=method, normalize=True)
    expected = definition(x, y, [lags_of("full", 900, 200)])
    np.testing.assert_allclose(r, expected.astype(float), 0, 1e-9)


@pytest.mark.parametrize("method", ["auto", "direct", "fft"])
def test_loud_passages_spoil_no_quiet_ones(method):
    x = np.concatenate([sample(300) * 1e-8, sample(200) * 1e9, sample(300, seed=2), np.ones(100)])
    y = sample(60, seed=1)
    r = signal.correlate(x, y, method=method, normalize=True)
    expected = definition(x, y, [lags_of("full", x.size, y.size)])
    np.testing.assert_allclose(r, expected.astype(float), 0, 1e-9)


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e160, 1e300])
def test_any_scale(scale):
    x, y = sample(80), sample(20, seed=1)
    expected = signal.correlate(x, y, normalize=True)
    x, y = x * scale, y * scale
    r = signal.correlate(x, y, normalize=True)
    np.testing.assert_allclose(r, expected, 0, 1e-9)


@pytest.mark.parametrize("m", [3, 5000, 9000])
def test_long_signals(m):
    n = 30000
    x, y = sample(n), sample(m, seed=1)
    r = signal.correlate(x, y, normalize=True)
    for lag in [1 - m, 3 - m, -m // 2, 0, 1, 8191, 8192, 16384, n - m, n - m + 1, n - 2]:
        assert abs(r[lag + m - 1] - definition(x, y, [[lag]])[0]) <= 1e-9


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("n", "m"), [(300, 20), (20, 300), (90, 90)])
def test_stretches(n, m, mode, monkeypatch):
    monkeypatch.setattr(coefficients, "_AT_ONCE", 1)
    x, y = sample(n), sample(m, seed=1)
    found = signal.correlate(x, y, mode, normalize=True)
    expected = definition(x, y, [lags_of(mode, n, m)])
    assert abs(found - expected).max() <= 1e-9
    lags = range(-min(m - 1, 11), min(n - 1, 11) + 1)
    found = signal.correlate(x, y, normalize=True, maxlag=11)
    assert abs(found - definition(x, y, [lags])).max() <= 1e-9


def test_a_copy_is_found_and_a_constant_is_0():
    x = sample(500)
    y = 3 * x[120:160] + 7
    r = signal.correlate(x, y, "valid", normalize=True)
    assert np.argmax(r) == 120
    assert r[120] == pytest.approx(1, abs=1e-12)
    assert r.max() <= 1
    assert signal.correlate(x, -y, "valid", normalize=True)[120] == pytest.approx(-1, abs=1e-12)
    x[:100] = 0.1  # of which no sum is exact
    r = signal.correlate(x, y, "valid", normalize=True)
    np.testing.assert_array_equal(r[:61], 0)
    assert (r[62:] != 0).all()
    np.testing.assert_array_equal(signal.correlate(np.zeros(9), y, normalize=True), 0)
    assert signal.correlate(2.0, 3.0, normalize=True) == 0
    full = signal.correlate(x, y, normalize=True)
    assert full[0] == full[-1] == 0  # one number overlaps


def test_nan_reaches_the_lags_that_it_overlaps():
    x, y = sample(100), sample(9, seed=1)
    expected = signal.correlate(x, y, "valid", normalize=True)
    for value in (np.nan, np.inf):
        x[50] = value
        r = signal.correlate(x, y, "valid", normalize=True)
        reached = np.zeros(92, bool)
        reached[42:51] = True
        np.testing.assert_array_equal(np.isnan(r), reached)
        np.testing.assert_allclose(r[~reached], expected[~reached], 0, 1e-9)


def test_with_axis_maxlag_and_out():
    x, y = sample((60, 3)), sample(20, seed=1)
    each = np.stack([signal.correlate(x[:, k], y, normalize=True) for k in range(3)], axis=1)
    lags = signal.correlation_lags(60, 20)
    r = signal.correlate(x, y, axis=0, normalize=True)
    np.testing.assert_array_equal(r, each)
    out = np.empty((11, 3))
    r = signal.correlate(x, y, axis=0, normalize=True, maxlag=5, out=out)
    assert r is out
    np.testing.assert_allclose(r, each[abs(lags) <= 5], 0, 1e-9)
    for mode in MODES:
        a = flipshift.correlate(x[:, 0], y, mode, normalize=True)
        np.testing.assert_allclose(a, signal.correlate(x[:, 0], y, mode, normalize=True), 0, 1e-9)


def test_bad_input():
    with pytest.raises(TypeError, match="normalize takes numbers, not object"):
        signal.correlate(np.array([1, 2], object), [1, 2], normalize=True)
    with pytest.raises(ValueError, match="cannot be empty"):
        signal.correlate([], [1.0], normalize=True)
    with pytest.raises(ValueError, match="mode"):
        signal.correlate([1.0], [1.0], "some", normalize=True)
    with pytest.raises(TypeError, match="out has dtype float32"):
        signal.correlate([1.0], [1.0], normalize=True, out=np.empty(1, "f4"))
    with pytest.raises(ValueError, match="Acceptable method flags"):
        signal.correlate([1.0], [1.0], method="some", normalize=True)

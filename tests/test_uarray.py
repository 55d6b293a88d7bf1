"""`flipshift.fft` as a backend of `scipy.fft`, and SciPy's functions running on it.

That a call arrives here is seen by counting what `__ua_function__` answers. Results are compared
with those of our functions, whose own tests hold them to the definition: they must be the same
bits. SciPy's algorithms that call transforms are compared with themselves on SciPy's backend, two
computations whose errors both stay below about 5 eps log2(n) in L2 (Higham, theorem 24.2) times
their few transforms.
"""

import subprocess
import sys
import threading
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

import flipshift.fft as fft

scipy_fft = pytest.importorskip("scipy.fft")
signal = pytest.importorskip("scipy.signal")

NAMES = [
    name
    for name in fft.__all__
    if name.lstrip("ih").startswith(("fft", "rfft", "dct", "dst"))
    and "freq" not in name
    and "shift" not in name
]
RNG = np.random.default_rng(0)


@pytest.fixture
def calls(monkeypatch):
    """How often each function was served, as `name`, and refused, as `not name`."""
    counts = Counter()
    right = fft.__ua_function__

    def counting(method, args, kwargs):
        result = right(method, args, kwargs)
        counts["not " * (result is NotImplemented) + method.__name__] += 1
        return result

    monkeypatch.setattr(fft, "__ua_function__", counting)
    return counts


def data(name):
    x = RNG.standard_normal((6, 10))
    return x if name.startswith(("rfft", "ihfft", "d", "id")) else x + 1j


def test_names_are_those_of_scipy():
    assert {"fft", "ifft2", "hfftn", "ihfft"} <= set(NAMES)
    for name in NAMES:
        assert hasattr(scipy_fft, name)


@pytest.mark.parametrize("name", NAMES)
def test_every_transform_is_served(name, calls):
    x = data(name)
    with scipy_fft.set_backend(fft, only=True):
        y = getattr(scipy_fft, name)(x, norm="ortho")
    assert calls == {name: 1}
    np.testing.assert_array_equal(y, getattr(fft, name)(x, norm="ortho"))
    with scipy_fft.set_backend(fft, only=True):
        getattr(scipy_fft, name)(x=x.tolist(), workers=2, overwrite_x=True)
    assert calls == {name: 2}


def test_only_inside_of_the_context_and_its_thread(calls):
    scipy_fft.fft([1.0, 2.0])
    with scipy_fft.set_backend(fft):
        scipy_fft.fft([1.0, 2.0])
        thread = threading.Thread(target=scipy_fft.fft, args=([1.0, 2.0],))
        thread.start()
        thread.join()
    scipy_fft.fft([1.0, 2.0])
    assert calls == {"fft": 1}


@pytest.mark.parametrize(
    "x",
    [
        np.array(["a", "b"]),
        ["a", "b"],
        [[1.0], [2.0, 3.0]],
        np.zeros(3, "M8[s]"),
        np.zeros(3, [("a", "f8")]),
        None,
        {1.0},
    ],
)
def test_what_is_no_data_is_not_ours(x, calls):
    with scipy_fft.set_backend(fft, only=True), pytest.raises(Exception) as error:  # noqa: PT011
        scipy_fft.fft(x)
    assert type(error.value).__name__ == "BackendNotImplementedError"
    assert calls == {"not fft": 1}


def test_arrays_of_other_libraries_are_not_ours(calls):
    class Elsewhere:
        def __array__(self, dtype=None, copy=None):
            raise TypeError("this array is on a device")

        def __array_namespace__(self, api_version=None):
            return np

    with scipy_fft.set_backend(fft), pytest.raises(TypeError, match="on a device"):
        scipy_fft.fft(Elsewhere())  # SciPy's own backend is asked next
    assert calls == {"not fft": 1}


def test_what_can_be_converted_is_ours(calls):
    class Wrapped:
        def __array__(self, dtype=None, copy=None):
            return np.array([1.0, 2.0])

    with scipy_fft.set_backend(fft, only=True):
        for x in [
            Wrapped(),
            (1, 2),
            np.array([True, False]),
            [Fraction(1, 2), 1],
            np.ones(2, "f2"),
        ]:
            scipy_fft.fft(x)
    assert calls == {"fft": 5}


def test_functions_that_we_do_not_have(calls):
    x = RNG.standard_normal(16)
    expected = scipy_fft.fht(x, 0.1, 0.0)
    # It is two transforms of 16 points, each of which is off by a few eps of the norm.
    atol = 64 * np.finfo("d").eps * np.linalg.norm(expected)
    with scipy_fft.set_backend(fft):
        np.testing.assert_allclose(scipy_fft.fht(x, 0.1, 0.0), expected, rtol=0, atol=atol)
    assert calls["not fht"] == 1
    assert not hasattr(fft, "fht")


def test_plans(calls):
    x = RNG.standard_normal(16)
    plan = fft.Plan("rfft", 16, x.dtype)
    with scipy_fft.set_backend(fft, only=True):
        np.testing.assert_array_equal(scipy_fft.rfft(x, plan=plan), fft.rfft(x))
        with pytest.raises(ValueError, match="plan is for another transform"):
            scipy_fft.fft(x, plan=plan)
    with scipy_fft.set_backend(fft), pytest.raises(NotImplementedError, match="precomputed plan"):
        scipy_fft.fft(x, plan="of another library")  # as SciPy says
    assert calls == {"rfft": 1, "not fft": 1}


def test_errors_reach_the_user():
    with scipy_fft.set_backend(fft), pytest.raises(ValueError, match="n must be at least 1"):
        scipy_fft.fft([1.0], 0)


def test_workers_of_scipy_count(monkeypatch):
    seen = []

    def spy(x, **kwargs):
        seen.append(fft.get_workers())
        return x

    monkeypatch.setattr(fft, "ifft2", spy)
    monkeypatch.setattr("flipshift._fft.uarray._functions", {})
    with scipy_fft.set_backend(fft, only=True):
        scipy_fft.ifft2([[1.0]])
        with scipy_fft.set_workers(2):
            scipy_fft.ifft2([[1.0]])
            with fft.set_workers(3):
                scipy_fft.ifft2([[1.0]])
            scipy_fft.ifft2([[1.0]])
        scipy_fft.ifft2([[1.0]])
    assert seen == [1, 2, 3, 2, 1]


X = RNG.standard_normal(1000)
H = RNG.standard_normal(37)


@pytest.mark.parametrize(
    ("served", "call"),
    [
        ("rfftn", lambda: signal.fftconvolve(X, H)),
        ("fftn", lambda: signal.fftconvolve(X * 1j, H)),
        ("rfftn", lambda: signal.oaconvolve(X, H)),
        ("rfftn", lambda: signal.correlate(X, H, method="fft")),
        ("rfft", lambda: signal.stft(X, nperseg=64)[2]),
        ("irfft", lambda: signal.istft(signal.stft(X, nperseg=64)[2], nperseg=64)[1]),
        ("rfft", lambda: signal.resample(X, 333)),
        ("ifft", lambda: signal.hilbert(X)),
        ("rfft", lambda: signal.welch(X, nperseg=128)[1]),
        ("rfft", lambda: signal.spectrogram(X, nperseg=64)[2]),
        ("fft", lambda: signal.czt(X, 100)),
        ("rfft", lambda: signal.ShortTimeFFT(np.hanning(32), 8, 1.0).stft(X)),
        ("fft", lambda: signal.hilbert2(X.reshape(40, 25))),
    ],
)
def test_signal_functions_run_on_us(served, call, calls):
    expected = call()
    assert not calls
    with scipy_fft.set_backend(fft, only=True):
        y = call()
    assert sum(calls.values()) > 0
    assert calls[served] > 0 or any(name.startswith(served[:4]) for name in calls), calls
    assert not any(name.startswith("not ") for name in calls)
    error = np.linalg.norm(y - expected) / np.linalg.norm(expected)
    assert error < 8 * 5 * 12 * np.finfo(np.float64).eps


GLOBAL = """
import numpy as np, scipy.fft
import flipshift.fft as fft
served = []
right = fft.__ua_function__
def counting(method, args, kwargs):
    y = right(method, args, kwargs)
    served.append((method.__name__, y is not NotImplemented))
    return y
fft.__ua_function__ = counting
"""


@pytest.mark.parametrize(
    "code",
    [
        "scipy.fft.set_global_backend(fft, only=True)\n"
        "assert scipy.fft.fft([1.0])[0] == 1 and served == [('fft', True)]\n"
        "try:\n"
        "    scipy.fft.fht(np.ones(4), 0.1, 0.0)\n"
        "except Exception as error:\n"
        "    assert type(error).__name__ == 'BackendNotImplementedError'\n"
        "else:\n"
        "    assert False\n",
        "scipy.fft.register_backend(fft)\n"
        "with scipy.fft.skip_backend('scipy'):\n"
        "    assert scipy.fft.fft([1.0])[0] == 1 and served == [('fft', True)]\n",
    ],
)
def test_for_the_whole_process(code):
    run = subprocess.run(
        [sys.executable, "-c", GLOBAL + code], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


def test_scipy_is_not_imported():
    code = (
        "import sys, flipshift.fft; flipshift.fft.__ua_function__(len, ([1.0],), {});"
        "sys.exit(any(m.partition('.')[0] == 'scipy' for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

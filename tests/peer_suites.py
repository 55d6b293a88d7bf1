"""Run SciPy's and NumPy's own tests with flipshift's functions in the place of theirs.

    python tests/peer_suites.py signal [pytest options]

replaces the functions in the peer's public and private modules before its tests are imported,
counts the calls that arrive here, runs the chosen classes, and prints one line of JSON: how many
tests passed, failed and were skipped, and how many calls each function got. What is deselected is
listed, with reasons, in peer_suites.md.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import inspect
import json
import os
import pkgutil
import re
import sys
import warnings
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

TESTS_OF_CONVOLUTION = (
    "TestConvolve",
    "TestConvolve2d",
    "TestFFTConvolve",
    "TestOAConvolve",
    "TestAllFreqConvolves",
    "TestCorrelateReal",
    "TestCorrelateComplex",
    "TestCorrelate",
    "TestCorrelate2d",
    "test_convolve_longdtype_input",
    "test_correlation_lags",
    "test_correlation_lags_invalid_mode",
    "test_choose_conv_method",
    "test_choose_conv_method_2",
)
TESTS_OF_FILTERS = (
    "TestLinearFilterFloat32",
    "TestLinearFilterFloat64",
    "TestLinearFilterFloatExtended",
    "TestLinearFilterComplex64",
    "TestLinearFilterComplex128",
    "TestLinearFilterComplexExtended",
    "test_lfilter_bad_object",
    "test_lfilter_notimplemented_input",
)
TESTS_OF_IMAGE_FILTERS = (
    "TestNdimageFilters",
    "TestThreading",
    "test_bad_convolve_and_correlate_origins",
    "test_gaussian_filter_float16",
    "test_gaussian_radius",
    "test_gaussian_radius_invalid",
    "test_gaussian_truncate",
    "test_multiple_modes",
    "test_multiple_modes_gaussian_gradient_magnitude",
    "test_multiple_modes_gaussian_laplace",
    "test_multiple_modes_laplace",
    "test_multiple_modes_prewitt",
    "test_multiple_modes_sequentially",
    "test_multiple_modes_sobel",
    "test_multiple_modes_uniform",
    "test_orders_gauss",
    "test_uniform_filter1d_roundoff_errors",
    "test_valid_origins1",
    "test_valid_origins2",
)

# SciPy's own transforms: pocketfft, and from 1.18 on its successor.
NATIVE = "scipy.fft._duccfft"
if importlib.util.find_spec("scipy.fft._pocketfft"):
    NATIVE = "scipy.fft._pocketfft"

MODULES_OF_FFT = (
    "scipy.fft",
    "scipy.fft._basic",
    "scipy.fft._basic_backend",
    "scipy.fft._helper",
    NATIVE,
    NATIVE + ".basic",
)
MODULES_OF_LINALG = ("scipy.linalg", "scipy.linalg._basic", "scipy.linalg._special_matrices")
DCT_MODULES = (
    "scipy.fft",
    "scipy.fft._realtransforms",
    "scipy.fft._realtransforms_backend",
    NATIVE,
    NATIVE + ".realtransforms",
)

#: Suite: our module, SciPy's modules that hold the functions, its test module, what to run of it.
SUITES = {
    "signal": (
        "flipshift.signal",
        ("scipy.signal", "scipy.signal._signaltools", "scipy.signal._signal_api"),
        "scipy.signal.tests.test_signaltools",
        TESTS_OF_CONVOLUTION + TESTS_OF_FILTERS,
    ),
    "linalg": (
        "flipshift.linalg",
        MODULES_OF_LINALG,
        "scipy.linalg.tests.test_matmul_toeplitz",
        (),
    ),
    "solve_toeplitz": (
        "flipshift.linalg",
        MODULES_OF_LINALG,
        "scipy.linalg.tests.test_solve_toeplitz",
        (),
    ),
    "special_matrices": (
        "flipshift.linalg",
        MODULES_OF_LINALG,
        "scipy.linalg.tests.test_special_matrices",
        ("TestToeplitz", "TestCirculant", "TestConvolutionMatrix", "test_batch"),
    ),
    "solve_circulant": (
        "flipshift.linalg",
        MODULES_OF_LINALG,
        "scipy.linalg.tests.test_basic",
        ("TestSolveCirculant",),
    ),
    "fft": ("flipshift.fft", MODULES_OF_FFT, "scipy.fft.tests.test_basic", ()),
    "fft_helper": ("flipshift.fft", MODULES_OF_FFT, "scipy.fft.tests.test_helper", ()),
    "fft_threads": ("flipshift.fft", MODULES_OF_FFT, "scipy.fft.tests.test_multithreading", ()),
    "numpy_fft": ("flipshift.fft", ("numpy.fft",), "numpy.fft.tests.test_pocketfft", ()),
    "ndimage": (
        "flipshift.ndimage",
        ("scipy.ndimage",),
        "scipy.ndimage.tests.test_filters",
        TESTS_OF_IMAGE_FILTERS,
    ),
    "numpy_convolve": (
        "flipshift",
        ("numpy",),
        "numpy._core.tests.test_numeric",
        ("TestConvolve", "TestCorrelate"),
    ),
    "numpy_fft_helper": ("flipshift.fft", ("numpy.fft",), "numpy.fft.tests.test_helper", ()),
    "dct": ("flipshift.fft", DCT_MODULES, "scipy.fft.tests.test_real_transforms", ()),
    "dct_reference": (
        "flipshift.fft",
        DCT_MODULES,
        NATIVE + ".tests.test_real_transforms",
        (),
    ),
}


def deselected() -> list[str]:
    """The test ids in backquotes that begin the list items of peer_suites.md."""
    text = Path(__file__).with_suffix(".md").read_text(encoding="utf-8")
    return re.findall(r"^- `([^`]+::[^`]+)`", text, flags=re.MULTILINE)


class Counted:
    """One of our functions, counting its calls; it is pickled as the function itself."""

    def __init__(self, module: str, name: str, calls: Counter[str]) -> None:
        self.function = getattr(importlib.import_module(module), name)
        self.place = f"{module}:{name}"
        self.calls = calls
        functools.update_wrapper(self, self.function)

    def __call__(self, *args, **kwargs):
        self.calls[self.function.__name__] += 1
        return self.function(*args, **kwargs)

    def __reduce__(self):
        return pkgutil.resolve_name, (self.place,)


class AsNumPy(Counted):
    """One of our functions with the signature of its namesake in `numpy.fft`.

    What differs there: the parameters' names and order, `out` as the last of them, two deprecation
    warnings on `s`, axes that come twice, which are transformed one after the other, and the words
    of four errors, of which those of SciPy's functions are ours.
    """

    WORDS = (
        ("invalid number of data points", "Invalid number of FFT data points"),
        ("out must be a NumPy array", "out must be of ArrayType"),
        ("out has shape", "out has wrong shape"),
        ("out has dtype", "Cannot cast: out has dtype"),
    )

    def __init__(self, module: str, name: str, calls: Counter[str], original) -> None:
        super().__init__(module, name, calls)
        functools.update_wrapper(self, original)
        self.signature = inspect.signature(original)

    def __call__(self, *args, **kwargs):
        bound = self.signature.bind(*args, **kwargs)
        bound.apply_defaults()
        (_, x), *rest = bound.arguments.items()
        options = dict(rest)
        if options.get("s") is not None:
            options = self.checked_shape(x, options)
            axes = options["axes"]
            if len(set(axes)) < len(axes):
                return self.one_by_one(x, options)
        try:
            return super().__call__(x, **options)
        except (TypeError, ValueError) as error:
            text = str(error)
            for ours, numpys in self.WORDS:
                text = text.replace(ours, numpys)
            raise type(error)(text) from error

    def checked_shape(self, x, options):
        s, axes = list(options["s"]), options["axes"]
        if axes is None:
            warnings.warn("`axes` should not be `None` if `s` is not `None`", DeprecationWarning, 3)
            axes = range(-len(s), 0)
        if None in s:
            warnings.warn("Passing an array containing `None` values to `s`", DeprecationWarning, 3)
            s = [np.shape(x)[a] if n is None else n for n, a in zip(s, axes, strict=True)]
        return options | {"s": s, "axes": list(axes)}

    def one_by_one(self, x, options):
        assert self.function.__name__ == "rfftn", "the only one of which this is tested"
        ours = importlib.import_module(self.place.partition(":")[0])
        norm, out = options["norm"], options["out"]
        *steps, last = zip(options["s"], options["axes"], strict=True)
        self.calls["rfftn"] += 1
        x = ours.rfft(x, *last, norm)
        for n, axis in reversed(steps):
            x = ours.fft(x, n, axis, norm, out=out)
        return x


def keep_numpys_own() -> None:
    """Let flipshift's modules go on with the functions of NumPy that they rest on."""
    own = SimpleNamespace(**vars(np.fft))
    own_convolve, own_correlate = np.convolve, np.correlate

    class NumPy:
        fft = own
        convolve = staticmethod(own_convolve)
        correlate = staticmethod(own_correlate)

        def __getattr__(self, name):
            return getattr(np, name)

    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "flipshift" and getattr(module, "np", None) is np:
            module.np = NumPy()


def redirect(ours_name: str, peers: tuple[str, ...], calls: Counter[str]) -> None:
    """Put counting wrappers of our functions into the peer's modules."""
    if peers == ("numpy.fft",):
        return redirect_numpy(ours_name, calls)
    if peers == ("numpy",):
        importlib.import_module(ours_name)
        keep_numpys_own()
        for name in ("convolve", "correlate"):
            setattr(np, name, Counted(ours_name, name, calls))
        return None
    ours = importlib.import_module(ours_name)
    if ours_name == "flipshift.signal":  # ours goes on with SciPy's for filters with feedback
        importlib.import_module("flipshift._filter.lfilter").scipys()
    tables = importlib.import_module("scipy._lib._array_api")
    capabilities = getattr(tables, "xp_capabilities_table", {})
    for name in ours.__all__:
        counted = Counted(ours_name, name, calls)
        for peer in peers:
            if not importlib.util.find_spec(peer):
                continue  # a private module that this version of SciPy does not have
            module = importlib.import_module(peer)
            original = getattr(module, name, None)
            if original is None:
                continue
            # SciPy's test decorators look up what a function can do by the function itself.
            if original in capabilities:
                capabilities[counted] = capabilities[original]
            setattr(module, name, counted)


def redirect_numpy(ours_name: str, calls: Counter[str]) -> None:
    """The same for `numpy.fft`, whose functions have other signatures."""
    ours = importlib.import_module(ours_name)
    keep_numpys_own()
    for name in set(ours.__all__) & set(np.fft.__all__):
        original = getattr(np.fft, name)
        wrapper = Counted if "freq" in name or "shift" in name else AsNumPy
        more = (original,) if wrapper is AsNumPy else ()
        setattr(np.fft, name, wrapper(ours_name, name, calls, *more))


class Results:
    """Chooses the tests of a pytest run and counts their outcomes."""

    def __init__(self, classes: tuple[str, ...]) -> None:
        self.classes = classes
        self.outcomes: Counter[str] = Counter()
        self.failures: list[str] = []

    def pytest_runtest_logreport(self, report):
        if report.when == "call" or report.outcome != "passed":
            self.outcomes[report.outcome] += 1
            if report.outcome == "failed":
                self.failures.append(report.nodeid)

    def pytest_collectreport(self, report):
        if report.failed:
            self.outcomes["failed"] += 1
            self.failures.append(report.nodeid)

    def pytest_collection_modifyitems(self, config, items):
        left_out = set(deselected())
        if self.classes:
            items[:] = [i for i in items if _parts(i.nodeid)[1].split("[")[0] in self.classes]
        out = [item for item in items if "::".join(_parts(item.nodeid)) in left_out]
        if out:
            self.outcomes["deselected"] += len(out)
            config.hook.pytest_deselected(items=out)
            items[:] = [item for item in items if item not in out]


def _parts(nodeid: str) -> list[str]:
    """test_signaltools.py, TestConvolve, test_basic: without the path, wherever SciPy is."""
    path, *rest = nodeid.split("::")
    return [Path(path).name, *rest]


def main(suite: str, options: list[str]) -> int:
    """Run one suite in this process."""
    ours, peers, tests, classes = SUITES[suite]
    calls: Counter[str] = Counter()
    redirect(ours, peers, calls)
    results = Results(classes)
    file = importlib.util.find_spec(tests).origin
    basic = ["-q", "-c", os.devnull, "--rootdir", str(Path(file).parent)]
    status = pytest.main([*basic, "-p", "no:cacheprovider", *options, file], plugins=[results])
    report = {"status": int(status), **results.outcomes}
    print("peer suite: " + json.dumps({**report, "failures": results.failures, "calls": calls}))
    return int(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))

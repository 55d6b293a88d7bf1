"""Run SciPy's own tests with flipshift's functions in the place of SciPy's.

    python tests/peer_suites.py signal [pytest options]

replaces the functions in SciPy's public and private modules before its tests are imported, counts
the calls that arrive here, runs the chosen classes, and prints one line of JSON: how many tests
passed, failed and were skipped, and how many calls each function got. What is deselected is listed,
with reasons, in peer_suites.md.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import pkgutil
import re
import sys
from collections import Counter
from pathlib import Path

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

DCT_MODULES = (
    "scipy.fft",
    "scipy.fft._realtransforms",
    "scipy.fft._realtransforms_backend",
    "scipy.fft._pocketfft",
    "scipy.fft._pocketfft.realtransforms",
)

#: Suite: our module, SciPy's modules that hold the functions, its test module, what to run of it.
SUITES = {
    "signal": (
        "flipshift.signal",
        ("scipy.signal", "scipy.signal._signaltools", "scipy.signal._signal_api"),
        "scipy.signal.tests.test_signaltools",
        TESTS_OF_CONVOLUTION,
    ),
    "linalg": (
        "flipshift.linalg",
        ("scipy.linalg", "scipy.linalg._basic", "scipy.linalg._special_matrices"),
        "scipy.linalg.tests.test_matmul_toeplitz",
        (),
    ),
    "fft": (
        "flipshift.fft",
        (
            "scipy.fft",
            "scipy.fft._basic",
            "scipy.fft._basic_backend",
            "scipy.fft._helper",
            "scipy.fft._pocketfft",
            "scipy.fft._pocketfft.basic",
        ),
        "scipy.fft.tests.test_basic",
        (),
    ),
    "dct": ("flipshift.fft", DCT_MODULES, "scipy.fft.tests.test_real_transforms", ()),
    "dct_reference": (
        "flipshift.fft",
        DCT_MODULES,
        "scipy.fft._pocketfft.tests.test_real_transforms",
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


def redirect(ours_name: str, peers: tuple[str, ...], calls: Counter[str]) -> None:
    """Put counting wrappers of our functions into SciPy's modules."""
    ours = importlib.import_module(ours_name)
    tables = importlib.import_module("scipy._lib._array_api")
    capabilities = getattr(tables, "xp_capabilities_table", {})
    for name in ours.__all__:
        counted = Counted(ours_name, name, calls)
        for peer in peers:
            module = importlib.import_module(peer)
            original = getattr(module, name, None)
            if original is None:
                continue
            # SciPy's test decorators look up what a function can do by the function itself.
            if original in capabilities:
                capabilities[counted] = capabilities[original]
            setattr(module, name, counted)


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

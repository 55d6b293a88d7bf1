"""How a 1-D convolution is computed: `convolve_plan`, `convolve_blocks`, workers, and the costs.

Transforms of N points are off by at most about 7 log2(N) u |h|_1 |x|_2, as in test_convolve.
"""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from flipshift import _backend
from flipshift.__main__ import main

core = _backend.core
native = pytest.mark.skipif(_backend.name != "native", reason="of the native backend")
FLOATS = [np.float32, np.float64, np.complex64, np.complex128]


def sample(rng, n, dtype):
    x = rng.standard_normal(n)
    if np.dtype(dtype).kind == "c":
        x = x + 1j * rng.standard_normal(n)
    return x.astype(dtype)


def wide(x):
    return x.astype(np.clongdouble if x.dtype.kind == "c" else np.longdouble)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("size", [70, 71, 96, 128, 250, 297, 1000, 1024, 1029, 4096])
def test_blocks_of_any_length(size, dtype):
    """Even, odd and prime ones, several blocks and one, from any place to any other."""
    rng = np.random.default_rng(size)
    x, h = sample(rng, 900, dtype), sample(rng, 70, dtype)
    full = np.convolve(wide(x), wide(h))
    padded = np.concatenate([np.zeros(30), full, np.zeros(30)])
    norm = np.abs(wide(h)).sum() * np.sqrt((np.abs(wide(x)) ** 2).sum())
    bound = 7 * np.log2(4096) * np.finfo(dtype).eps / 2 * norm
    for start, n_out in [(0, full.size), (69, 831), (35, 900), (-30, full.size + 60), (500, 1)]:
        want = padded[30 + start : 30 + start + n_out]
        for a, b in ((x, h), (h, x)):
            out = np.full(n_out + 2, 77, dtype)
            core.convolve_blocks(a, b, out[1:-1], (start,), size, 1)
            assert out[0] == out[-1] == 77
            assert np.abs(wide(out[1:-1]) - want).max() <= bound


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("method", ["direct", "fft", "auto"])
def test_results_depend_on_neither_threads_nor_addresses(method, dtype):
    rng = np.random.default_rng(3)
    for n, m in [
        *[(37, 5), (300, 7), (1003, 33), (1005, 9), (5001, 64), (70_001, 100), (9000, 8000)],
        *[(40_003, m) for m in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)],
    ]:
        x, h = sample(rng, n, dtype), sample(rng, m, dtype)
        for start, n_out in [(0, n + m - 1), ((m - 1) // 2, n), (m - 1, n - m + 1)]:
            first = np.empty(n_out, dtype)
            core.convolve(x, h, first, (start,), method, 1)
            for offset, workers in [(1, 1), (2, 2), (3, 7)]:
                out = np.empty(n_out + offset, dtype)[offset:]
                core.convolve(x, h, out, (start,), method, workers)
                np.testing.assert_array_equal(out, first)


@pytest.mark.parametrize("dtype", FLOATS)
def test_plan(dtype):
    dtype = np.dtype(dtype)
    for n, m, n_out, start in [
        (1, 1, 1, 0),
        (100, 3, 102, 0),
        (3, 100, 98, 2),
        (1000, 200, 1000, 99),
        (50_000, 700, 50_699, 0),
        (10**6, 10**5, 900_001, 10**5 - 1),
        (10**6, 10**6, 2 * 10**6 - 1, 0),
        (100, 100, 5, -40),
    ]:
        plan = core.convolve_plan(n, m, n_out, start, dtype)
        methods = [method for method, *_ in plan]
        assert sorted(methods) == sorted(set(methods))
        assert {"direct", "fft"} <= set(methods) <= {"direct", "fft", "overlap-save"}
        for method, block, blocks, nanoseconds in plan:
            assert nanoseconds > 0
            if method == "direct":
                assert block == blocks == 0
            else:
                assert block >= min(n, m)
                assert blocks >= 1
            if method == "overlap-save":
                step = block - min(n, m) + 1
                assert (blocks - 1) * step < n_out <= blocks * step
    assert core.convolve_plan(10**6, 10**6, 2 * 10**6 - 1, 0, dtype)[0][0] != "direct"
    assert core.convolve_plan(1000, 3, 1002, 0, dtype)[0][0] == "direct"


@native
def test_plan_of_a_long_signal_has_short_blocks():
    """One transform of everything would not stay in the caches."""
    method, block, blocks, _ = core.convolve_plan(10**7, 1000, 10**7, 500, np.dtype(np.float32))[0]
    assert method == "overlap-save"
    assert block <= 2**17
    assert blocks > 50


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    path = tmp_path_factory.mktemp("costs") / "costs.txt"
    assert main(["calibrate", "--quick", "--out", str(path)]) == 0
    return path


def source_of_costs(path):
    """The costs in use if FLIPSHIFT_COSTS is `path`, or the last line of the error."""
    done = subprocess.run(
        [sys.executable, "-c", "import flipshift._core as core; print(core.costs)"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "FLIPSHIFT_COSTS": str(path)},
    )
    return (done.stdout or done.stderr).splitlines()[-1]


@native
def test_calibrate_writes_what_the_library_reads(measured):
    assert source_of_costs(measured) == str(measured)
    assert source_of_costs("") == "built in"


@native
def test_errors_in_the_costs(measured, tmp_path):
    text = measured.read_text()
    first, rest = text.split("\n", 1)
    changed = {
        "is not a table": "nonsense",
        "is for the instruction set v0": "flipshift-costs 3 v0\n" + rest,
        "has no 3 numbers for 'float64 transforms'": text.replace(
            "float64 transforms", "float64 transforms -", 1
        ),
        "has no line 'complex64 block-7'": text.replace("complex64 block-7", "complex64 block-8"),
        "has no 11 numbers for 'complex128 kernel-15'": text.rsplit(" ", 1)[0],
        "has no 8 numbers for 'float32 direct'": text.replace("direct ", "direct -"),
    }
    for sentence, wrong in changed.items():
        path = tmp_path / "wrong.txt"
        path.write_text(wrong)
        error = source_of_costs(path)
        assert f"FLIPSHIFT_COSTS is '{path}', which {sentence}" in error
    assert "cannot be read" in source_of_costs(tmp_path / "none.txt")
    assert first.startswith("flipshift-costs 3 ")


def test_calibrate_that_fails(capsys, monkeypatch, tmp_path):
    from flipshift._cli import calibrate

    monkeypatch.setattr(calibrate.Measurement, "run", lambda *_: None)
    monkeypatch.setattr(calibrate.Measurement, "lines", lambda _: iter(()))
    if _backend.name == "native":
        assert main(["calibrate", "--out", str(tmp_path / "none" / "costs.txt")]) == 2
        assert "cannot write" in capsys.readouterr().err
    else:
        assert main(["calibrate"]) == 2
        assert "native" in capsys.readouterr().err

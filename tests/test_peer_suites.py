"""SciPy's and NumPy's own tests pass with flipshift's functions in the place of theirs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("scipy", minversion="1.17", reason="our functions follow SciPy from 1.17 on")

RUNNER = Path(__file__).with_name("peer_suites.py")

OF_DCT = ["dct", "idct", "dst", "idst", "dctn", "idctn", "dstn", "idstn"]

#: Suite: at least so many passed tests, and so many calls to each of these functions.
LEAST = {
    "signal": (
        1000,
        {
            "convolve": 500,
            "correlate": 100,
            "convolve2d": 20,
            "correlate2d": 5,
            "fftconvolve": 500,
            "oaconvolve": 500,
            "choose_conv_method": 10,
            "correlation_lags": 10,
            "lfilter": 500,
        },
    ),
    "linalg": (4, {"matmul_toeplitz": 10, "toeplitz": 10}),
    "solve_toeplitz": (20, {"solve_toeplitz": 80, "toeplitz": 10}),
    "special_matrices": (70, {"toeplitz": 10, "circulant": 7, "convolution_matrix": 70}),
    "solve_circulant": (30, {"solve_circulant": 80, "circulant": 7}),
    "fft": (
        100,
        {
            **dict.fromkeys(["fft", "ifft", "rfft", "irfft"], 300),
            **dict.fromkeys(["hfft", "ihfft"], 20),
            **dict.fromkeys(["fft2", "ifft2", "fftn", "ifftn"], 50),
            **dict.fromkeys(["rfft2", "irfft2", "rfftn", "irfftn"], 10),
            **dict.fromkeys(["hfft2", "ihfft2", "hfftn", "ihfftn"], 10),
        },
    ),
    "fft_helper": (
        20,
        {
            **dict.fromkeys(["next_fast_len", "prev_fast_len"], 1000),
            **dict.fromkeys(["fftshift", "ifftshift", "fftfreq", "rfftfreq"], 5),
        },
    ),
    "fft_threads": (
        30,
        {
            **dict.fromkeys(["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"], 4),
            **dict.fromkeys(["fftn", "ifftn", "rfftn", "irfftn", "hfftn", "ihfftn"], 4),
            **dict.fromkeys(["set_workers", "get_workers"], 5),
        },
    ),
    "numpy_fft": (
        100,
        {
            **dict.fromkeys(["fft", "ifft", "rfft", "irfft"], 300),
            **dict.fromkeys(["fftn", "ifftn", "fft2", "ifft2", "rfftn", "irfftn"], 20),
            **dict.fromkeys(["hfft", "ihfft"], 10),
        },
    ),
    "ndimage": (
        2000,
        {
            **dict.fromkeys(["correlate", "convolve", "correlate1d", "convolve1d"], 1000),
            **dict.fromkeys(["uniform_filter", "gaussian_filter"], 100),
            **dict.fromkeys(["laplace", "gaussian_laplace", "gaussian_gradient_magnitude"], 80),
            **dict.fromkeys(["prewitt", "sobel"], 50),
            **dict.fromkeys(["uniform_filter1d", "gaussian_filter1d", "generic_laplace"], 5),
        },
    ),
    "numpy_convolve": (10, {"convolve": 8, "correlate": 15}),
    "numpy_fft_helper": (
        8,
        {
            **dict.fromkeys(["fftshift", "ifftshift"], 100),
            **dict.fromkeys(["fftfreq", "rfftfreq"], 4),
        },
    ),
    "dct": (2000, dict.fromkeys(OF_DCT, 500)),
    "dct_reference": (1500, dict.fromkeys(OF_DCT, 50)),
}


@pytest.mark.parametrize("suite", LEAST)
def test_peer_suite(suite):
    # What SciPy marks as slow (10347 lengths of one test) is run by hand: peer_suites.md.
    run = subprocess.run(
        [sys.executable, str(RUNNER), suite, "--tb=short", "-m", "not slow"],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in run.stdout.splitlines() if line.startswith("peer suite: ")]
    assert lines, f"{run.stdout[-5000:]}\n{run.stderr[-5000:]}"
    report = json.loads(lines[-1].removeprefix("peer suite: "))
    assert not report["failures"], run.stdout[-10000:]
    assert run.returncode == 0, run.stdout[-5000:]
    passed, calls = LEAST[suite]
    assert report["passed"] >= passed
    for name, least in calls.items():
        assert report["calls"].get(name, 0) >= least, f"{name} was hardly called: {report['calls']}"


def test_the_runner_notices_a_wrong_function(tmp_path):
    """With a wrong `toeplitz` in place the same run fails: the redirection is real."""
    wrong = tmp_path / "wrong.py"
    wrong.write_text(
        "import sys\n"
        f"sys.path.insert(0, {str(RUNNER.parent)!r})\n"
        "import flipshift.linalg\n"
        "right = flipshift.linalg.matmul_toeplitz\n"
        "flipshift.linalg.matmul_toeplitz = lambda *args, **kwargs: 2 * right(*args, **kwargs)\n"
        "import peer_suites\n"
        "sys.exit(peer_suites.main('linalg', []))\n",
        encoding="utf-8",
    )
    run = subprocess.run([sys.executable, str(wrong)], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "peer suite: " in run.stdout

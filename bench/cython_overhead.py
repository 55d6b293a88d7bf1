"""What a call costs from a typed Cython loop: NumPy, SciPy and flipshift at n = 16 and 64.

python bench/cython_overhead.py

Builds cython_overhead.pyx in a temporary folder (with Cython, setuptools and a C compiler) and
prints nanoseconds per call, the least of many rounds that take turns: `rfft` of float64 and the
convolution with 5 taps. Users that embed short transforms in compiled loops pay these figures;
the time of the empty call shows what the loop itself takes.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np

TAPS = np.hanning(7)[1:-1]
SOURCE = Path(__file__).with_suffix(".pyx")
#: Rounds are short, so that some are not disturbed.
ROUNDS, CALLS = 200, 100


def built(folder: str):
    """The compiled module."""
    script = (
        "from Cython.Build import cythonize; from setuptools import setup; "
        f"setup(name='cython_overhead', ext_modules=cythonize({SOURCE.name!r}), "
        "script_args=['-q', 'build_ext', '--inplace'])"
    )
    (Path(folder) / SOURCE.name).write_bytes(SOURCE.read_bytes())
    subprocess.run([sys.executable, "-c", script], cwd=folder, check=True)
    (path,) = (p for p in Path(folder).glob("cython_overhead*") if p.suffix in (".so", ".pyd"))
    spec = importlib.util.spec_from_file_location("cython_overhead", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def functions():
    """The rows: what is called, by each library."""
    import scipy.fft
    import scipy.signal

    import flipshift

    plans = {n: flipshift.fft.Plan("rfft", n, "float64") for n in (16, 64)}
    return {
        "rfft": {
            "numpy": np.fft.rfft,
            "scipy": scipy.fft.rfft,
            "flipshift": flipshift.fft.rfft,
            "flipshift, Plan": plans,
        },
        "convolve, 5 taps": {
            "numpy": np.convolve,
            "scipy": scipy.signal.convolve,
            "flipshift": flipshift.signal.convolve,
            "flipshift, Convolver": flipshift.signal.Convolver(TAPS),
        },
    }


def measured(module, calls, arguments, second):
    """The least nanoseconds of one call of each."""
    best = dict.fromkeys(calls, float("inf"))
    for _ in range(ROUNDS):
        for name, function in calls.items():
            begin = perf_counter()
            module.calls(function, arguments, CALLS, None if "Convolver" in name else second)
            best[name] = min(best[name], (perf_counter() - begin) / CALLS)
    return {name: 1e9 * seconds for name, seconds in best.items()}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        module = built(folder)
        print(f"{'':18}{'n':>4}  {'call':24}{'ns':>8}")
        for title, row in functions().items():
            second = TAPS if title.startswith("convolve") else None
            for n in (16, 64):
                arguments = list(np.random.default_rng(0).standard_normal((8, n)))
                calls = {k: v[n] if isinstance(v, dict) else v for k, v in row.items()}
                calls["empty call"] = module.identity
                for name, time in measured(module, calls, arguments, second).items():
                    print(f"{title:18}{n:4}  {name:24}{time:8.0f}")


if __name__ == "__main__":
    main()

"""How each library is called: its best call for what several topics need.

A peer gets memory for its result where it takes some, the number of threads that flipshift gets,
kernels that were reversed beforehand where it correlates, and plans made beforehand where it plans.
Reasons are in ``bench/README.md``.
"""

from __future__ import annotations

from importlib import metadata
from importlib.util import find_spec

from .cases.case import Call

#: Modules of peers, and the distributions that may have brought them.
LIBRARIES = {
    "numpy": ("numpy",),
    "scipy": ("scipy",),
    "ducc0": ("ducc0",),
    "mkl_fft": ("mkl_fft", "mkl-fft"),
    "pyfftw": ("pyFFTW",),
    "cv2": ("opencv-python", "opencv-python-headless", "opencv-contrib-python"),
    "skimage": ("scikit-image",),
    "torch": ("torch",),
}


def version(library: str) -> str | None:
    """Return the version of a library without importing it, or None if it is not installed.

    Examples
    --------
    >>> version("numpy") is None
    False
    """
    if find_spec(library) is None:
        return None
    for distribution in LIBRARIES.get(library, (library,)):
        try:
            return metadata.version(distribution)
        except metadata.PackageNotFoundError:
            continue
    return "unknown version"


def installed() -> list[str]:
    """Return the names of the peers that are there.

    Examples
    --------
    >>> "numpy" in installed()
    True
    """
    return [library for library in LIBRARIES if find_spec(library) is not None]


#: The context ends with the last reference to it.
_WORKERS = "{module}_workers = {module}.fft.set_workers({threads})\n{module}_workers.__enter__()\n"


def flipshift(statement: str, threads: int, setup: str = "") -> Call:
    """Return the call of flipshift."""
    start = "import flipshift\n"
    if threads != 1:
        start += _WORKERS.format(module="flipshift", threads=threads)
    return Call("flipshift", statement, start + setup)


def scipy(module: str, statement: str, threads: int = 1, name: str = "", setup: str = "") -> Call:
    """Return a call of a function of ``scipy.<module>``."""
    start = f"import scipy.{module}\n"
    if threads != 1:
        start += "import scipy.fft\n" + _WORKERS.format(module="scipy", threads=threads)
    return Call(name or "scipy", statement, start + setup, "scipy")


def torch(statement: str, threads: int, setup: str = "") -> Call:
    """Return a call of PyTorch; its setup gets the tensors ready."""
    start = f"import torch\ntorch.set_grad_enabled(False)\ntorch.set_num_threads({threads})\n"
    return Call("torch", statement, start + setup)


def cv2(statement: str, threads: int, setup: str = "") -> Call:
    """Return a call of OpenCV."""
    return Call("cv2", statement, f"import cv2\ncv2.setNumThreads({threads})\n" + setup)


#: The names of transforms in ducc0, and their arguments.
_DUCC0 = {
    "fft": ("c2c", ""),
    "ifft": ("c2c", ", forward=False, inorm=2"),
    "rfft": ("r2c", ""),
    "irfft": ("c2r", ", lastsize={n}, forward=False, inorm=2"),
    "fft2": ("c2c", ""),
    "rfft2": ("r2c", ""),
    "dct": ("dct", ", 2"),
}


def transforms(name: str, shape: tuple[int, ...], threads: int) -> tuple[Call, ...]:
    """Return the calls of a transform of ``x``, which return new arrays.

    Parameters
    ----------
    name : str
        What scipy.fft calls it.
    shape : tuple of int
        That of ``x``.
    threads : int
    """
    function, more = _DUCC0[name]
    n = 2 * (shape[-1] - 1)
    more = more.format(n=n)
    if len(shape) > 1 and not name.endswith("2"):
        more += ", axes=(-1,)"
    if threads != 1:
        more += f", nthreads={threads}"
    calls = [
        flipshift(f"flipshift.fft.{name}(x)", threads),
        scipy("fft", f"scipy.fft.{name}(x)", threads),
        Call("ducc0", f"ducc0.fft.{function}(x{more})", "import ducc0\n"),
    ]
    if name != "dct":
        calls += [
            Call("numpy", f"np.fft.{name}(x)"),
            Call("mkl_fft", f"mkl_fft.{name}(x)", "import mkl_fft\n"),
            torch(f"torch.fft.{name}(t)", threads, "t = torch.from_numpy(x)\n"),
        ]
    return tuple(calls)


def prepared_transforms(name: str, threads: int) -> tuple[Call, ...]:
    """Return the calls of 'fft' or 'rfft' of ``x`` of one dimension into memory that is there.

    ``out`` has to be there, of the result's shape and dtype.
    """
    function, _ = _DUCC0[name]
    more = f", nthreads={threads}" if threads != 1 else ""
    return (
        flipshift(
            "plan(x, out)", threads, f"plan = flipshift.fft.Plan({name!r}, x.shape, x.dtype)\n"
        ),
        Call(
            "pyfftw",
            "fftw()",
            "import pyfftw\n"
            "a = pyfftw.empty_aligned(x.shape, x.dtype)\n"
            "b = pyfftw.empty_aligned(out.shape, out.dtype)\n"
            f"fftw = pyfftw.FFTW(a, b, flags=('FFTW_MEASURE',), threads={threads}, "
            "planning_timelimit=2.0)\n"
            "a[:] = x\n",
        ),
        Call("ducc0", f"ducc0.fft.{function}(x, out=out{more})", "import ducc0\n"),
        Call("numpy", f"np.fft.{name}(x, out=out)"),
        Call("mkl_fft", f"mkl_fft.{name}(x, out=out)", "import mkl_fft\n"),
        torch(
            f"torch.fft.{name}(t, out=o)",
            threads,
            "t, o = torch.from_numpy(x), torch.from_numpy(out)\n",
        ),
    )

"""``python -m flipshift info``: what is installed and what is in use."""

from __future__ import annotations

import platform
import sys
from importlib import metadata
from importlib.util import find_spec

from .._config import show_config
from .common import processor

#: Import name and distribution names of the libraries that flipshift can stand in for or be
#: compared with.
PEERS = {
    "numpy": ("numpy",),
    "scipy": ("scipy",),
    "ducc0": ("ducc0",),
    "mkl_fft": ("mkl_fft", "mkl-fft"),
    "pyfftw": ("pyFFTW",),
    "cv2": ("opencv-python", "opencv-python-headless", "opencv-contrib-python"),
    "torch": ("torch",),
}


def peer_version(module: str) -> str | None:
    """Return the version of a peer without importing it, or None if it is not installed.

    Parameters
    ----------
    module : str
        A key of `PEERS`.

    Examples
    --------
    >>> peer_version("numpy") is None
    False
    """
    if find_spec(module) is None:
        return None
    for distribution in PEERS[module]:
        try:
            return metadata.version(distribution)
        except metadata.PackageNotFoundError:
            continue
    return "unknown version"


def facts() -> dict[str, str]:
    """Return what `run` prints, as names and values.

    Examples
    --------
    >>> facts()["backend"] in ("native", "numpy")
    True
    """
    config = show_config("dicts")
    no_core = "none (the NumPy backend is in use)"
    found = {
        "flipshift": config["version"],
        "backend": config["backend"],
        "instruction set": config["isa"] or no_core,
        "of the processor": config["processor isa"] or "not asked (the NumPy backend is in use)",
        "compiler": config["compiler"] or no_core,
        "processor": processor(),
        "python": f"{config['python']} ({sys.implementation.name})",
        "system": f"{platform.system()} {config['machine']}",
    }
    for peer in PEERS:
        found[peer] = peer_version(peer) or "not installed"
    return found


def run() -> int:
    """Print the facts, one a line."""
    found = facts()
    width = max(map(len, found))
    for name, value in found.items():
        print(f"{name:<{width}}  {value}")
    return 0

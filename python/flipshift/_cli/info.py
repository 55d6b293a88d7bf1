"""``python -m flipshift info``: what is installed and what is in use."""

from __future__ import annotations

import platform
import sys

from .._bench.peers import LIBRARIES, version
from .._config import show_config
from .common import processor


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
    for peer in LIBRARIES:
        found[peer] = version(peer) or "not installed"
    return found


def run() -> int:
    """Print the facts, one a line."""
    found = facts()
    width = max(map(len, found))
    for name, value in found.items():
        print(f"{name:<{width}}  {value}")
    return 0

"""What is in use: version, backend, instruction set."""

from __future__ import annotations

import platform
from importlib import metadata
from typing import Any, Literal, overload

import numpy as np

from . import _backend

__all__ = ["__version__", "show_config"]

#: The version stands in pyproject.toml; the installed metadata and the native core have it from
#: there. A source tree that is not installed runs on NumPy and has none.
try:
    __version__: str = metadata.version("flipshift")
except metadata.PackageNotFoundError:
    __version__ = str(getattr(_backend.core, "__version__", "0+unknown"))


@overload
def show_config(mode: Literal["stdout"] = ...) -> None: ...
@overload
def show_config(mode: Literal["dicts"]) -> dict[str, Any]: ...


def show_config(mode: str = "stdout") -> dict[str, Any] | None:
    """Show what flipshift runs on.

    Parameters
    ----------
    mode : {'stdout', 'dicts'}, optional
        Print it, or return it.

    Returns
    -------
    config : dict, or None
        ``version``; ``backend``, 'native' or 'numpy'; ``isa``, the instruction set of the kernels
        in use, and ``processor isa``, the best that the processor has (None on the NumPy backend);
        ``compiler``; ``numpy`` and ``python``, versions; ``machine``.

    Raises
    ------
    ValueError
        If `mode` is unknown.

    Notes
    -----
    The environment variable FLIPSHIFT_BACKEND chooses the backend ('native' or 'numpy'),
    FLIPSHIFT_ISA caps the instruction set ('v2', 'v3', 'v4' for x86-64; 'neon').

    Examples
    --------
    >>> import flipshift
    >>> flipshift.show_config("dicts")["backend"] in ("native", "numpy")
    True
    """
    if mode not in ("stdout", "dicts"):
        raise ValueError(f"mode must be 'stdout' or 'dicts', not {mode!r}")
    core = _backend.core
    config = {
        "version": __version__,
        "backend": _backend.name,
        "isa": getattr(core, "isa", None),
        "processor isa": getattr(core, "processor_isa", None),
        "compiler": getattr(core, "compiler", None),
        "numpy": np.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
    if mode == "dicts":
        return config
    for key, value in config.items():
        print(f"{key + ':':15}{value if value is not None else '-'}")
    return None

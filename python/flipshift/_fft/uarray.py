"""What makes `flipshift.fft` a backend of `scipy.fft`: ``scipy.fft.set_backend(flipshift.fft)``.

SciPy's functions are multimethods of its module uarray, which asks backends in turn by calling
``__ua_function__(method, args, kwargs)``. The arguments come as the user gave them, those equal to
their default left out. What a backend returns is the result, unless it is NotImplemented: then the
next one is asked. What it raises reaches the user. SciPy itself is not imported here: it is there
already when it calls.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from . import arguments

__all__ = ["__ua_domain__", "__ua_function__"]

#: Which multimethods are meant: those of `scipy.fft`.
__ua_domain__ = "numpy.scipy.fft"

_Function = Callable[..., Any]

#: Of each multimethod met so far the function that does the same, None if there is none.
_functions: dict[Any, _Function | None] = {}

#: Kinds of dtypes that can be transformed, object arrays if their elements are numbers.
_KINDS = frozenset("biufcO")


def _lookup(method: Any) -> _Function | None:
    """Our function of the name of `method`."""
    from .. import fft

    name = getattr(method, "__name__", None)
    function = getattr(fft, name) if isinstance(name, str) and name in fft.__all__ else None
    _functions[method] = function
    return function


def _takes(x: Any) -> bool:
    """Whether `x` is data that the functions of `flipshift.fft` transform."""
    if isinstance(x, np.ndarray):
        return x.dtype.kind in _KINDS
    if isinstance(x, list | tuple | int | float | complex | np.generic):
        try:
            return np.asarray(x).dtype.kind in _KINDS
        except (TypeError, ValueError):
            return False
    # Arrays of other libraries have backends of their own, on other devices perhaps.
    return hasattr(x, "__array__") and not hasattr(x, "__array_namespace__")


def __ua_function__(method: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Do what `method` of `scipy.fft` is asked to do, or return NotImplemented.

    Parameters
    ----------
    method : callable
        A multimethod of `scipy.fft`.
    args, kwargs : tuple, dict
        Its arguments.

    Returns
    -------
    y : ndarray or NotImplemented
        NotImplemented for functions that `flipshift.fft` does not have, for data that are no NumPy
        arrays nor become some, and for a `plan` that is none of ours.

    Notes
    -----
    ``scipy.fft.set_workers`` counts as well, where ``flipshift.fft.set_workers`` is not in effect.

    Examples
    --------
    >>> import flipshift.fft
    >>> def fft(x):
    ...     "Stands for the multimethod of SciPy."
    >>> flipshift.fft.__ua_function__(fft, ([1.0, 0.0],), {}).real
    array([1., 1.])
    """
    try:
        function = _functions[method]
    except KeyError:
        function = _lookup(method)
    if function is None:
        return NotImplemented
    x = args[0] if args else kwargs.get("x")
    if not _takes(x):
        return NotImplemented
    if "plan" in kwargs:
        from .plan import Plan

        if not isinstance(kwargs["plan"], Plan | None):
            return NotImplemented
    scipy_fft = sys.modules.get("scipy.fft")
    workers: int = 1 if scipy_fft is None else scipy_fft.get_workers()
    if workers != 1 and not arguments.workers_are_set():
        with arguments.set_workers(workers):
            return function(*args, **kwargs)
    return function(*args, **kwargs)

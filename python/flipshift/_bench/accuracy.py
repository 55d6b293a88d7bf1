"""The error of each call against the same result in extended precision.

The reference is in longdouble, by the definition or by SciPy's transforms (``exact.py``): 64 bits
instead of the 53 of double precision on x86-64. Where longdouble is no longer than double, single
precision alone is measured.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .cases import Call, Case, namespace

#: The reference needs so many bits more than what it judges.
_BITS = 8


def can_judge(case: Case) -> bool:
    """Return whether extended precision is enough more than that of a case."""
    if not case.exact:
        return False
    gained = float(np.finfo(case.dtype).eps) / float(np.finfo(np.longdouble).eps)
    return bool(gained >= 2**_BITS)


def errors(case: Case, calls: list[Call]) -> list[float] | None:
    """Return the relative error in the 2-norm of the value of each call, or None.

    Examples
    --------
    >>> call = Call("numpy", "x + 1")
    >>> case = Case("t", "g", "n", "float32", 2, "x = np.ones(2, 'f')", (call,), 8, 40, 2,
    ...             exact="x.astype('g') + 1.5")
    >>> errors(case, [call])
    [0.2]
    """
    if not can_judge(case):
        return None
    names = namespace(case, calls)
    exec("import scipy.fft, scipy.signal\nfrom flipshift._bench import exact", names)
    exact = np.asarray(eval(case.exact, names))
    found = []
    for call in calls:
        for _ in range(case.times):
            value = eval(call.statement, names)
        value = np.asarray(value).reshape(exact.shape)
        found.append(float(_norm(_wide(value) - exact) / _norm(exact)))
    return found


def _wide(x: Any) -> Any:
    return x.astype(np.result_type(x, np.longdouble))


def _norm(x: Any) -> Any:
    """The 2-norm in the precision of x, which numpy.linalg does not keep."""
    return np.sqrt((np.abs(x) ** 2).sum())

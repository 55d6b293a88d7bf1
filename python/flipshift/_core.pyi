"""The native backend; `flipshift._backend` says what the functions do."""

from collections.abc import Sequence
from typing import Any

import numpy as np

__version__: str
compiler: str
isa: str
processor_isa: str

_Array = np.ndarray[Any, Any]

def c2c(
    x: _Array, out: _Array, axes: Sequence[int], forward: bool, scale: float, workers: int
) -> None: ...
def r2c(
    x: _Array, out: _Array, axes: Sequence[int], forward: bool, scale: float, workers: int
) -> None: ...
def c2r(
    x: _Array, out: _Array, axes: Sequence[int], forward: bool, scale: float, workers: int
) -> None: ...
def dct(
    x: _Array,
    out: _Array,
    axes: Sequence[int],
    kind: str,
    type: int,
    scale: float,
    orthogonalize: bool,
    workers: int,
) -> None: ...
def line(x: object, kind: int) -> _Array | None: ...
def good_size(n: int) -> int: ...
def convolve(x: _Array, h: _Array, out: _Array, start: Sequence[int], method: str) -> None: ...
def convolve_method(n: int, m: int, n_out: int, dtype: np.dtype[Any]) -> str: ...
def convolve2d(
    x: _Array,
    h: _Array,
    out: _Array,
    start: Sequence[int],
    boundary: str,
    fillvalue: Any,
    method: str,
) -> None: ...
def toeplitz_matmul(c: _Array, r: _Array, x: _Array, out: _Array, workers: int) -> None: ...

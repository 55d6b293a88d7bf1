"""The native backend; `flipshift._backend` says what the functions do."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from typing_extensions import Self

__version__: str
compiler: str
isa: str
processor_isa: str
costs: str

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
def transform(
    kind: int, x: object, lengths: object, axes: object, norm: object, workers: int, out: object, /
) -> _Array | None: ...
def trigonometric(
    kind: int,
    x: object,
    type: object,
    lengths: object,
    axes: object,
    norm: object,
    workers: int | None,
    orthogonalize: object,
    out: object,
    /,
) -> _Array | None: ...

class LinePlan:
    def __new__(
        cls, kind: str, n: int, single: bool, forward: bool, scale: float, /
    ) -> LinePlan: ...
    def __call__(self, x: _Array, out: _Array | None = None) -> _Array: ...

def describe(n: int, lines: int, contiguous: bool, real: bool, single: bool) -> str: ...
def plan_cache_info() -> list[tuple[str, int, int, int, int, int]]: ...
def plan_cache_clear() -> None: ...
def good_size(n: int) -> int: ...
def convolve_line(
    x: object, h: object, mode: object, method: object, kind: int, out: object, workers: int = 0, /
) -> _Array | None: ...
def convolve(
    x: _Array, h: _Array, out: _Array, start: Sequence[int], method: str, workers: int = 1
) -> None: ...
def convolve_blocks(
    x: _Array, h: _Array, out: _Array, start: Sequence[int], size: int, workers: int = 1
) -> None: ...
def convolve_plan(
    n: int,
    m: int,
    n_out: int,
    start: int,
    dtype: np.dtype[Any],
    outer: int = 1,
    inner: int = 1,
) -> list[tuple[str, int, int, float]]: ...
def convolve_work(
    n: int, m: int, n_out: int, start: int, dtype: np.dtype[Any]
) -> tuple[float, float, float, float, float]: ...
def convolve_along(
    x: object,
    h: object,
    mode: object,
    method: object,
    axis: object,
    kind: int,
    workers: int,
    out: object,
    /,
) -> _Array | None: ...
def convolve_lines(
    x: _Array, h: _Array, out: _Array, start: int, method: str, workers: int
) -> None: ...
def convolve_method(n: int, m: int, n_out: int, dtype: np.dtype[Any]) -> str: ...
def convolve_axis(
    x: _Array,
    h: _Array,
    out: _Array,
    start: int,
    workers: int,
    boundary: str = "fill",
    fillvalue: Any = 0,
) -> None: ...
def convolve_axis_blocks(
    x: _Array, h: _Array, out: _Array, start: int, size: int, workers: int
) -> None: ...

class PreparedKernel:
    def __new__(cls, h: _Array | None, mode: str, workers: int, /) -> PreparedKernel: ...
    def __call__(self, x: _Array, out: _Array | None = None) -> _Array: ...
    def rows(self, x: _Array, out: _Array, start: int, /) -> None: ...

class PartitionedStream:
    def __new__(
        cls,
        kernel: PreparedKernel,
        shape: tuple[int, ...],
        taps: int,
        block: int,
        workers: int,
        /,
    ) -> PartitionedStream: ...
    def process(self, x: _Array, out: _Array | None = None) -> _Array: ...
    def run(self, x: _Array, out: _Array, /) -> None: ...
    def exchange_kernel(self, kernel: PreparedKernel, fade: int, /) -> None: ...
    def clear(self) -> None: ...
    def heard_taps(self) -> int: ...
    def partitions(self) -> list[tuple[int, int]]: ...

def convolve2d(
    x: _Array,
    h: _Array,
    out: _Array,
    start: Sequence[int],
    boundary: tuple[str, str],
    fillvalue: Any,
    method: str,
    workers: int,
) -> None: ...
def convolve2d_pixels(
    x: _Array,
    h: _Array,
    out: _Array,
    start: Sequence[int],
    boundary: tuple[str, str],
    fillvalue: int,
    workers: int,
) -> None: ...
def separable2d(
    x: _Array,
    columns: _Array,
    rows: _Array,
    out: _Array,
    start: Sequence[int],
    boundary: tuple[str, str],
    fillvalue: tuple[Any, Any],
    workers: int,
    /,
) -> None: ...
def moving_average_line(
    x: object, n: object, axis: object, mode: object, out: object, workers: int, /
) -> _Array | None: ...
def running_sum(
    x: _Array,
    out: _Array,
    n: int,
    start: int,
    divisor: float,
    workers: int,
    boundary: str = "fill",
    fillvalue: Any = 0,
    /,
) -> None: ...
def box2d(
    x: _Array,
    out: _Array,
    sizes: tuple[int, int],
    start: tuple[int, int],
    divisors: tuple[float, float],
    boundary: tuple[str, str],
    fillvalue: tuple[Any, Any],
    workers: int,
) -> None: ...
def convolve2d_image(
    x: object,
    h: object,
    mode: object,
    boundary: object,
    fillvalue: object,
    correlation: bool,
    workers: int,
    out: object,
    separable: object,
    /,
) -> _Array | None: ...
def convolve2d_plan(
    x_shape: Sequence[int], h: _Array, out_shape: Sequence[int], start: Sequence[int]
) -> list[tuple[str, tuple[int, int], int, float]]: ...
def filter_image(*args: object) -> _Array | None: ...
def laplace_image(*args: object) -> _Array | None: ...
def filter_lines(*args: object) -> _Array | None: ...
def filter_separably(*args: object) -> _Array | None: ...
def mean_image(*args: object) -> _Array | None: ...
def mean_lines(*args: object) -> _Array | None: ...
def match_template(image: _Array, template: _Array, out: _Array, workers: int) -> None: ...
def toeplitz_matmul(c: _Array, r: _Array, x: _Array, out: _Array, workers: int) -> None: ...
def toeplitz_solve(c: _Array, r: _Array, b: _Array, x: _Array) -> int: ...
def toeplitz_product(c_or_cr: object, x: object, /) -> _Array | None: ...
def toeplitz_solution(c_or_cr: object, b: object, /) -> _Array | None: ...

class ToeplitzOperator:
    def __new__(cls, diagonals: _Array, rows: int, cols: int, step: int, /) -> Self: ...
    def __matmul__(self, x: object) -> _Array: ...
    def __rmatmul__(self, x: object) -> _Array: ...
    def _apply(self, x: _Array, out: _Array, workers: int, /) -> None: ...
    def _apply_rows(self, x: _Array, out: _Array, workers: int, /) -> None: ...
    def _describe(self, k: int, /) -> str: ...

def peak_operations(dtype: np.dtype[Any], seconds: float, workers: int) -> float: ...
def copy_bandwidth(bytes: int, seconds: float, workers: int) -> float: ...

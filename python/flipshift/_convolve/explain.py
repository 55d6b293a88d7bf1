"""`signal.explain_convolve`: which algorithm a convolution takes, and what it would cost."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from .. import _backend
from .._backend import core
from .._fft.arguments import Array, DType
from . import costs, integers, lines, methods
from .blocks import plan as plan_of_blocks
from .linear import check_method
from .modes import arrays, check_mode, part, same_dimensions, swap_needed

__all__ = ["Candidate", "Explanation", "explain_convolve"]


@dataclass(frozen=True)
class Candidate:
    """One way to compute a convolution.

    Attributes
    ----------
    method : str
        'direct', 'overlap-save' (transforms of blocks), 'fft' (one transform of everything), or, in
        two dimensions, 'separable' (sums along each axis).
    block : tuple of int
        Lengths of a transform along the axes; empty if there are none.
    blocks : int
        How many of them; 0 if there are none.
    seconds : float
        Predicted time, of one thread; NaN where there is no prediction.
    terms : int
        Of 'separable', of how many products of a column and a row the kernel is the sum; else 0.
    """

    method: str
    block: tuple[int, ...]
    blocks: int
    seconds: float
    terms: int = 0

    def __str__(self) -> str:
        what = "direct sum"
        if self.terms:
            what = f"sums along each axis (kernel of rank {self.terms})"
        if self.blocks:
            size = " x ".join(map(str, self.block))
            what = f"{self.blocks} block{'s' * (self.blocks > 1)} of {size} by FFT (overlap-save)"
            if self.method == "fft":
                what = f"{'one FFT' if self.blocks == 1 else f'{self.blocks} FFTs'} of {size}"
        return what if math.isnan(self.seconds) else f"{what}, {_time(self.seconds)}"


@dataclass(frozen=True)
class Explanation:
    """What `explain_convolve` returns; its text is meant to be read.

    Attributes
    ----------
    problem : str
        Sizes, dtype and outputs.
    chosen : Candidate
        The algorithm that is taken.
    candidates : tuple of Candidate
        All that were weighed, the chosen one first.
    why : str
        The reason.
    """

    problem: str
    chosen: Candidate
    candidates: tuple[Candidate, ...]
    why: str

    def __str__(self) -> str:
        rows = [f"  {'->' if c is self.chosen else '  '} {c}" for c in self.candidates]
        return "\n".join([self.problem, *rows, self.why])


def explain_convolve(
    in1: npt.ArrayLike,
    in2: npt.ArrayLike,
    mode: str = "full",
    method: str = "auto",
    *,
    axis: int | None = None,
) -> Explanation:
    """Tell which algorithm `convolve` and `correlate` take, and why.

    Parameters
    ----------
    in1, in2, mode, method, axis
        As in `convolve`. Of floating arrays only shapes and dtypes matter, and in two dimensions
        the rank of the smaller one; the values of integers decide into how many digits they have to
        be cut.

    Returns
    -------
    explanation : Explanation
        With the fields `problem`, `chosen`, `candidates` and `why`; print it.

    Raises
    ------
    ValueError, TypeError
        As `convolve`.

    Notes
    -----
    Times are predictions for one thread, from costs measured on one processor for each instruction
    set; ``python -m flipshift calibrate`` measures them again. The order is what counts.

    Examples
    --------
    >>> import numpy as np
    >>> from flipshift import signal
    >>> explanation = signal.explain_convolve(np.ones(1000), np.ones(5), mode="same")
    >>> explanation.chosen.method
    'direct'
    >>> print(explanation.problem)
    1000 with 5 numbers of float64 to 1000 outputs
    """
    x, h = arrays(in1, in2)
    check_mode(mode)
    check_method(method)
    dtype = methods.result_type(x, h)
    count = 1
    sharing: tuple[int, int] | None = None  # one kernel, by lines before and behind the axis
    kernel_first = False
    if axis is not None:
        x, h, axis = lines.line_up(x, h, axis, ("in1", "in2"))
        batch = np.broadcast_shapes(*(a.shape[:axis] + a.shape[axis + 1 :] for a in (x, h)))
        count = math.prod(batch)
        if method == "auto" and (x.size == x.shape[axis] or h.size == h.shape[axis]):
            sharing = math.prod(batch[:axis]), math.prod(batch[axis:])
            kernel_first = x.size == x.shape[axis] and h.size > h.shape[axis]
        x, h = (np.moveaxis(a, axis, -1).reshape(-1, a.shape[axis])[:1].reshape(-1) for a in (x, h))
    same_dimensions(x, h, "in1", "in2")
    if x.size == 0 or h.size == 0:
        raise ValueError(
            f"{'in1' if x.size == 0 else 'in2'} cannot be empty; the shapes are "
            f"{x.shape} and {h.shape}"
        )
    swap = swap_needed(mode, x.shape, h.shape)
    start, shape = part(mode, h.shape, x.shape) if swap else part(mode, x.shape, h.shape)
    if sharing and dtype.char in (*methods.FLOATS, "e"):
        line, kernel = (h, x) if kernel_first else (x, h)
        found, why = _of_lines(line, kernel, start[0], shape[0], dtype, sharing)
        count = 1
    else:
        found, why = _candidates(x, h, start, shape, dtype)
    if method != "auto":
        names = ("direct",) if method == "direct" else ("fft", "overlap-save")
        wanted = [c for c in found if c.method in names]
        found = wanted + [c for c in found if c not in wanted]
        why = f"Method {method!r} was asked for." if wanted else why
    if count != 1:
        found = [replace(c, blocks=c.blocks * count, seconds=c.seconds * count) for c in found]
    several = f"{math.prod(batch)} lines, each " if axis is not None else ""
    problem = (
        f"{several}{_size(x.shape)} with {_size(h.shape)} numbers of {dtype.name} "
        f"to {_size(shape)} outputs"
    )
    return Explanation(problem, found[0], tuple(found), why)


def _candidates(
    x: Array, h: Array, start: tuple[int, ...], shape: tuple[int, ...], dtype: DType
) -> tuple[list[Candidate], str]:
    """All ways, the one that 'auto' takes first, and the reason."""
    if dtype.char == "e":
        found, why = _candidates(x, h, start, shape, np.dtype(np.float32))
        return found, f"{why} float16 is computed in float32."
    if dtype.char in methods.INTEGERS:
        return _of_integers(x.astype(dtype), h.astype(dtype), start, shape)
    if dtype.char == "?":
        counts = np.dtype(np.int32)
        found, why = _of_integers(x.astype(counts), h.astype(counts), start, shape)
        return found, f"{why} bool is counted in int32."
    direct = Candidate("direct", (), 0, math.nan)
    if dtype.char not in methods.FLOATS:
        return [direct], f"There are no kernels for {dtype.name}: NumPy forms the sums."
    if x.ndim == 1:
        return _of_lines(x, h, start[0], shape[0], dtype, (1, 1))
    if x.ndim == 0:
        return [direct], "Scalars are multiplied."
    if x.size < h.size:
        x, h = h, x
    if x.ndim == 2:
        for a in (0, 1):  # one row or column is a signal, unless its zeros outside would tell
            if x.shape[a] == h.shape[a] == 1 and np.isfinite(h).all():
                return _of_lines(x, h, start[1 - a], shape[1 - a], dtype, (1, 1))
        plan = core.convolve2d_plan(x.shape, methods.prepare(h, dtype), shape, start)
        found = [_of_plan(*way) for way in plan]
        why = _faster(found, "the measured costs of the 2-D kernels")
        if found[0].seconds > min(c.seconds for c in found):
            why = "A sum as short as this is formed directly without a closer look."
        if found[0].terms:
            why += " The kernel's rank allows for it within the error bound of the direct sum."
        return found, why
    direct_ns = costs.direct_nanoseconds(x, h, start, shape, dtype)
    fft_ns = costs.fft_nanoseconds(x, h, start, shape, dtype)
    block, count = plan_of_blocks(x.shape, h.shape, start, shape, dtype.itemsize)
    found = [
        Candidate("direct", (), 0, 1e-9 * direct_ns),
        Candidate("overlap-save" if count > 1 else "fft", block, count, 1e-9 * fft_ns),
    ]
    found.sort(key=lambda c: c.seconds)
    return found, _faster(found, "the measured costs of products, copies and transforms")


def _of_lines(
    x: Array, h: Array, start: int, n_out: int, dtype: DType, sharing: tuple[int, int]
) -> tuple[list[Candidate], str]:
    """Signals like `x` with one kernel `h`, so many before and behind their axis."""
    if dtype.char == "e":
        dtype = np.dtype(np.float32)
        found, why = _of_lines(x, h, start, n_out, dtype, sharing)
        return found, f"{why} float16 is computed in float32."
    plan = core.convolve_plan(x.size, h.size, n_out, start, dtype, *sharing)
    found = [
        Candidate(name, (block,) if blocks else (), blocks, 1e-9 * ns)
        for name, block, blocks, ns in plan
    ]
    return found, _faster(found, "the measured costs of the kernels")


def _of_plan(name: str, block: tuple[int, int], count: int, ns: float) -> Candidate:
    """A way that `convolve2d_plan` names."""
    if name == "separable":
        return Candidate(name, (), 0, 1e-9 * ns, count)
    if name == "direct":
        return Candidate(name, (), 0, 1e-9 * ns)
    return Candidate("fft" if count == 1 else "overlap-save", tuple(block), count, 1e-9 * ns)


def _of_integers(
    x: Array, h: Array, start: tuple[int, ...], shape: tuple[int, ...]
) -> tuple[list[Candidate], str]:
    seconds = integers.direct_seconds(x.shape, h.shape, start, shape, x.itemsize)
    sizes = integers.magnitude(x), integers.magnitude(h)
    plan = integers.plan(x.shape, h.shape, start, shape, *sizes, x.itemsize)
    direct = Candidate("direct", (), 0, seconds)
    name = "overlap-save" if plan.blocks else "fft"
    by_fft = Candidate(name, plan.lengths, max(1, plan.blocks), plan.seconds)
    found = sorted([direct, by_fft], key=lambda c: c.seconds)
    how = "whole numbers"
    if plan.width:
        how = f"{plan.count_x} and {plan.count_h} digits of {plan.width} bits"
    return found, f"{_faster(found, 'a model')} By FFT, integers of this size are exact as {how}."


def _faster(found: list[Candidate], by: str) -> str:
    best, *others = found
    if not others:
        return "There is no other way."
    ratio = min(c.seconds for c in others) / best.seconds
    what = {"direct": "The direct sum is", "separable": "Sums along each axis are"}.get(
        best.method, "Transforms are"
    )
    backend = _backend.core.isa if _backend.name == "native" else "NumPy"
    return f"{what} {ratio:.2g} times as fast as the next by {by} ({backend})."


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))


def _time(seconds: float) -> str:
    for unit, factor in (("ns", 1e9), ("us", 1e6), ("ms", 1e3)):
        if seconds * factor < 1000:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds:.3g} s"

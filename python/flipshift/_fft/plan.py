"""Plans: a transform with everything decided beforehand, and the cache of those that functions use.

A plan of one contiguous line is called by the backend (`LinePlan`), with no Python in between. What
does not fit there, more dimensions or strides, comes back to `Plan._general`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .._backend import core
from . import arguments as args
from . import real_to_real, transforms
from .arguments import LONGDOUBLE, SIGNAL, SPECTRUM, Array, DType

if TYPE_CHECKING:
    from .._core import LinePlan
else:
    LinePlan = core.LinePlan

__all__ = ["Plan", "PlanCacheInfo", "plan_cache_clear", "plan_cache_info"]

#: Name without 2 or n: the kind of the transform, and whether its exponent is that of `fft`.
_KINDS = {
    "fft": ("c2c", True),
    "ifft": ("c2c", False),
    "rfft": ("r2c", True),
    "irfft": ("c2r", False),
    "hfft": ("c2r", True),
    "ihfft": ("r2c", False),
}
#: What `transform` of the backend calls them along several axes.
_NUMBERS = {
    ("c2c", True): 8,
    ("c2c", False): 9,
    ("r2c", True): 10,
    ("c2r", False): 11,
    ("c2r", True): 12,
    ("r2c", False): 13,
}
#: Lines as short as this are never shared by threads, by Bluestein's algorithm neither.
_ALONE = 2**13
#: Their codes in `real_to_real`.
_TRIGONOMETRIC = {"dct": 0, "dst": 1, "idct": 2, "idst": 3}


class _Task(NamedTuple):
    """What a transform does, whatever the function that was asked for it is called."""

    kind: str
    forward: bool
    shape: tuple[int, ...]
    dtype: DType
    axes: tuple[int, ...]
    lengths: tuple[int, ...]
    scale: float


def _task(
    kind: str, forward: bool, many: bool, x: Array, lengths: Any, axes: Any, norm: str | None
) -> _Task:
    """The task of a function for `x`, of which shape and dtype matter."""
    if kind == "r2c" and x.dtype.kind == "c":
        raise TypeError(f"x must be a real sequence, not {x.dtype}")
    if many:
        given = lengths is not None
        lengths, axes = args.shape_and_axes(x, lengths, axes)
        if not axes:
            raise ValueError("at least 1 axis must be transformed: axes is empty")
        if kind == "c2r" and not given:
            lengths[-1] = max(1, 2 * (lengths[-1] - 1))
    else:
        length = args.length_along(x, axes)
        axes = [axes % x.ndim]
        if lengths is None:
            lengths = 2 * (length - 1) if kind == "c2r" else length
        lengths = [args.check_length(lengths)]
    scale = args.normalization(norm, forward, prod(lengths), x.dtype)
    return _Task(kind, forward, x.shape, x.dtype, tuple(axes), tuple(lengths), scale)


class Plan(LinePlan):
    """A transform of arrays of one shape and dtype, with everything decided beforehand.

    Calling it, ``y = plan(x)`` or ``plan(x, out)``, does what the function of its name does, with
    the least to do before and after the transform. Plans are immutable, can be used by any number
    of threads at once, and can be pickled (they are made anew). The functions take a plan that fits
    as `plan`.

    Parameters
    ----------
    name : str
        The name of a transform of `flipshift.fft`, for example ``"fft"``, ``"irfft"``, ``"rfftn"``.
    shape : int or sequence of int
        The shape of the input.
    dtype : dtype
        The dtype of the input: float32, float64, longdouble or their complex.
    n, s : int or sequence of int, optional
        As in the function: `n` of those along one axis, `s` of those along several.
    axis, axes : int or sequence of int, optional
        As in the function, whose default is the default here too.
    norm : {'backward', 'ortho', 'forward'}, optional
        As in the function.
    workers : int, optional
        Number of threads; by default that of `set_workers` when the plan is made.
    type, orthogonalize : int, bool, optional
        As in the function, for sine and cosine transforms.

    Attributes
    ----------
    name : str
    shape, output_shape : tuple of int
    dtype, output_dtype : dtype
        Of the input and of the result.

    Raises
    ------
    ValueError, TypeError, IndexError
        What the function would raise; for a `name` that is none; and, in a call, for arrays of
        another shape (ValueError) or dtype (TypeError).

    Examples
    --------
    >>> import numpy as np
    >>> import flipshift.fft
    >>> plan = flipshift.fft.Plan("rfft", 4, np.float64)
    >>> plan(np.array([1.0, 0.0, 0.0, 0.0])).real
    array([1., 1., 1.])
    >>> flipshift.fft.rfft(np.array([1.0, 0.0, 0.0, 0.0]), plan=plan).real
    array([1., 1., 1.])
    """

    __slots__ = (
        "_fits",
        "_input_lengths",
        "_options",
        "_task",
        "_workers",
        "dtype",
        "name",
        "output_dtype",
        "output_shape",
        "shape",
    )

    name: str
    shape: tuple[int, ...]
    dtype: DType
    output_shape: tuple[int, ...]
    output_dtype: DType
    _task: _Task | None
    _options: dict[str, Any]
    _workers: int
    _input_lengths: tuple[int, ...]
    _fits: bool

    def __new__(
        cls,
        name: str,
        shape: int | Sequence[int],
        dtype: npt.DTypeLike,
        *,
        n: int | None = None,
        s: int | Sequence[int] | None = None,
        axis: int | None = None,
        axes: int | Sequence[int] | None = None,
        norm: str | None = None,
        workers: int | None = None,
        type: int | None = None,
        orthogonalize: bool | None = None,
    ) -> Plan:
        base, trigonometric = _resolve(name)
        many = name != base
        lengths = tuple(args.iterable_of_int(shape, "shape"))
        if min(lengths, default=0) < 0:
            raise ValueError(f"shape must not have negative lengths, but is {lengths}")
        dtype = np.dtype(dtype)
        if dtype not in SPECTRUM:
            raise TypeError(
                f"dtype must be float32, float64, longdouble or their complex, not {dtype}"
            )
        # Nothing of an array but its shape and dtype is looked at here.
        try:
            model = np.broadcast_to(np.zeros((), dtype), lengths)
        except ValueError:
            raise ValueError(f"shape is too large: no array can have {lengths}, {dtype}") from None
        wrong = {"n": n, "axis": axis} if many else {"s": s, "axes": axes}
        for parameter, value in wrong.items():
            if value is not None:
                raise TypeError(f"{parameter} is no parameter of {name}")
        options = {
            "n": n,
            "s": s,
            "axis": axis,
            "axes": axes,
            "norm": norm,
            "type": type,
            "orthogonalize": orthogonalize,
        }
        options = {key: value for key, value in options.items() if value is not None}
        number = args.workers_number(workers)
        task: _Task | None = None
        input_lengths: tuple[int, ...] = ()
        fits = True
        line = ("", 0, False, False, 1.0)
        if trigonometric:
            # The function itself says what is wrong, and what the result is like.
            options["workers"] = number
            result = _function(name)(np.zeros(lengths, dtype), **options)
            output_shape, output_dtype = result.shape, result.dtype
            if output_shape == lengths and len(lengths) == 1 and dtype.char in "fd":
                kind, number_of_type, scale, orthogonal = real_to_real.task(
                    _TRIGONOMETRIC[base],
                    2 if type is None else type,
                    lengths,
                    norm,
                    orthogonalize,
                    dtype,
                )
                line = (f"{kind}{number_of_type}", *lengths, dtype.char == "f", orthogonal, scale)
        else:
            if type is not None or orthogonalize is not None:
                raise TypeError(f"type and orthogonalize are no parameters of {name}")
            kind, forward = _KINDS[base]
            where: Any = axes if many else axis
            if where is None and not name.endswith("n"):
                where = (-2, -1) if many else -1
            task = _task(kind, forward, many, model, s if many else n, where, norm)
            output_shape, output_dtype = _output(task)
            input_lengths = task.lengths
            if kind == "c2r":
                input_lengths = (*input_lengths[:-1], input_lengths[-1] // 2 + 1)
            fits = all(lengths[a] == m for a, m in zip(task.axes, input_lengths, strict=True))
            if len(lengths) == 1 and fits and (number == 1 or task.lengths[0] <= _ALONE):
                line = _line(task)
        self: Plan = super().__new__(cls, *line)  # type: ignore[assignment]
        for attribute, value in {
            "name": name,
            "shape": lengths,
            "dtype": dtype,
            "output_shape": output_shape,
            "output_dtype": output_dtype,
            "_task": task,
            "_options": options,
            "_workers": number,
            "_input_lengths": input_lengths,
            "_fits": fits,
        }.items():
            object.__setattr__(self, attribute, value)
        return self

    def _general(self, x: Array, out: Array | None = None) -> Array:
        """Transform `x`, which is no single contiguous line, or say what is wrong with it."""
        if not isinstance(x, np.ndarray):
            raise TypeError(f"x must be a NumPy array, not {type(x).__name__}")
        if x.shape != self.shape:
            raise ValueError(f"x has shape {x.shape}, but the plan is for {self.shape}")
        if x.dtype.newbyteorder("=") != self.dtype:
            raise TypeError(f"x has dtype {x.dtype}, but the plan is for {self.dtype}")
        return self._run(args.as_floating(x), out)

    def _run(self, x: Array, out: Array | None) -> Array:
        task = self._task
        if task is None:
            result: Array = _function(self.name)(x, **self._options, out=out)
            return result
        if task.kind == "c2r" and x.dtype.kind != "c":
            x = x.astype(SPECTRUM[x.dtype])
        number = _NUMBERS[task.kind, task.forward]
        norm = self._options.get("norm")
        y = core.transform(number, x, task.lengths, task.axes, norm, self._workers, out)
        if y is not None:
            return y  # type: ignore[no-any-return]
        if not self._fits:
            x, _ = args.fit(x, self._input_lengths, task.axes)
        _, forward, _, _, axes, lengths, scale = task
        if task.kind == "c2c":
            return transforms._c2c(x, False, axes, forward, scale, self._workers, out)
        if task.kind == "r2c":
            return transforms._r2c(x, axes, forward, scale, self._workers, out)
        return transforms._c2r(x, lengths[-1], axes, forward, scale, self._workers, out)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Plan is immutable: {name} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a Plan is immutable: {name} cannot be deleted")

    def __reduce__(self) -> tuple[Any, ...]:
        options = {**self._options, "workers": self._workers}
        return _rebuild, (self.name, self.shape, self.dtype.char, options)

    def __repr__(self) -> str:
        options = {**self._options, "workers": self._workers}
        text = "".join(f", {key}={value!r}" for key, value in options.items())
        text = f"Plan({self.name!r}, {self.shape}, {str(self.dtype)!r}{text})"
        return f"<{text}: {_describe(self._task)}>"


def _resolve(name: object) -> tuple[str, bool]:
    """`name` without 2 or n, and whether it is a sine or cosine transform."""
    if not isinstance(name, str):
        raise TypeError(f"name must be a string, not {name!r}")
    base = name[:-1] if name[-1:] in ("2", "n") else name
    trigonometric = base in _TRIGONOMETRIC and not name.endswith("2")
    if base in _KINDS or (trigonometric and _function(name) is not None):
        return base, trigonometric
    raise ValueError(f"name must be that of a transform of flipshift.fft, not {name!r}")


def _function(name: str) -> Any:
    from .. import fft

    return getattr(fft, name, None)


def _output(task: _Task) -> tuple[tuple[int, ...], DType]:
    """Shape and dtype of the result."""
    shape = list(task.shape)
    for axis, length in zip(task.axes, task.lengths, strict=True):
        shape[axis] = length
    dtype = SPECTRUM[task.dtype]
    if task.kind == "r2c":
        shape[task.axes[-1]] = task.lengths[-1] // 2 + 1
    return tuple(shape), SIGNAL[dtype] if task.kind == "c2r" else dtype


def _line(task: _Task) -> tuple[str, int, bool, bool, float]:
    """The arguments of `LinePlan` for one contiguous line."""
    spectrum = SPECTRUM[task.dtype]
    is_real = task.dtype != spectrum
    if SIGNAL[spectrum] == LONGDOUBLE or (task.kind == "c2r" and is_real):
        return "", 0, False, False, 1.0
    kind = "real" if task.kind == "c2c" and is_real else task.kind
    return kind, task.lengths[0], spectrum.itemsize == 8, task.forward, task.scale


def _describe(task: _Task | None) -> str:
    """The algorithm for each axis, for people."""
    if task is None:
        return "sine or cosine transform"
    if SIGNAL[SPECTRUM[task.dtype]] == LONGDOUBLE:
        return "numpy.fft"
    shape, _ = _output(task)
    texts = []
    for axis, length in reversed(list(zip(task.axes, task.lengths, strict=True))):
        # Half as many lines along the others, where the last axis is that of half a spectrum.
        lines = prod(shape) // max(1, shape[axis])
        real = axis == task.axes[-1] and (task.kind != "c2c" or task.dtype.kind == "f")
        single = SPECTRUM[task.dtype].itemsize == 8
        text = core.describe(length, lines, axis == len(shape) - 1, real, single)
        texts.append(f"axis {axis}: {text}" if len(shape) > 1 else text)
    return "; ".join(texts)


def _rebuild(name: str, shape: tuple[int, ...], dtype: str, options: dict[str, Any]) -> Plan:
    return Plan(name, shape, dtype, **options)


def apply(
    plan: object,
    kind: str,
    forward: bool,
    many: bool,
    x: Any,
    lengths: Any,
    axes: Any,
    norm: str | None,
    workers: int | None,
    out: Any,
) -> Array:
    """Run a function of `flipshift.fft` by the `plan` that it was given, if that fits."""
    if not isinstance(plan, Plan):
        raise NotImplementedError(
            "Passing a precomputed plan is supported for flipshift.fft.Plan only; "
            f"plan is of type {type(plan).__name__}"
        )
    a = args.as_floating(x)
    args.workers_number(workers)
    wanted = _task(kind, forward, many, a, lengths, axes, norm)
    task = plan._task
    if wanted != task:
        other = [] if task is None else zip(wanted._fields, wanted, task, strict=True)
        reasons = [f"{f} is {b}, not {a}" for f, a, b in other if a != b]
        raise ValueError(
            f"plan is for another transform, {plan.name} of {plan.shape} {plan.dtype}"
            + (": its " + ", its ".join(reasons) if reasons else "")
        )
    return plan._run(a, out)


class PlanCacheInfo(NamedTuple):
    """What the cache of plans holds.

    Attributes
    ----------
    entries : int
        Number of plans.
    bytes : int
        Size of their tables.
    limit : int
        The size that is kept to, by forgetting the plans that were not used for longest. Only the
        plan that was used last may be larger.
    hits, misses : int
        How often a plan was there, and how often one had to be made.
    kinds : dict of str to PlanCacheInfo
        The same for each kind of plan, which has a limit of its own: by the dtype of the data.
    """

    entries: int
    bytes: int
    limit: int
    hits: int
    misses: int
    kinds: dict[str, PlanCacheInfo]


def plan_cache_info() -> PlanCacheInfo:
    """Tell what the cache of plans holds, which serves the functions and `Plan`.

    Returns
    -------
    info : PlanCacheInfo
        A named tuple of entries, bytes, limit, hits, misses, and of kinds, a dictionary of the same
        for each kind of plan used so far. All zero with the NumPy backend, which has no cache.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.plan_cache_clear()
    >>> flipshift.fft.plan_cache_info().entries
    0
    """
    found = core.plan_cache_info()
    kinds = {
        kind: _sum([numbers for other, *numbers in found if other == kind], {})
        for kind in sorted({kind for kind, *_ in found})
    }
    return _sum([numbers for _, *numbers in found], kinds)


def _sum(caches: list[list[int]], kinds: dict[str, PlanCacheInfo]) -> PlanCacheInfo:
    entries, size, limit, hits, misses = (sum(c[i] for c in caches) for i in range(5))
    return PlanCacheInfo(entries, size, limit, hits, misses, kinds)


def plan_cache_clear() -> None:
    """Forget the plans that the functions keep, and set the counts of their use to zero.

    Plans in use, by a `Plan` or another thread, stay as they are.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.plan_cache_clear()
    >>> flipshift.fft.plan_cache_info().misses
    0
    """
    core.plan_cache_clear()

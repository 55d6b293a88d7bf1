"""Modes of convolutions: which part of the full result, and in which order the inputs go."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._fft.arguments import Array

__all__ = ["arrays", "check_mode", "part", "same_dimensions", "swap_needed"]

_MODES = ("valid", "same", "full")


def arrays(in1: Any, in2: Any) -> tuple[Array, Array]:
    """Both inputs as plain arrays."""
    return np.asarray(in1), np.asarray(in2)


def check_mode(mode: Any) -> None:
    """Raise unless `mode` is one of 'valid', 'same' and 'full'."""
    if isinstance(mode, str) and mode in _MODES:
        return
    raise ValueError(f"acceptable mode flags are 'valid', 'same', or 'full'; mode is {mode!r}")


def same_dimensions(x: Array, h: Array, name_x: str, name_h: str) -> None:
    """Raise unless `x` and `h` have the same number of dimensions."""
    if x.ndim != h.ndim:
        raise ValueError(
            f"{name_x} and {name_h} should have the same dimensionality, not {x.ndim} and {h.ndim}"
        )


def swap_needed(
    mode: str, shape1: tuple[int, ...], shape2: tuple[int, ...], axes: Any = None
) -> bool:
    """Whether 'valid' mode has to swap the inputs, so that the first is the larger one."""
    if mode != "valid" or not shape1:
        return False
    if axes is None:
        axes = range(len(shape1))
    if all(shape1[i] >= shape2[i] for i in axes):
        return False
    if all(shape2[i] >= shape1[i] for i in axes):
        return True
    raise ValueError(
        "For 'valid' mode, one must be at least as large as the other in every dimension; "
        f"in1 and in2 have shapes {shape1} and {shape2}"
    )


def part(
    mode: str, n: tuple[int, ...], m: tuple[int, ...]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Where in the full convolution of shapes `n` and `m` the result starts, and its shape."""
    if len(n) == 1:  # the same as below, without the loops
        (i,), (j,) = n, m
        if mode == "full":
            return (0,), (i + j - 1,)
        if mode == "same":
            return ((j - 1) // 2,), n
        return (j - 1,), (i - j + 1,)
    if mode == "full":
        return (0,) * len(n), tuple([i + j - 1 for i, j in zip(n, m, strict=True)])
    if mode == "same":
        return tuple([(j - 1) // 2 for j in m]), n
    return tuple([j - 1 for j in m]), tuple([i - j + 1 for i, j in zip(n, m, strict=True)])

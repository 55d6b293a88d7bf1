"""`ToeplitzStack`: several Toeplitz matrices on one signal, the matrix of a convolution layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._fft.arguments import Array
from .arguments import positive_integer
from .base import Operator
from .operator import Toeplitz

__all__ = ["ToeplitzStack"]


class ToeplitzStack(Operator):
    """Toeplitz matrices below each other, applied to one signal together; see `Toeplitz.stack`.

    Row ``channel * positions + p`` is row ``p * stride`` of matrix `channel`, so that
    ``(stack @ x).reshape(channels, positions)`` is what a convolution layer with that many output
    channels and that stride computes of a signal `x`. ``stack @ x``, ``x @ stack``, `matvec`,
    `rmatvec`, `matmat` and `rmatmat` are those of `Toeplitz`. Short kernels are multiplied
    directly, all of them in one pass over the signal, and rows between strides are not computed.

    Attributes
    ----------
    shape : tuple of int
        (channels * positions, n).
    dtype : dtype
    channels, positions, stride : int
        How many matrices, how many rows of each, and how many apart.

    Examples
    --------
    >>> from flipshift import linalg
    >>> T = linalg.Toeplitz([1, 2, 0], [1, 0, 0])
    >>> stack = linalg.Toeplitz.stack([T, T.T])
    >>> stack @ [1, 1, 1]
    array([1., 3., 3., 3., 3., 1.])
    """

    @property
    def channels(self) -> int:
        """How many matrices there are."""
        return len(self._diagonals)

    @property
    def positions(self) -> int:
        """How many rows are taken of each."""
        return self.shape[0] // self.channels

    @property
    def stride(self) -> int:
        """How many rows apart they are."""
        return self._step

    def layer(self, channel: int) -> Toeplitz:
        """Return one of the matrices, all of its rows."""
        return Toeplitz._of(self._diagonals[channel][np.newaxis], self._rows, self.shape[1], 1)

    def _transposed_product(self, x: Array, workers: int | None) -> Array:
        one = x.ndim == 1
        rows = x[:, np.newaxis] if one else x
        if x.ndim == 0 or rows.shape[-2] != self.shape[0]:
            raise ValueError(
                f"Incompatible dimensions: the operator has shape {self.shape}, x has {x.shape}"
            )
        *batch, _, k = rows.shape
        split = rows.reshape(*batch, self.channels, self.positions, k)
        y: Array | None = None
        for channel in range(self.channels):
            all_rows = np.zeros((*batch, self._rows, k), x.dtype)
            all_rows[..., :: self._step, :] = split[..., channel, :, :]
            part = self.layer(channel)._transposed_product(all_rows, workers)
            y = part if y is None else np.add(y, part, out=y)
        assert y is not None
        return y[:, 0] if one else y

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickled, (np.array(self._diagonals), self._rows, self.shape[1], self._step)


def _unpickled(diagonals: Array, rows: int, cols: int, step: int) -> ToeplitzStack:
    return ToeplitzStack._of(diagonals, rows, cols, step)


def make_stack(operators: Sequence[Toeplitz], stride: int) -> ToeplitzStack:
    """What `Toeplitz.stack` returns."""
    stride = positive_integer("stride", stride)
    every = list(operators)
    if not every:
        raise ValueError("operators must have at least one Toeplitz operator, and is empty")
    for one in every:
        if not isinstance(one, Toeplitz):
            raise TypeError(f"operators must be Toeplitz, and one is a {type(one).__name__}")
    shapes = {one.shape for one in every}
    if len(shapes) > 1:
        raise ValueError(f"operators must have one shape, not {sorted(shapes)}")
    diagonals = np.concatenate([one._diagonals for one in every])
    return ToeplitzStack._of(diagonals, *every[0].shape, stride)

"""Memory for intermediate results that a thread keeps from one call to the next."""

from __future__ import annotations

import math
import threading
from typing import Any

import numpy as np

from .._fft.arguments import Array

__all__ = ["arrays"]

#: Bytes that a thread keeps.
_KEPT = 1 << 24
_LINE = 64


class _Memory(threading.local):
    buffer: Array = np.empty(0, np.uint8)


_memory = _Memory()


def arrays(*shapes: tuple[tuple[int, ...], Any]) -> list[Array]:
    """Uninitialized arrays of these shapes and dtypes, valid until the next call of this thread.

    Fresh pages cost more than what is computed on them.
    """
    sizes = [math.prod(shape) * np.dtype(dtype).itemsize for shape, dtype in shapes]
    total = sum(-(-size // _LINE) * _LINE for size in sizes) + _LINE
    buffer = _memory.buffer
    if buffer.size < total:
        buffer = np.empty(total, np.uint8)
        if total <= _KEPT:
            _memory.buffer = buffer
    made, used = [], -buffer.ctypes.data % _LINE
    for (shape, dtype), size in zip(shapes, sizes, strict=True):
        made.append(buffer[used : used + size].view(dtype).reshape(shape))
        used += -(-size // _LINE) * _LINE
    return made

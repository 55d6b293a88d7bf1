"""Image filters by their definition: in extended precision, or exactly for integers."""

import itertools

import numpy as np

MODES = ["reflect", "constant", "nearest", "mirror", "wrap"]


def inside(i, n, mode):
    """The index in [0, n) of what stands at `i`, or -1 for the constant."""
    if 0 <= i < n:
        return i
    if mode in ("constant", "grid-constant"):
        return -1
    if mode == "nearest":
        return 0 if i < 0 else n - 1
    if mode in ("wrap", "grid-wrap"):
        return i % n
    if n == 1:
        return 0
    edge = 0 if mode == "mirror" else 1  # once or twice
    return inside(-i - edge if i < 0 else 2 * (n - 1) - i + edge, n, mode)


def moved(x, axis, by, mode, cval):
    """What stands `by` places after each element along `axis`."""
    n = x.shape[axis]
    index = np.array([inside(i + by, n, mode) for i in range(n)])
    y = np.take(x, index, axis)
    np.moveaxis(y, axis, 0)[index < 0] = cval
    return y


def correlated(x, weights, axes, mode="reflect", cval=0, origin=None):
    """The sum over weights, and that of absolute values, in the dtype of `x`.

    `weights` has as many dimensions as `axes`; `origin` is a list as long.
    """
    origin = origin or [0] * len(axes)
    total = np.zeros(x.shape, x.dtype)
    size = np.zeros(x.shape, abs(x).dtype)
    for k in itertools.product(*map(range, weights.shape)):
        y = x
        for axis, i, m, o in zip(axes, k, weights.shape, origin, strict=True):
            y = moved(y, axis, i - m // 2 - o, mode, cval)
        total = total + np.conj(weights[k]) * y
        size = size + abs(weights[k]) * abs(y)
    return total, size


def convolved(x, weights, axes, mode="reflect", cval=0, origin=None):
    """The same with the weights in reverse, and the origin to the other side."""
    origin = origin or [0] * len(axes)
    shift = [-o - (m % 2 == 0) for o, m in zip(origin, weights.shape, strict=True)]
    return correlated(x, np.conj(np.flip(weights)), axes, mode, cval, shift)


def wrapped(values, dtype):
    """Python integers as those of `dtype`."""
    dtype = np.dtype(dtype)
    bits = 8 * dtype.itemsize
    return (values % 2**bits).astype(np.uint64).astype(f"u{dtype.itemsize}").view(dtype)


def truncated(numerators, denominator):
    """Quotients of Python integers without their fractions."""
    quotients = np.abs(numerators) // denominator
    return np.where(numerators < 0, -quotients, quotients)


def wide(x):
    """`x` in extended precision."""
    return x.astype(np.clongdouble if x.dtype.kind == "c" else np.longdouble)


def numbers(rng, shape, dtype):
    """Random numbers of a dtype, integers over all of its range."""
    dtype = np.dtype(dtype)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return rng.integers(info.min, info.max, shape, dtype, endpoint=True)
    x = rng.standard_normal(shape)
    if dtype.kind == "c":
        x = x + 1j * rng.standard_normal(shape)
    return x.astype(dtype)


def check(y, exact, size, taps, dtype):
    """Each sum within (taps + 4) roundings of the sum of absolute values, in `dtype`'s precision.

    Each product of rounded weights and each addition rounds at most once, complex products three
    times as often.
    """
    assert y.dtype == dtype
    assert y.shape == exact.shape
    steps = taps + 4 if np.dtype(dtype).kind == "f" else 3 * taps + 4
    bound = steps * np.finfo(dtype).eps * size.astype(np.longdouble)
    error = abs(wide(y) - exact)
    assert (error <= bound).all(), f"error {(error / np.maximum(bound, 1e-300)).max()} of the bound"

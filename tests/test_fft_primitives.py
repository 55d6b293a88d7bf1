"""The Fourier primitives of the backend in use, where the public tests do not look.

Long transforms (one and two sweeps, Bluestein's), many lines at once, in place, several threads.

The bound on the relative L2 error is the worst case of Higham, *Accuracy and Stability of
Numerical Algorithms*, 2nd ed., theorem 24.2, with eps = 2 u: about eps for each doubling of the
length. Bluestein's algorithm takes three transforms of at most four times the length.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from flipshift._backend import core

PRECISIONS = [np.complex64, np.complex128]
SMOOTH = [2, 8, 13, 64, 100, 243, 1024, 2048, 4096, 4800, 8192, 10000, 16384, 1 << 15, 1 << 16]
SMOOTH += [3 << 13, 7 << 12, 13 * 1024, 11**3 * 8, 3**9, 1 << 18]
# Real transforms of odd length in two factors: groups of lanes that fit, overlap or stand alone.
ODD = [105, 169, 225, 289, 375, 1001, 1323, 33 * 125, 3**4 * 5**3 * 7]
ODD_ROUGH = [17**3, 15 * 113, 61 * 61 * 9]
OTHER = [17, 67, 1009, 2 * 1021, 4097, 16411, 17 * 4096]
# Long primes by the definition, as passes, and what fills no lanes.
OTHER += [8 * 263, 16 * 521, 24 * 1009, 263 * 271, 22 * 5003]  # each prime convolved by itself
OTHER += [8009, 2 * 8011, 25013, 257, 271, 131 * 128, 3 * 43 * 127, 251**2 * 4, 721, 13 * 191]


def error(got, exact):
    """Relative L2 error, the difference taken in extended precision."""
    return float(np.linalg.norm(got - exact) / np.linalg.norm(exact))


def bound(n, dtype, smooth):
    levels = np.log2(n) + 1
    return float(np.finfo(dtype).eps * (levels if smooth else 3 * (levels + 2)))


@cache
def roots(n):
    """exp(2 pi i k / n), k < n, in extended precision."""
    angle = np.arange(n) * (8 * np.arctan(np.longdouble(1)) / n)
    return np.cos(angle) + 1j * np.sin(angle)


def exact_dft(positions, values, n, sign):
    """The transform of a few impulses, from the definition, in extended precision."""
    out = np.zeros(n, np.clongdouble)
    k = np.arange(n, dtype=np.int64)
    for p, v in zip(positions, values, strict=True):
        out += np.clongdouble(v) * roots(n)[k * (sign * p) % n]
    return out


def random_complex(rng, shape, dtype):
    return (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)).astype(dtype)


def impulses(n, dtype, seed):
    """A signal of zeros but for a few places, its places, its values."""
    rng = np.random.default_rng(seed)
    places = np.unique(np.r_[rng.integers(0, n, 3), n - 1])
    x = np.zeros(n, dtype)
    x[places] = random_complex(rng, len(places), dtype)
    return x, places, x[places]


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("n", SMOOTH + OTHER)
def test_long_impulses_against_the_definition(n, dtype):
    x, places, values = impulses(n, dtype, n)
    for forward, sign in ((True, -1), (False, 1)):
        out = np.empty_like(x)
        core.c2c(x, out, [0], forward, 1.0, 1)
        assert error(out, exact_dft(places, values, n, sign)) < bound(n, dtype, n in SMOOTH)


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("n", SMOOTH + ODD + ODD_ROUGH + OTHER)
def test_long_real_impulses_against_the_definition(n, dtype):
    x, places, _ = impulses(n, dtype, n)
    smooth = n in SMOOTH + ODD
    x = np.ascontiguousarray(x.real)
    exact = exact_dft(places, x[places], n, -1)
    half = np.empty(n // 2 + 1, dtype)
    core.r2c(x, half, [0], True, 1.0, 1)
    assert error(half, exact[: n // 2 + 1]) < bound(n, dtype, smooth)
    core.r2c(x, half, [0], False, 0.5, 1)
    assert error(2 * half, exact[: n // 2 + 1].conj()) < bound(n, dtype, smooth)
    # Backwards from the exact half spectrum, rounded, which itself costs eps / 2.
    back = np.empty_like(x)
    core.c2r(exact[: n // 2 + 1].astype(dtype), back, [0], False, 1.0 / n, 1)
    assert error(back, x.astype(np.longdouble)) < bound(n, dtype, smooth) + np.finfo(dtype).eps


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("n", [1, 2, 60, 1024, 8192, 1 << 16, 1009, 8009])
def test_there_and_back_in_place(n, dtype):
    x = random_complex(np.random.default_rng(n), n, dtype)
    y = x.copy()
    core.c2c(y, y, [0], True, 1.0, 1)
    core.c2c(y, y, [0], False, 1.0 / n, 1)
    assert error(y, x.astype(np.clongdouble)) < 2 * bound(n, dtype, n not in (1009, 8009))


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("shape", [(40, 3), (3, 40), (17, 40), (40, 17), (1000, 9), (5, 23, 6)])
def test_lines_side_by_side_equal_lines_alone(shape, dtype):
    """Many lines go through the lanes of vectors, a single one does not: same sums, other order."""
    x = random_complex(np.random.default_rng(0), shape, dtype)
    for axis in range(len(shape)):
        out = np.empty_like(x)
        core.c2c(x, out, [axis], True, 1.0, 1)
        lines = np.moveaxis(x, axis, -1).reshape(-1, shape[axis])
        got = np.moveaxis(out, axis, -1).reshape(-1, shape[axis])
        for line, result in zip(lines, got, strict=True):
            alone = np.empty_like(line)
            core.c2c(np.ascontiguousarray(line), alone, [0], True, 1.0, 1)
            assert error(result, alone.astype(np.clongdouble)) < 2 * bound(
                shape[axis], dtype, False
            )


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_transposed_reversed_and_gapped_arrays(dtype):
    base = random_complex(np.random.default_rng(1), (24, 36), dtype)
    for x in (base.T, base[::-1, ::-1], base[::2, 1::3], np.broadcast_to(base[0], (24, 36))):
        exact = np.zeros(x.shape, np.clongdouble)
        n = x.shape[0]
        k = np.arange(n)
        angle = (np.outer(k, k) % n).astype(np.longdouble) * (8 * np.arctan(np.longdouble(1)) / n)
        exact = (np.cos(angle) - 1j * np.sin(angle)) @ x.astype(np.clongdouble)
        for out in (np.empty(x.shape, dtype), np.empty(x.shape[::-1], dtype).T[:, ::-1]):
            core.c2c(x, out, [0], True, 1.0, 1)
            assert error(out, exact) < bound(n, dtype, True)


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_threads_change_nothing(dtype):
    x = random_complex(np.random.default_rng(2), (300, 512), dtype)
    one, more = np.empty_like(x), np.empty_like(x)
    for axes in ([0], [1], [0, 1]):
        core.c2c(x, one, axes, True, 1.0, 1)
        core.c2c(x, more, axes, True, 1.0, 5)
        assert np.array_equal(one, more)
    real = np.ascontiguousarray(x.real)
    half, half_more = np.empty((300, 257), dtype), np.empty((300, 257), dtype)
    core.r2c(real, half, [0, 1], True, 1.0, 1)
    core.r2c(real, half_more, [0, 1], True, 1.0, 5)
    assert np.array_equal(half, half_more)


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("n", [3**4 * 5**3 * 7, 262147])
def test_threads_change_nothing_of_a_long_odd_line(n, dtype):
    half = random_complex(np.random.default_rng(4), n // 2 + 1, dtype)
    x = half.real.repeat(2)[:n].copy()
    back = [np.empty_like(x) for _ in range(2)]
    spectra = [np.empty_like(half) for _ in range(2)]
    for workers, out, spectrum in zip((1, 5), back, spectra, strict=True):
        core.c2r(half, out, [0], False, 1.0, workers)
        core.r2c(x, spectrum, [0], True, 1.0, workers)
    assert np.array_equal(*back)
    assert np.array_equal(*spectra)
    whole = [np.empty(n, dtype) for _ in range(2)]
    line = random_complex(np.random.default_rng(5), n, dtype)
    for workers, out in zip((1, 5), whole, strict=True):
        core.c2c(line, out, [0], True, 1.0, workers)
    assert np.array_equal(*whole)


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_c2r_leaves_its_input_alone_and_ignores_impossible_imaginary_parts(dtype):
    x = random_complex(np.random.default_rng(3), (6, 9), dtype)
    before = x.copy()
    out = np.empty((6, 16), x.real.dtype)
    core.c2r(x, out, [0, 1], False, 1.0, 1)
    assert np.array_equal(x, before)
    line, real = x[0].copy(), np.empty(16, x.real.dtype)
    core.c2r(line, real, [0], False, 1.0, 1)
    line[0], line[8] = line[0].real, line[8].real
    same = np.empty_like(real)
    core.c2r(line, same, [0], False, 1.0, 1)
    assert np.array_equal(real, same)
    odd = random_complex(np.random.default_rng(5), 113, dtype)
    before, out, same = odd.copy(), np.empty(225, x.real.dtype), np.empty(225, x.real.dtype)
    core.c2r(odd, out, [0], False, 1.0, 1)
    assert np.array_equal(odd, before)
    odd[0] = odd[0].real
    core.c2r(odd, same, [0], False, 1.0, 1)
    assert np.array_equal(out, same)


def test_good_sizes_are_long_enough_and_not_much_too_long():
    for n in [*range(1, 2000), 10**5 + 3, 10**6 + 1]:
        size = core.good_size(n)
        assert n <= size <= max(2 * n, 128)
        assert n < 256 or size <= 1.26 * n


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("n", [2, 3, 4, 5, 15, 16, 22, 100])
@pytest.mark.parametrize("lines", [2, 7, 8, 16, 19])
def test_many_real_lines_against_the_definition(lines, n, dtype):
    rng = np.random.default_rng(n)
    x = rng.standard_normal((lines, n)).astype(dtype(0).real.dtype)
    k = np.arange(n // 2 + 1)
    turn = 8 * np.arctan(np.longdouble(1))
    angle = (np.outer(np.arange(n), k) % n).astype(np.longdouble) * (turn / n)
    exact = x.astype(np.longdouble) @ (np.cos(angle) - 1j * np.sin(angle))
    rows, columns = np.array(x), np.array(x.T)
    for view, axis in ((rows, 1), (columns, 0), (columns.T, 1), (rows[::-1], 1)):
        out = np.empty(exact.shape if axis else exact.shape[::-1], dtype)
        core.r2c(view, out, [axis], True, 1.0, 1)
        got = out if axis else out.T
        assert error(got, exact[::-1] if view.strides[0] < 0 else exact) < bound(n, dtype, True)
        back = np.empty(view.shape, view.dtype)
        core.c2r(out, back, [axis], False, 1.0 / n, 1)
        assert error(back, view.astype(np.longdouble)) < 2 * bound(n, dtype, True)
        # Forward from a half spectrum is backward from its conjugate.
        core.c2r(out.conj(), back, [axis], True, 1.0 / n, 1)
        assert error(back, view.astype(np.longdouble)) < 2 * bound(n, dtype, True)


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("shape", [(40, 12), (40, 15), (12, 40), (15, 40)])
def test_a_spoilt_line_spoils_no_other(shape, dtype):
    """Lines share vectors, not sums: neither NaN nor a huge value may leak into a neighbour."""
    rng = np.random.default_rng(4)
    axis = int(shape[0] == 40)  # the axis of length 40 counts the lines
    x = random_complex(rng, shape, dtype)
    spoilt = x.copy()
    np.moveaxis(spoilt, axis, -1)[3] = np.nan
    np.moveaxis(spoilt, axis, -1)[21] *= dtype(2) ** 60
    others = np.delete(np.arange(40), [3, 21])
    n = shape[axis]
    half_shape = list(shape)
    half_shape[axis] = n // 2 + 1

    def transforms(z):
        full, half = np.empty_like(z), np.empty(half_shape, dtype)
        real = np.ascontiguousarray(z.real)
        back = np.empty(shape, real.dtype)
        core.c2c(z, full, [axis], True, 1.0, 1)
        core.r2c(real, half, [axis], True, 1.0, 1)
        cut = np.ascontiguousarray(
            np.moveaxis(np.moveaxis(z, axis, -1)[..., : n // 2 + 1], -1, axis)
        )
        core.c2r(cut, back, [axis], False, 1.0, 1)
        return [np.moveaxis(a, axis, -1) for a in (full, half, back)]

    for clean, dirty in zip(transforms(x), transforms(spoilt), strict=True):
        assert np.array_equal(clean[others], dirty[others])
        assert np.isnan(dirty[3]).all()

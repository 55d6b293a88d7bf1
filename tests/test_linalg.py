"""flipshift.linalg against the definitions.

A product by FFT is off by at most a few eps log2(N) of the product of the norms (of c and r taken
together, and of x), a direct one by less.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipshift import convolve, linalg


def matrix(c, r):
    """a[i, j] = c[i - j] on and below the diagonal, else r[j - i]; element by element."""
    a = np.empty((len(c), len(r)), np.result_type(c, r))
    for i, j in np.ndindex(a.shape):
        a[i, j] = c[i - j] if i >= j else r[j - i]
    return a


def random(shape, dtype, seed=0):
    rng = np.random.default_rng([seed, *np.atleast_1d(shape)])
    x = 9 * rng.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        x = x + 1j * rng.standard_normal(shape)
    return abs(x).astype(dtype) if np.dtype(dtype).kind in "ub" else x.astype(dtype)


DTYPES = ["f4", "f8", "c8", "c16", "i2", "u1", "?", "g", "f2", "O", ">f8"]


@pytest.mark.parametrize("of_c", DTYPES)
@pytest.mark.parametrize("of_r", ["f4", "c16", "i8"])
@pytest.mark.parametrize(("m", "n"), [(1, 1), (4, 4), (2, 5), (5, 2), (0, 3), (3, 0), (0, 0)])
def test_toeplitz(m, n, of_c, of_r):
    c, r = random(m, of_c), random(n, of_r, 1)
    a = linalg.toeplitz(c, r)
    expected = matrix(c, r)
    assert a.dtype == expected.dtype.newbyteorder("=")
    np.testing.assert_array_equal(a, expected)
    assert a.flags.writeable
    assert a.flags.c_contiguous


def test_toeplitz_of_one_argument():
    c = random(4, "c16")
    np.testing.assert_array_equal(linalg.toeplitz(c), matrix(c, np.conj(c)))
    np.testing.assert_array_equal(linalg.toeplitz(3), [[3]])


def test_toeplitz_of_batches():
    c, r = random((2, 1, 4), "f8"), random((3, 5), "f8", 1)
    a = linalg.toeplitz(c, r)
    assert a.shape == (2, 3, 4, 5)
    for i, j in np.ndindex(2, 3):
        np.testing.assert_array_equal(a[i, j], matrix(c[i, 0], r[j]))


@pytest.mark.parametrize("dtype", ["f4", "f8", ">f8", "c16", "i2", "O", "?"])
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize(("m", "n"), [(1, 1), (1, 4), (4, 1), (3, 6), (6, 3), (4, 4), (5, 4)])
def test_convolution_matrix_convolves(m, n, mode, dtype):
    a = random(m, dtype)
    matrix = linalg.convolution_matrix(a, n, mode)
    assert matrix.dtype == a.dtype.newbyteorder("=")
    for j in range(n):
        unit = np.zeros(n, dtype)
        unit[j] = 1
        np.testing.assert_array_equal(matrix[:, j], np.convolve(a, unit, mode))


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("stride", [1, 2, 3, 7, 20])
def test_stride_of_convolution_matrix(stride, mode):
    a = random((2, 3), "f8")
    whole = linalg.convolution_matrix(a, 6, mode)
    matrix = linalg.convolution_matrix(a, 6, mode, stride=stride)
    np.testing.assert_array_equal(matrix, whole[:, ::stride])
    assert matrix.flags.c_contiguous


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(1,), (2,), (5,), (0,), (2, 3), (2, 0, 3), (3, 0)])
def test_circulant(shape, dtype):
    c = random(shape, dtype)
    a = linalg.circulant(c)
    n = shape[-1]
    assert a.shape == (*shape, n)
    assert a.dtype == c.dtype.newbyteorder("=")
    for i, j in np.ndindex(n, n):
        np.testing.assert_array_equal(a[..., i, j], c[..., (i - j) % n])
    assert a.flags.writeable


def test_out_of_matmul_toeplitz():
    c, r = random(5, "f8"), random(5, "f8", 1)
    x = random((5, 3), "f8", 2)
    want = linalg.matmul_toeplitz((c, r), x)
    for out in (np.empty((5, 3)), np.empty((3, 5)).T, x):
        assert linalg.matmul_toeplitz((c, r), x, out=out) is out
        np.testing.assert_array_equal(out, want)
    want = linalg.matmul_toeplitz(c, r)
    assert linalg.matmul_toeplitz(c, r, out=c) is c
    np.testing.assert_array_equal(c, want)


def test_convolution_matrix_of_a_batch():
    a = random((2, 3), "f8")
    matrices = linalg.convolution_matrix(a, 4, "same")
    for one, row in zip(matrices, a, strict=True):
        np.testing.assert_array_equal(one, linalg.convolution_matrix(row, 4, "same"))


def check(y, c, r, x):
    a = matrix(c, r).astype(np.clongdouble)
    expected = a @ x.astype(np.clongdouble)
    assert y.shape == expected.shape
    size = len(c) + len(r)
    norms = np.linalg.norm(np.concatenate((c, r)).astype(complex)) * np.linalg.norm(
        x.astype(complex)
    )
    limit = 16 * float(np.finfo(float).eps) * np.log2(size) * float(norms)
    assert abs(y - expected).max(initial=0) <= limit


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16", "i2", "?"])
@pytest.mark.parametrize("columns", [None, 1, 3, 0])
@pytest.mark.parametrize(
    ("m", "n"),
    [(1, 1), (2, 2), (3, 7), (7, 3), (64, 64), (200, 150), (101, 1), (1, 101), (500, 500)],
)
def test_matmul_toeplitz(m, n, columns, dtype):
    c, r = random(m, dtype), random(n, dtype, 1)
    x = random(n if columns is None else (n, columns), dtype, 2)
    y = linalg.matmul_toeplitz((c, r), x)
    assert y.dtype == np.dtype("c16" if np.dtype(dtype).kind == "c" else "f8")
    check(y, c, r, x)
    if m == n:
        check(linalg.matmul_toeplitz(c, x), c, np.conj(c), x)


@pytest.mark.parametrize("width", [1, 3, 20])
def test_banded(width):
    c, r = np.zeros(1000), np.zeros(1000)
    c[:width], r[:width] = random(width, "f8"), random(width, "f8", 1)
    x = random(1000, "f8", 2)
    check(linalg.matmul_toeplitz((c, r), x), c, r, x)


def test_matmul_toeplitz_of_batches():
    c, r, x = random((2, 1, 4), "f8"), random((3, 5), "c16", 1), random((3, 5, 2), "f8", 2)
    y = linalg.matmul_toeplitz((c, r), x)
    assert y.shape == (2, 3, 4, 2)
    for i, j in np.ndindex(2, 3):
        check(y[i, j], c[i, 0], r[j], x[j])
    assert linalg.matmul_toeplitz((c, r), random(5, "f8")).shape == (2, 3, 4)


def test_it_is_convolution():
    a, x = random(40, "f8"), random(70, "f8", 1)
    first_row = np.zeros(70)
    first_row[0] = a[0]
    y = linalg.matmul_toeplitz((np.concatenate((a, np.zeros(69))), first_row), x)
    limit = 16 * 2.0**-52 * np.log2(180) * np.linalg.norm(a) * np.linalg.norm(x)
    np.testing.assert_allclose(y, convolve(a, x), rtol=0, atol=limit)


@given(
    m=st.integers(1, 40),
    n=st.integers(1, 40),
    step=st.sampled_from([-2, -1, 2, 3]),
    swapped=st.booleans(),
    columns=st.sampled_from([None, 1, 4]),
)
def test_layout_changes_nothing(m, n, step, swapped, columns):
    c, r, x = random(m, "f8"), random(n, "f8", 1), random((n, columns or 1), "f8", 2)
    if columns is None:
        x = x[:, 0]

    def strange(a):
        b = np.repeat(a, abs(step), axis=0)[:: abs(step)]
        if step < 0:
            b = b[::-1].copy()[::-1]
        return b.byteswap().view(b.dtype.newbyteorder()) if swapped else b

    y = linalg.matmul_toeplitz((strange(c), strange(r)), strange(x))
    np.testing.assert_array_equal(y, linalg.matmul_toeplitz((c, r), x))
    np.testing.assert_array_equal(linalg.toeplitz(strange(c), strange(r)), matrix(c, r))


@pytest.mark.parametrize("workers", [None, 1, 2, -1])
def test_workers_change_nothing(workers):
    c, x = random(3000, "f8"), random((3000, 3), "f8", 1)
    y = linalg.matmul_toeplitz(c, x, workers=workers)
    np.testing.assert_array_equal(y, linalg.matmul_toeplitz(c, x))


def test_check_finite():
    good, bad = [1.0, 2.0], [1.0, np.nan]
    for c, r, x in [(bad, good, good), (good, bad, good), (good, good, bad)]:
        with pytest.raises(ValueError, match="array must not contain infs or NaNs"):
            linalg.matmul_toeplitz((c, r), x, check_finite=True)

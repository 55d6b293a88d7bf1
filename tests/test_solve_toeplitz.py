"""solve_toeplitz and solve_circulant against exact or extended-precision solutions.

Levinson's recursion is stable for positive definite matrices and their like: the residual is of
the order of u times the product of (1 + |p|) / (1 - |p|) over the reflection coefficients p, which
the diagonally dominant matrices here keep below a small constant (Cybenko, SIAM J. Sci. Stat.
Comput. 1, 1980). LIMIT bounds it per row of the sum. For matrices with neither property the
recursion is only as good as its leading blocks, and no bound is stated.
"""

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipshift import linalg

LIMIT = 16
DTYPES = ["f4", "f8", "c8", "c16"]


def sample(rng, shape, dtype):
    x = rng.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        x = x + 1j * rng.standard_normal(shape)
    return x.astype(dtype)


def dominant(rng, n, dtype):
    """Column and row of a matrix whose diagonal outweighs the rest of each row by a half."""
    c, r = sample(rng, n, dtype), sample(rng, n, dtype)
    r[0] = c[0] = 1.5 * (abs(c[1:]).sum() + abs(r[1:]).sum()) + 1
    return c, r


def residual(c, r, x, b):
    """max |b - T x| over |T| |x|, in extended precision."""
    i, j = np.indices((len(c), len(c)))
    T = np.where(i >= j, c[np.maximum(i - j, 0)], r[np.maximum(j - i, 0)]).astype(np.clongdouble)
    rest = abs(b - T @ x.astype(np.clongdouble))
    return float((rest / (abs(T) @ abs(x.astype(np.clongdouble)))).max())


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", [*range(1, 36), 63, 64, 65, 200, 333])
def test_residual(n, dtype):
    rng = np.random.default_rng(n)
    c, r = dominant(rng, n, dtype)
    for shape in [(n,), (n, 1 + n % 6)]:
        b = sample(rng, shape, dtype)
        given = [a.copy() for a in (c, r, b)]
        x = linalg.solve_toeplitz((c, r), b)
        assert x.shape == shape
        assert x.dtype == dtype
        # Single precision comes from rounding a result in double precision once.
        assert residual(c, r, x, b) <= LIMIT * np.finfo(dtype).eps
        for before, after in zip(given, (c, r, b), strict=True):
            np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", [30, 100, 300])
@pytest.mark.parametrize("seed", range(3))
def test_corrected_by_the_residual(n, dtype, seed):
    """Random matrices, whose leading blocks cost the bare recursion up to half of the digits.

    The correction goes on until no row of the residual exceeds 4 eps |T| |x|, both in the maximum
    norm, as computed; the product in it is off by about log2(n) u of that.
    """
    rng = np.random.default_rng([n, seed])
    c, r, b = (sample(rng, n, dtype) for _ in range(3))
    r[0] = c[0]
    x = linalg.solve_toeplitz((c, r), b).astype(np.clongdouble)
    rest = abs(b - linalg.toeplitz(c, r).astype(np.clongdouble) @ x).max()
    size = (abs(c).sum() + abs(r[1:]).sum()) * abs(x).max()
    assert rest <= (4 + np.log2(n)) * np.finfo(dtype).eps * size


@pytest.mark.parametrize("columns", [1, 2, 3, 4, 5, 7, 40])
@pytest.mark.parametrize("dtype", ["f8", "c16"])
@pytest.mark.parametrize("make", [dominant, lambda *args: sample(args[0], (2, 50), args[2])])
def test_columns_do_not_depend_on_each_other(columns, dtype, make):
    rng = np.random.default_rng(columns)
    c, r = make(rng, 50, dtype)
    b = sample(rng, (50, columns), dtype)
    x = linalg.solve_toeplitz((c, r), b)
    for j in range(columns):
        np.testing.assert_array_equal(x[:, j], linalg.solve_toeplitz((c, r), b[:, j]))


@pytest.mark.parametrize("n", [1, 2, 5, 12])
def test_exact_solution(n):
    """Against mpmath's with 50 digits, by the condition that the matrices have."""
    rng = np.random.default_rng(n)
    c, r = dominant(rng, n, "f8")
    b = rng.standard_normal(n)
    with mpmath.workdps(50):
        T = mpmath.matrix(n)
        for i, j in np.ndindex(n, n):
            T[i, j] = mpmath.mpf(float(c[i - j] if i >= j else r[j - i]))
        exact = mpmath.lu_solve(T, mpmath.matrix([mpmath.mpf(float(v)) for v in b]))
        error = [
            abs(mpmath.mpf(float(v)) - e)
            for v, e in zip(linalg.solve_toeplitz((c, r), b), exact, strict=True)
        ]
        # Row by row dominant by a half: |T^-1| |T| is at most 5 in the maximum norm.
        largest = max(abs(e) for e in exact)
        assert max(error) <= 5 * LIMIT * mpmath.mpf(2) ** -52 * largest


def test_hermitian_by_default():
    rng = np.random.default_rng(1)
    c, _ = dominant(rng, 30, "c16")
    b = sample(rng, 30, "c16")
    x = linalg.solve_toeplitz(c, b)
    assert residual(c, np.conj(c), x, b) <= LIMIT * 2.0**-52
    c = abs(c)
    np.testing.assert_array_equal(
        linalg.solve_toeplitz(c, b.real.copy()), linalg.solve_toeplitz((c, c), b.real.copy())
    )


@pytest.mark.parametrize(
    ("of_c", "of_b", "expected"),
    [
        ("i4", "i8", "f8"),
        ("f4", "f4", "f4"),
        ("f4", "i2", "f4"),
        ("f4", "f8", "f8"),
        ("f4", "c8", "c8"),
        ("c8", "f8", "c16"),
        ("f2", "f2", "f8"),
        ("g", "f4", "f8"),
        (">f8", "<f8", "f8"),
        ("u1", "?", "f8"),
    ],
)
def test_result_dtype(of_c, of_b, expected):
    c, b = np.array([3, 1, 0]).astype(of_c), np.array([1, 0, 1]).astype(of_b)
    x = linalg.solve_toeplitz(c, b)
    assert x.dtype == expected
    if expected != "f4" and expected != "c8":
        assert residual(c.astype("c16"), c.astype("c16"), x, b.astype("c16")) <= LIMIT * 2.0**-52


@given(
    n=st.integers(1, 20),
    step=st.sampled_from([-2, -1, 2]),
    swapped=st.booleans(),
    columns=st.sampled_from([None, 1, 3]),
)
def test_layout_changes_nothing(n, step, swapped, columns):
    rng = np.random.default_rng(n)
    c, r = dominant(rng, n, "f8")
    b = rng.standard_normal(n if columns is None else (n, columns))

    def strange(a):
        a = np.repeat(a, abs(step), axis=0)[:: abs(step)]
        if step < 0:
            a = a[::-1].copy()[::-1]
        return a.byteswap().view(a.dtype.newbyteorder()) if swapped else a

    np.testing.assert_array_equal(
        linalg.solve_toeplitz((strange(c), strange(r)), strange(b)),
        linalg.solve_toeplitz((c, r), b),
    )


def test_batches():
    rng = np.random.default_rng(2)
    c = np.stack([dominant(rng, 6, "f8")[0] for _ in range(2)])[:, np.newaxis]
    r = rng.standard_normal((3, 6))
    b = rng.standard_normal((3, 6, 4))
    x = linalg.solve_toeplitz((c, r), b)
    assert x.shape == (2, 3, 6, 4)
    for i, j in np.ndindex(2, 3):
        np.testing.assert_array_equal(x[i, j], linalg.solve_toeplitz((c[i, 0], r[j]), b[j]))
    assert linalg.solve_toeplitz((c, r), b[0, :, 0]).shape == (2, 3, 6)


@pytest.mark.parametrize("n", [0, 3])
def test_empty(n):
    c = np.arange(n) + 3.0
    assert linalg.solve_toeplitz(c, np.empty((n, 0), "f4")).shape == (n, 0)
    x = linalg.solve_toeplitz(np.array([], "f4"), np.array([], "f4"))
    assert x.shape == (0,)
    assert x.dtype == "f4"


SINGULAR = [
    ([0, 1], [0, 1], 1),
    ([0.0], [0.0], 1),
    ([2, 2, 1], [2, 2, 1], 2),
    ([1, 2j, 0], [1, -0.5j, 3], 2),
    ([1, 1 / 3, 1 / 9], [1, 3, 9.0], 2),
    ([3, 1, 1], [3, 1, 11], 3),  # by thirds, which are rounded
]


@pytest.mark.parametrize(("c", "r", "order"), SINGULAR)
def test_singular_minors(c, r, order):
    i, j = np.indices((order, order))
    block = np.where(i >= j, np.array(c)[np.maximum(i - j, 0)], np.array(r)[np.maximum(j - i, 0)])
    assert abs(np.linalg.det(block)) < 1e-14
    with pytest.raises(np.linalg.LinAlgError, match=f"leading block of order {order} "):
        linalg.solve_toeplitz((c, r), np.ones(len(c)))
    with pytest.raises(np.linalg.LinAlgError, match="Singular principal minor"):
        linalg.solve_toeplitz((np.array(c, "c16"), np.array(r, "c16")), np.ones((len(c), 2), "c16"))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("where", range(3))
@pytest.mark.parametrize("k", [0, 1, 3])
def test_not_finite(bad, where, k):
    arrays = [np.array([9.0, 1, 2, 3]) for _ in range(3)]
    arrays[where][k] = bad
    c, r, b = arrays
    with pytest.raises(ValueError, match=f"infs or NaNs, and {'crb'[where]} does"):
        linalg.solve_toeplitz((c, r), b)
    if where != 1 or k > 0:  # the first element of r is not used
        x = linalg.solve_toeplitz((c, r), b, check_finite=False)
        assert not np.isfinite(x).all()
    with pytest.raises(ValueError, match="infs or NaNs"):
        linalg.solve_toeplitz((list(c), list(r)), list(b))


# ---- circulant ---------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [*DTYPES, "g", "G", "i4"])
@pytest.mark.parametrize("n", [1, 2, 3, 8, 30, 31, 97])
def test_circulant_solution(n, dtype):
    rng = np.random.default_rng(n)
    kept = np.float64 if dtype == "i4" else np.dtype(dtype)
    c = (9 * sample(rng, n, kept)).astype(dtype)
    c[0] = 2 * abs(c).sum() + 1
    b = (9 * sample(rng, (n, 2), kept)).astype(dtype)
    x = linalg.solve_circulant(c, b)
    assert x.shape == b.shape
    assert x.dtype == kept
    r = c[-np.arange(n) % n]
    # Three transforms, each off by about log2(n) u, and eigenvalues within a factor of 3.
    assert residual(c, r, x, b) <= 12 * (np.log2(n) + 2) * np.finfo(kept).eps
    np.testing.assert_array_equal(linalg.circulant(c), linalg.toeplitz(c, r))


def test_circulant_axes():
    rng = np.random.default_rng(3)
    c, b = rng.standard_normal((2, 1, 5)), rng.standard_normal((3, 5))
    c[..., 0] += 9
    x = linalg.solve_circulant(c, b, baxis=-1, outaxis=-1)
    assert x.shape == (2, 3, 5)
    for i, j in np.ndindex(2, 3):
        column = c[i, 0]
        # As in test_circulant_solution.
        limit = 12 * (np.log2(5) + 2) * np.finfo(np.float64).eps
        assert residual(column, column[-np.arange(5) % 5], x[i, j], b[j]) <= limit
    y = linalg.solve_circulant(np.moveaxis(c, -1, 0), b.T, caxis=0)
    np.testing.assert_array_equal(np.moveaxis(y, 0, -1), x)


def test_singular_circulant():
    c, b = np.array([1.0, 1, 0, 0]), np.array([1.0, 2, 3, 4])
    with pytest.raises(np.linalg.LinAlgError, match="near singular circulant matrix"):
        linalg.solve_circulant(c, b)
    # Least squares, of least norm: the pseudoinverse, exact in quarters here. Transforms of 4
    # numbers only add and round by at most an eps, as does the division.
    limit = 4 * np.finfo(np.float64).eps * 2.25
    expected = np.array([0.25, 1.25, 2.25, 1.25])
    for dtype in DTYPES:
        x = linalg.solve_circulant(c.astype(dtype), b.astype(dtype), singular="lstsq")
        np.testing.assert_allclose(x, expected, rtol=0, atol=limit)
    both = linalg.solve_circulant(np.stack([c, [4, 1, 0, 0]]), b, singular="lstsq", outaxis=-1)
    np.testing.assert_allclose(both[0], expected, rtol=0, atol=limit)
    # 4 y[i] + y[i - 1] = b[i].
    np.testing.assert_allclose(51 * both[1], [2, 25, 32, 43], rtol=0, atol=51 * limit)
    with pytest.raises(np.linalg.LinAlgError):
        linalg.solve_circulant([4.0, 1], [1.0, 1], tol=4)

"""Operators against the matrices that they stand for, in extended precision.

A direct product is off by (n + 1) u |M| |x| at most, entry by entry; one by transforms by about
7 u log2(N) |diagonals|_1 |x|_2 in norm and so in each entry. Either may be in use.
"""

import copy
import pickle
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipshift import convolve, linalg
from flipshift.linalg import Toeplitz, ToeplitzStack

DTYPES = ["f4", "f8", "c8", "c16"]


def sample(rng, shape, dtype):
    x = 9 * rng.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        x = x + 9j * rng.standard_normal(shape)
    return x.astype(dtype)


def matrix(c, r):
    i, j = np.indices((len(c), len(r)))
    return np.where(i >= j, c[np.maximum(i - j, 0)], r[np.maximum(j - i, 0)])


def check(got, a, x):
    """`got` is a @ x, for x a vector or a matrix."""
    wide = np.clongdouble if got.dtype.kind == "c" else np.longdouble
    want = a.astype(wide) @ x.astype(wide)
    assert got.dtype == np.result_type(a, x)
    assert got.shape == want.shape
    norm = np.abs(a).sum(axis=0, dtype="f8").max(initial=0)
    norm += np.abs(a).sum(axis=1, dtype="f8").max(initial=0)
    size = np.sqrt((np.abs(x.astype("c16")) ** 2).sum(axis=0))
    limit = 7 * (np.log2(4 * sum(a.shape)) + 2) * np.finfo(got.dtype).eps / 2 * norm * size
    assert (np.abs(got - want) <= limit).all()


def operator_and_matrix(rng, m, n, dtype, bands=(None, None)):
    c, r = sample(rng, m, dtype), sample(rng, n, dtype)
    c[slice(bands[0], None) if bands[0] is not None else slice(0, 0)] = 0
    r[slice(bands[1], None) if bands[1] is not None else slice(0, 0)] = 0
    r[0] = c[0]
    return Toeplitz(c, r), matrix(c, r)


# Where another method takes over differs by dtype and instruction set; these are on all sides.
SHAPES = [(1, 1), (1, 7), (7, 1), (3, 5), (20, 20), (50, 64), (129, 90), (360, 400)]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("m", "n"), SHAPES)
def test_products(m, n, dtype):
    rng = np.random.default_rng([m, n])
    T, a = operator_and_matrix(rng, m, n, dtype)
    assert T.shape == a.shape
    assert T.dtype == dtype
    np.testing.assert_array_equal(T.toarray(), a)
    x = sample(rng, n, dtype)
    check(T @ x, a, x)
    y = sample(rng, m, dtype)
    check(y @ T, a.T, y)
    for k in (1, 2, 3, 4, 7, 9, 16, 24, 33) if m < 300 else (2, 17, 70):
        x, y = sample(rng, (n, k), dtype), sample(rng, (k, m), dtype)
        check(T @ x, a, x)
        check((y @ T).T, a.T, y.T)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("bands", [(1, 1), (0, 1), (2, 3), (10, 0), (40, 70), (300, 20)])
@pytest.mark.parametrize(("m", "n"), [(90, 90), (3000, 2500)])
def test_banded(m, n, bands, dtype):
    rng = np.random.default_rng([m, *bands])
    T, a = operator_and_matrix(rng, m, n, dtype, bands)
    assert T.bandwidth == (max(min(bands[0], m) - 1, 0), max(min(bands[1], n) - 1, 0))
    for k in (None, 1, 3, 20):
        x = sample(rng, n if k is None else (n, k), dtype)
        if m * n > 10**6:  # compare some rows only
            rows = rng.integers(0, m, 40)
            check((T @ x)[rows], a[rows], x)
        else:
            check(T @ x, a, x)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", [1, 2, 30, 256, 1000, 1013])
def test_circulant(n, dtype):
    rng = np.random.default_rng(n)
    c = sample(rng, n, dtype)
    T = Toeplitz(c, c[-np.arange(n) % n])
    assert T.is_circulant
    a = linalg.circulant(c)
    for k in (None, 3, 17):
        x = sample(rng, n if k is None else (n, k), dtype)
        check(T @ x, a, x)
    c[0] += 4 * abs(c).sum()
    T = Toeplitz(c, c[-np.arange(n) % n])
    x = sample(rng, (n, 2), dtype)
    # The eigenvalues lie within a factor of 5/3.
    back = T.solve(T @ x)
    assert back.dtype == dtype
    limit = 40 * (np.log2(n) + 2) * np.finfo(dtype).eps
    assert np.linalg.norm(back - x) <= limit * np.linalg.norm(x)
    np.testing.assert_allclose(T.solve(T @ x[:, 0]), back[:, 0], rtol=0, atol=limit * abs(x).max())


@pytest.mark.parametrize("of_t", [*DTYPES, "i4"])
@pytest.mark.parametrize("of_x", [*DTYPES, "i2", "?", "f2", "g", ">f8"])
@pytest.mark.parametrize("k", [None, 2])
def test_mixed_dtypes(of_t, of_x, k):
    rng = np.random.default_rng(1)
    T = Toeplitz(sample(rng, 5, "f8").astype(of_t), sample(rng, 6, "f8").astype(of_t))
    x = sample(rng, 6 if k is None else (6, k), "f8").astype(of_x)
    y = T @ x
    kept = np.result_type(T.dtype, x.dtype)
    assert y.dtype == {"g": "f8", "G": "c16"}.get(kept.char, kept)
    check(y, T.toarray().astype(y.dtype), x.astype(y.dtype))
    np.testing.assert_array_equal(T @ x.tolist(), T @ np.array(x.tolist()))


def test_dtype_and_attributes():
    T = Toeplitz([1, 2, 3], [7, 5])
    assert (T.dtype, T.shape, T.ndim, T.bandwidth) == (np.float64, (3, 2), 2, (2, 1))
    np.testing.assert_array_equal(T.c, [1, 2, 3])
    np.testing.assert_array_equal(T.r, [1, 5])
    assert not T.c.flags.writeable
    assert not T.r.flags.writeable
    assert Toeplitz([1, 2], dtype="c8").dtype == np.complex64
    assert Toeplitz(np.float32([1, 2]), [1, 2]).dtype == np.float64
    single = T.astype("f4")
    assert single.dtype == np.float32
    assert T.astype("f4") is single
    assert T.astype("f8") is T
    assert "(3, 2), float64" in repr(T)
    assert isinstance(T.explain(), str)
    np.testing.assert_array_equal(np.asarray(T), T.toarray())
    assert np.array(T, "f4").dtype == np.float32
    with pytest.raises(ValueError, match="copy must not be False"):
        T.__array__(copy=False)


@pytest.mark.parametrize(
    ("c", "r", "symmetric", "hermitian", "circulant"),
    [
        ([1, 2, 3], [1, 2, 3], True, True, False),
        ([1, 2, 2], [1, 2, 2], True, True, True),
        ([1, 2, 3], [1, 3, 2], False, False, True),
        ([1, 2j, 3], [1, -2j, 3], False, True, False),
        ([1, 2j, 3], [1, 2j, 3], True, False, False),
        ([1, 2, 3], [1, 2, 4], False, False, False),
        ([1, 2, 3], [1, 2], False, False, False),
        ([4], [4], True, True, True),
    ],
)
def test_what_it_knows(c, r, symmetric, hermitian, circulant):
    T = Toeplitz(c, r)
    assert (T.is_symmetric, T.is_hermitian, T.is_circulant) == (symmetric, hermitian, circulant)


def test_transposes():
    rng = np.random.default_rng(0)
    for dtype in DTYPES:
        T, a = operator_and_matrix(rng, 6, 9, dtype)
        np.testing.assert_array_equal(T.T.toarray(), a.T)
        np.testing.assert_array_equal(T.H.toarray(), a.conj().T)
        np.testing.assert_array_equal(T.conj().toarray(), a.conj())
        np.testing.assert_array_equal(Toeplitz(T.c).toarray(), matrix(T.c, T.c.conj()))
        assert T.T is T.T


def test_linear_operator_methods():
    rng = np.random.default_rng(1)
    for dtype in DTYPES:
        T, a = operator_and_matrix(rng, 6, 9, dtype)
        x, y = sample(rng, (9, 3), dtype), sample(rng, (6, 3), dtype)
        check(T.matvec(x[:, 0]), a, x[:, 0])
        check(T.matvec(x[:, :1]), a, x[:, :1])
        check(T.rmatvec(y[:, 0]), a.conj().T, y[:, 0])
        check(T.rmatvec(y[:, :1]), a.conj().T, y[:, :1])
        check(T.matmat(x), a, x)
        check(T.rmatmat(y), a.conj().T, y)
        check(T.dot(x), a, x)


def test_batches():
    rng = np.random.default_rng(2)
    T, a = operator_and_matrix(rng, 4, 5, "f8")
    x = rng.standard_normal((2, 3, 5, 2))
    assert (T @ x).shape == (2, 3, 4, 2)
    y = rng.standard_normal((2, 3, 2, 4))
    assert (y @ T).shape == (2, 3, 2, 5)
    for i in np.ndindex(2, 3):
        check((T @ x)[i], a, x[i])
        check((y @ T)[i].T, a.T, y[i].T)
    assert (T @ np.empty((5, 0))).shape == (4, 0)
    check(T @ T.T, a, a.T)


@given(
    m=st.integers(1, 30),
    n=st.integers(1, 30),
    k=st.sampled_from([None, 1, 3, 16]),
    step=st.sampled_from([-2, -1, 2]),
    swapped=st.booleans(),
    fortran=st.booleans(),
)
def test_layout_changes_nothing(m, n, k, step, swapped, fortran):
    rng = np.random.default_rng([m, n])
    T, _ = operator_and_matrix(rng, m, n, "f8")
    x = rng.standard_normal(n if k is None else (n, k))
    y = np.repeat(x, abs(step), axis=0)[:: abs(step)]
    if step < 0:
        y = y[::-1].copy()[::-1]
    if fortran:
        y = np.asfortranarray(y)
    if swapped:
        y = y.byteswap().view(y.dtype.newbyteorder())
    np.testing.assert_array_equal(T @ y, T @ x)


def test_out():
    rng = np.random.default_rng(3)
    T, _ = operator_and_matrix(rng, 5, 5, "f8")
    x = rng.standard_normal((5, 3))
    want = T @ x
    for out in (np.empty((5, 3)), np.empty((3, 5)).T, np.empty((10, 6))[::2, ::2], x):
        assert T.matmat(x if out is x else x.copy(), out) is out
        np.testing.assert_array_equal(out, want)
    line = rng.standard_normal(9)
    want = T @ line[:5]
    assert T.matvec(line[:5], out=line[2:7]) is not None
    np.testing.assert_array_equal(line[2:7], want)
    y = rng.standard_normal((5, 2))
    want = T.rmatmat(y)
    np.testing.assert_array_equal(T.rmatmat(y, out=y), want)
    out = np.empty(5)
    assert T.rmatvec(y[:, 0], out=out) is out
    np.testing.assert_array_equal(out, T.T @ y[:, 0])
    for bad in (np.empty((5, 4)), np.empty(5)):
        with pytest.raises(ValueError, match="out has shape"):
            T.matmat(x, bad)
    with pytest.raises(TypeError, match="out has dtype"):
        T.matmat(x, np.empty((5, 3), "f4"))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("n", [5, 60, 2000])
@pytest.mark.parametrize("bands", [(None, None), (3, 2)])
@pytest.mark.parametrize("k", [None, 2, 9])
def test_not_finite_columns(n, bands, bad, k):
    """A bad column spoils its own results, over zeros of the matrix too."""
    rng = np.random.default_rng(n)
    T, _ = operator_and_matrix(rng, n, n, "f8", bands)
    x = rng.standard_normal(n if k is None else (n, k))
    x[(n // 2,) if k is None else (n // 2, 1)] = bad
    y = T @ x
    spoilt = y if k is None else y[:, 1]
    assert not np.isfinite(spoilt).any()
    if k is not None:
        assert np.isfinite(np.delete(y, 1, axis=1)).all()


def test_infinite_diagonal():
    """It reaches the rows that it crosses, and no others."""
    for n in (8, 3000):
        c = np.ones(n)
        c[n // 2] = np.inf
        y = Toeplitz(c, np.ones(n)) @ np.ones(n)
        np.testing.assert_array_equal(np.isinf(y), np.arange(n) >= n // 2)


@pytest.mark.parametrize("dtype", ["f8", "c8"])
def test_workers_change_nothing(dtype):
    rng = np.random.default_rng(4)
    T, _ = operator_and_matrix(rng, 3000, 2000, dtype)
    x = sample(rng, (2000, 21), dtype)
    want = T @ x
    for workers in (1, 2, -1):
        np.testing.assert_array_equal(T.matmat(x, workers=workers), want)
        np.testing.assert_array_equal(
            linalg.matmul_toeplitz((T.c, T.r), x, workers=workers),
            linalg.matmul_toeplitz((T.c, T.r), x),
        )


def test_threads_share_an_operator():
    rng = np.random.default_rng(5)
    T, _ = operator_and_matrix(rng, 1000, 1000, "f8")
    x = rng.standard_normal((8, 1000))
    want = [T @ row for row in x]
    wrong = []

    def work(i):
        for _ in range(20):
            if not np.array_equal(T @ x[i], want[i]) or not np.array_equal(x[i] @ T, want_t[i]):
                wrong.append(i)

    want_t = [row @ Toeplitz(T.c, T.r) for row in x]
    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong


def test_copies_and_pickles():
    T = Toeplitz([1, 2, 3], [1, 4], dtype="c8")
    stack = Toeplitz.stack([T, T.conj()], stride=2)
    for one in (T, stack):
        for other in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
            assert type(other) is type(one)
            assert other.dtype == one.dtype
            np.testing.assert_array_equal(other.toarray(), one.toarray())
            np.testing.assert_array_equal(other @ np.ones(2), one @ np.ones(2))


def test_solve():
    rng = np.random.default_rng(6)
    for dtype in DTYPES:
        c, r = sample(rng, 40, dtype), sample(rng, 40, dtype)
        c[0] = 2 * (abs(c[1:]).sum() + abs(r[1:]).sum())
        T = Toeplitz(c, r)
        b = sample(rng, (40, 3), dtype)
        np.testing.assert_array_equal(T.solve(b), linalg.solve_toeplitz((c, r), b))
        np.testing.assert_array_equal(T.solve(b[:, 0]), linalg.solve_toeplitz((c, r), b[:, 0]))
    with pytest.raises(ValueError, match="must be square"):
        Toeplitz([1, 2], [1, 2, 3]).solve([1, 2])
    with pytest.raises(np.linalg.LinAlgError):
        Toeplitz([0, 1], [0, 2]).solve([1, 2])
    circulant = Toeplitz([4, 1, 0], [4, 0, 1])
    batch = rng.standard_normal((2, 3, 5))
    x = circulant.solve(batch)
    for i in range(2):
        np.testing.assert_allclose(circulant @ x[i], batch[i], rtol=0, atol=1e-13)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize(("m", "n"), [(1, 1), (1, 5), (5, 1), (4, 4), (3, 8), (8, 3), (9, 8)])
def test_from_convolution(m, n, mode):
    rng = np.random.default_rng([m, n])
    a, x = rng.integers(-9, 9, m), rng.integers(-9, 9, n)
    T = Toeplitz.from_convolution(a, n, mode)
    np.testing.assert_array_equal(T.toarray(), linalg.convolution_matrix(a, n, mode))
    # Sums of small integers are exact, but for transforms, which are not taken here.
    np.testing.assert_array_equal(T @ x, convolve(a, x, mode))


# ---- stacks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("stride", [1, 2, 5])
@pytest.mark.parametrize("channels", [1, 3, 6, 8, 15])
@pytest.mark.parametrize(("m", "n"), [(1, 9), (3, 20), (7, 64), (16, 17), (5, 141)])
def test_stack_of_kernels(m, n, channels, stride, dtype):
    """A layer of short kernels."""
    rng = np.random.default_rng([m, channels])
    kernels = sample(rng, (channels, m), dtype)
    for mode in ("full", "same", "valid") if n < 30 else ("same",):
        each = [Toeplitz.from_convolution(k, n, mode) for k in kernels]
        stack = Toeplitz.stack(each, stride=stride)
        a = linalg.convolution_matrix(kernels, n, mode, stride=stride)
        assert (stack.channels, stack.positions) == a.shape[:2]
        assert stack.stride == stride
        np.testing.assert_array_equal(stack.toarray().reshape(a.shape), a)
        a = a.reshape(-1, n)
        for k in (None, 1, 9):
            x = sample(rng, n if k is None else (n, k), dtype)
            check(stack @ x, a, x)


@pytest.mark.parametrize("dtype", ["f4", "c16"])
@pytest.mark.parametrize("stride", [1, 3])
@pytest.mark.parametrize(
    ("rows", "cols", "width"), [(900, 1000, 1000), (40, 30, 40), (2000, 2000, 300)]
)
def test_stack_of_long_kernels(rows, cols, width, stride, dtype):
    rng = np.random.default_rng([rows, stride])
    each, arrays = zip(
        *(operator_and_matrix(rng, rows, cols, dtype, (width, width)) for _ in range(3)),
        strict=True,
    )
    stack = Toeplitz.stack(each, stride=stride)
    chosen = rng.integers(0, stack.shape[0], 60)
    a = np.concatenate([b[::stride] for b in arrays])
    for k in (None, 2):
        x = sample(rng, cols if k is None else (cols, k), dtype)
        check((stack @ x)[chosen], a[chosen], x)
    y = sample(rng, (2, stack.shape[0]), dtype)
    got = y @ stack
    assert got.shape == (2, cols)
    some = rng.integers(0, cols, 20)
    # A sum over three matrices, each of which meets the bound: together well within twice that.
    check(got[:, some].T / 2, a.T[some] / 2, y.T)


def test_methods_of_stacks():
    rng = np.random.default_rng(7)
    for dtype in DTYPES:
        each = [operator_and_matrix(rng, 6, 9, dtype)[0] for _ in range(3)]
        stack = Toeplitz.stack(each, stride=4)
        a = np.concatenate([T.toarray()[::4] for T in each])
        assert isinstance(stack, ToeplitzStack)
        np.testing.assert_array_equal(stack.toarray(), a)
        for channel, T in enumerate(each):
            np.testing.assert_array_equal(stack.layer(channel).toarray(), T.toarray())
        x, y = sample(rng, (9, 3), dtype), sample(rng, (6, 3), dtype)
        check(stack.matvec(x[:, 0]), a, x[:, 0])
        check(stack.matmat(x), a, x)
        check(stack.rmatvec(y[:, 0]), a.conj().T, y[:, 0])
        check(stack.rmatmat(y), a.conj().T, y)
        check(y[:, 0] @ stack, a.T, y[:, 0])
    mixed = Toeplitz.stack([Toeplitz([1, 2]), Toeplitz([1j, 2])])
    assert mixed.dtype == np.complex128


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_not_finite_in_stacks(bad):
    each = [Toeplitz.from_convolution([1.0, 2, 3], 50, "valid") for _ in range(3)]
    x = np.ones((50, 2))
    x[20, 1] = bad
    for stride in (1, 2):
        y = Toeplitz.stack(each, stride=stride) @ x
        assert np.isfinite(y[:, 0]).all()
        assert not np.isfinite(y[:, 1]).any()
        y = Toeplitz.stack(each, stride=stride) @ x[:, 1].copy()
        assert not np.isfinite(y).any()
    c = np.ones(8)
    c[3] = np.inf
    stack = Toeplitz.stack([Toeplitz(c, np.ones(8)), Toeplitz(np.ones(8))])
    np.testing.assert_array_equal(
        np.isinf(stack @ np.ones(8)), [False] * 3 + [True] * 5 + [False] * 8
    )


# ---- in SciPy's place --------------------------------------------------------------------------


def test_scipy_takes_it():
    sparse = pytest.importorskip("scipy.sparse.linalg", reason="SciPy's solvers take operators")
    rng = np.random.default_rng(8)
    n = 60
    c = 0.5 ** np.arange(n)  # positive definite
    T = Toeplitz(c)
    b = rng.standard_normal(n)
    exact = T.solve(b)
    x, info = sparse.cg(T, b, rtol=1e-12)
    assert info == 0
    np.testing.assert_allclose(x, exact, rtol=1e-8, atol=1e-8)
    general = Toeplitz(c, -(0.4 ** np.arange(n)))
    x, info = sparse.gmres(general, b, rtol=1e-12)
    assert info == 0
    np.testing.assert_allclose(general @ x, b, rtol=0, atol=1e-9)
    for one in (Toeplitz(c, 0.3 ** np.arange(40)), Toeplitz.stack([T, general], stride=2)):
        u, s, vh = sparse.svds(one, k=3, random_state=1)
        np.testing.assert_allclose(
            np.sort(s), np.sort(np.linalg.svd(one.toarray(), compute_uv=False))[-3:], rtol=1e-10
        )
        operator = sparse.aslinearoperator(one)
        assert operator.shape == one.shape
        assert operator.dtype == one.dtype
        np.testing.assert_allclose((operator @ operator.H) @ u, u * s**2, atol=1e-10)
        assert vh.shape == (3, one.shape[1])


# ---- bad input ---------------------------------------------------------------------------------

T = Toeplitz([1, 2, 3], [1, 2])


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: Toeplitz([]), ValueError, "c must be a vector"),
        (lambda: Toeplitz([1], []), ValueError, "r must be a vector"),
        (lambda: Toeplitz([[1]]), ValueError, "c must be a vector"),
        (lambda: Toeplitz(["a"]), TypeError, "c must be numeric"),
        (lambda: Toeplitz(None), TypeError, "c must be an array"),
        (lambda: Toeplitz([1], dtype="i4"), TypeError, "dtype must be float32"),
        (lambda: Toeplitz([1j], dtype="f8"), TypeError, "dtype must be complex"),
        (lambda: Toeplitz([1j]).astype("f8"), TypeError, "dtype must be complex"),
        (lambda: T @ [1, 2, 3], ValueError, r"shape \(3, 2\), x has \(3,\)"),
        (lambda: T @ np.ones((3, 2)), ValueError, r"x has \(3, 2\)"),
        (lambda: T @ 3, ValueError, "at least one dimension"),
        (lambda: T @ "ab", TypeError, "x must be numeric"),
        (lambda: T @ None, TypeError, "x must be an array"),
        (lambda: np.ones(2) @ T, ValueError, "Incompatible dimensions"),
        (lambda: 3 @ T, ValueError, "at least one dimension"),
        (lambda: T.matvec(np.ones((2, 2))), ValueError, r"x must have shape \(2,\) or \(2, 1\)"),
        (lambda: T.rmatvec(np.ones(2)), ValueError, r"x must have shape \(3,\)"),
        (lambda: T.matmat(np.ones(2)), ValueError, r"X must have shape \(2, k\)"),
        (lambda: T.rmatmat(np.ones((2, 2))), ValueError, r"X must have shape \(3, k\)"),
        (lambda: T.matmat(np.ones((2, 2)), workers=0), ValueError, "workers"),
        (lambda: T.solve(np.ones(3)), ValueError, "square"),
        (lambda: Toeplitz([1, 1], [1, 1]).solve(np.ones(3)), ValueError, "Incompatible"),
        (lambda: Toeplitz([9.0, np.nan]).solve(np.ones(2)), ValueError, "infs or NaNs, and c"),
        (lambda: Toeplitz.from_convolution([], 3), ValueError, "a must be a vector"),
        (lambda: Toeplitz.from_convolution([1], 0), ValueError, "n must be a positive"),
        (lambda: Toeplitz.from_convolution([1], 2, "most"), ValueError, "mode must be"),
        (lambda: Toeplitz.stack([]), ValueError, "operators must have at least one"),
        (lambda: Toeplitz.stack([T, T.T]), ValueError, "operators must have one shape"),
        (lambda: Toeplitz.stack([T, np.eye(2)]), TypeError, "operators must be Toeplitz"),
        (lambda: Toeplitz.stack([T], stride=0), ValueError, "stride must be a positive"),
        (lambda: Toeplitz.stack([T], stride=1.5), TypeError, "stride must be a positive"),
        (lambda: Toeplitz.stack([T]) @ np.ones(3), ValueError, "Incompatible dimensions"),
        (lambda: np.ones(2) @ Toeplitz.stack([T]), ValueError, "Incompatible dimensions"),
    ],
)
def test_bad_input(call, error, says):
    with pytest.raises(error, match=says):
        call()

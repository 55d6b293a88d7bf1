"""The cosine and sine transforms of flipshift.fft against their definitions in extended precision.

The bound on the relative L2 error is one rounding, eps / 2, for each doubling of the length and
four more for the steps before and after and the factors; twice that for lengths with a prime factor
above 13, which may be taken as a convolution, by two transforms.
"""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import flipshift.fft as fft

NAMES = ["dct", "dst", "idct", "idst"]
TYPES = [1, 2, 3, 4]
NORMS = [None, "backward", "ortho", "forward"]
INVERSE = {1: 1, 2: 3, 3: 2, 4: 4}
ROOT = np.sqrt(np.longdouble(2))
LENGTHS = [*range(1, 71), 96, 100, 127, 128, 129, 255, 256, 257, 325, 715, 718, 720, 1000]
LENGTHS += [1023, 1024, 1025]


TURN = 8 * np.arctan(np.longdouble(1))


def values(f, p, q):
    """f(2 pi p / q) for integers p, each angle once."""
    return f(np.arange(q) * (TURN / q))[p % q]


@cache
def matrix(kind, type, n):
    """y = matrix @ x for the transforms without factors; angles are reduced in integers."""
    # cos and sin of 2 pi p/q with the products p of what depends on k and what depends on j.
    k = np.arange(n, dtype=np.int64)[:, None]
    j = k.T
    if kind == "dct":
        p, q = {
            1: (j * k, max(1, 2 * (n - 1))),
            2: ((2 * j + 1) * k, 4 * n),
            3: (j * (2 * k + 1), 4 * n),
            4: ((2 * j + 1) * (2 * k + 1), 8 * n),
        }[type]
        f = np.cos
    else:
        p, q = {
            1: ((j + 1) * (k + 1), 2 * (n + 1)),
            2: ((2 * j + 1) * (k + 1), 4 * n),
            3: ((j + 1) * (2 * k + 1), 4 * n),
            4: ((2 * j + 1) * (2 * k + 1), 8 * n),
        }[type]
        f = np.sin
    m = 2 * values(f, p, q)
    once = {("dct", 1): [0, n - 1], ("dct", 3): [0], ("dst", 3): [n - 1]}.get((kind, type), [])
    m[:, once] /= 2
    return m


def definition(name, x, type=2, norm=None, orthogonalize=None):
    """Transform `x` along its last axis, in extended precision."""
    forward = not name.startswith("i")
    kind = name[-3:]
    type = type if forward else INVERSE[type]
    x = np.asarray(x)
    n = x.shape[-1]
    m = matrix(kind, type, n)
    if (norm == "ortho") if orthogonalize is None else orthogonalize:
        m = m.copy()
        end = 0 if kind == "dct" else n - 1
        if type == 2:
            m[end] /= ROOT
        elif type == 3:
            m[:, end] *= ROOT
        elif (kind, type) == ("dct", 1):
            m[:, [0, n - 1]] *= ROOT
            m[[0, n - 1]] /= ROOT
    size = np.longdouble(2 * (n + ({"dct": -1, "dst": 1}[kind] if type == 1 else 0)))
    norm = norm or "backward"
    if norm == "ortho":
        m = m / np.sqrt(size)
    elif (norm == "forward") == forward:
        m = m / size
    x = x.astype(np.clongdouble if x.dtype.kind == "c" else np.longdouble)
    return x @ m.T


def is_smooth(n):
    for p in (2, 3, 5, 7, 11, 13):
        while n > 1 and n % p == 0:
            n //= p
    return n <= 1


def tolerance(n, dtype):
    # Type 1 transforms 2 (n - 1) or 2 (n + 1) numbers.
    transforms = 1 if all(map(is_smooth, (n - 1, n, n + 1))) else 2
    return transforms * (np.log2(2 * n + 2) + 4) * np.finfo(dtype).eps / 2


def assert_close(y, expected, n):
    error = np.linalg.norm((y - expected).ravel())
    assert error <= tolerance(n, y.dtype) * np.linalg.norm(expected.ravel())


def data(shape, dtype, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        x = x + 1j * rng.standard_normal(shape)
    return x.astype(dtype)


def allowed(name, type, n):
    return n > 1 or type > 1 or name.endswith("dst")


@pytest.mark.parametrize("dtype", ["f", "d"])
@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("name", NAMES)
def test_every_length(name, type, dtype):
    for n in LENGTHS:
        if not allowed(name, type, n):
            continue
        x = data(n, dtype, n)
        before = x.copy()
        y = getattr(fft, name)(x, type)
        assert y.dtype == np.dtype(dtype)
        assert y.shape == x.shape
        assert np.array_equal(x, before)
        assert_close(y, definition(name, x, type), n)


@pytest.mark.parametrize("kind", ["dct", "dst"])
@pytest.mark.parametrize("type", TYPES)
def test_impulses_give_the_columns_of_the_matrix(kind, type):
    for n in (2, 3, 8, 9, 15, 16, 40, 41):
        y = getattr(fft, kind)(np.eye(n), type, axis=0)
        for j in range(n):
            assert_close(y[:, j], matrix(kind, type, n)[:, j], n)


@pytest.mark.parametrize("orthogonalize", [None, False, True])
@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("name", NAMES)
def test_norm_and_orthogonalize(name, type, norm, orthogonalize):
    for n in (2, 5, 12, 33, 64):
        x = data((3, n), "d", n)
        y = getattr(fft, name)(x, type, norm=norm, orthogonalize=orthogonalize)
        assert_close(y, definition(name, x, type, norm, orthogonalize), n)


@pytest.mark.parametrize("kind", ["dct", "dst"])
@pytest.mark.parametrize("type", TYPES)
def test_ortho_is_orthogonal(kind, type):
    for n in (2, 7, 20):
        y = getattr(fft, kind)(np.eye(n), type, norm="ortho")
        assert np.linalg.norm(y @ y.T - np.eye(n)) < n * tolerance(n, "d")


@pytest.mark.parametrize("dtype", ["f", "d"])
@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("n", [2, 7, 16, 31, 45, 51, 99, 100, 254, 256, 315, 1000])
def test_axes_and_strides(name, type, dtype, n):
    """Batches along either axis, from and to every kind of strides."""
    for lines in (2, 5, 8, 37):
        x = data((lines, n), dtype, n)
        expected = definition(name, x, type)
        wide = np.zeros((3 * lines, 2 * n), dtype)
        spaced = wide[::3, ::2]
        spaced[...] = x
        for a in (x, np.asfortranarray(x), spaced, np.ascontiguousarray(x[::-1, ::-1])[::-1, ::-1]):
            assert_close(getattr(fft, name)(a, type), expected, n)
            assert_close(getattr(fft, name)(a.T, type, axis=0), expected.T, n)
        out = np.zeros((2 * lines, 3 * n), dtype)
        for y in (out[::2, ::3], out[::-2, ::-3], np.zeros((n, lines), dtype).T):
            assert getattr(fft, name)(x, type, out=y) is y
            assert_close(y, expected, n)


@pytest.mark.parametrize("dtype", ["f", "d"])
@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("kind", ["dct", "dst"])
def test_many_lines_of_large_factors(kind, type, dtype):
    """Lengths that are a convolution in each lane: 2 p, 4 p, 2 (17 * 19), 6 p."""
    for n in (278, 668, 646, 942):
        n += {"dct": 1, "dst": -1}[kind] if type == 1 else 0
        for lines in (8, 21):
            x = data((lines, n), dtype, n)
            expected = definition(kind, x, type)
            assert_close(getattr(fft, kind)(x, type), expected, n)
            assert_close(getattr(fft, kind)(x.T.copy(), type, axis=0), expected.T, n)
        y = getattr(fft, kind)(x, type, orthogonalize=True)
        assert_close(y, definition(kind, x, type, None, True), n)


@pytest.mark.parametrize("dtype", ["F", "D"])
@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("kind", ["dct", "dst"])
def test_numbers_that_are_every_other_one(kind, type, dtype):
    """Parts of complex numbers, also in rows whose distance is a power of two."""
    for n in (16, 33, 100, 254, 720):
        for lines in (1, 3, 6, 19, 70):
            x = data((lines, n), dtype, n)
            wide = np.zeros((n, 512), dtype)
            wide[:, :lines] = x.T
            expected = definition(kind, x.imag, type)
            assert_close(getattr(fft, kind)(x.imag, type), expected, n)
            for a in (x.T.copy(), wide[:, :lines]):
                assert_close(getattr(fft, kind)(a.imag, type, axis=0), expected.T, n)


@pytest.mark.parametrize("dtype", ["f", "d"])
@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("kind", ["dct", "dst"])
def test_short_lines_along_an_inner_axis(kind, type, dtype):
    for n in (15, 18, 20, 21, 25, 27, 32, 36, 48):
        for outer, inner in ((40, 2), (9, 7), (5, 8), (3, 33)):
            x = data((outer, n, 2 * inner), dtype, n)
            for part in (x[..., :inner], x[..., ::2]):
                y = getattr(fft, kind)(part, type, axis=1)
                expected = definition(kind, np.moveaxis(part, 1, -1), type)
                assert_close(y, np.moveaxis(expected, -1, 1), n)
                again = getattr(fft, kind)(part, type, axis=1, workers=2)
                np.testing.assert_array_equal(again, y)


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("kind", ["dct", "dst"])
def test_every_line_of_an_array_of_three_dimensions(kind, type):
    x = data((9, 34, 21), "d")
    for axis in (0, 1, 2, -1, -3):
        y = getattr(fft, kind)(x, type, axis=axis)
        expected = np.moveaxis(definition(kind, np.moveaxis(x, axis, -1), type), -1, axis)
        assert_close(y, expected, x.shape[axis])
    broadcast = np.broadcast_to(x[0], (4, 34, 21))
    y = getattr(fft, kind)(broadcast, type, axis=1)
    assert_close(y[3], np.moveaxis(definition(kind, x[0].T, type), -1, 0), 34)


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("name", NAMES)
def test_several_axes(name, type):
    x = data((6, 10, 16), "d")
    transform = getattr(fft, name + "n")

    def along(x, axes):
        for axis in axes:
            x = np.moveaxis(definition(name, np.moveaxis(x, axis, -1), type), -1, axis)
        return x

    assert_close(transform(x, type), along(x, (0, 1, 2)), x.size)
    assert_close(transform(x, type, axes=(0, 2)), along(x, (0, 2)), x.size)
    assert_close(transform(x, type, axes=1), along(x, (1,)), x.size)
    padded = np.zeros((6, 12, 7))
    padded[:, :10] = x[..., :7]
    assert_close(transform(x, type, s=(12, 7)), along(padded, (1, 2)), x.size)
    z = x + 1j * x[::-1]
    assert_close(transform(z, type), along(z, (0, 1, 2)), x.size)
    assert transform(x, type, axes=()) is x


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("name", NAMES)
def test_length_cuts_or_fills_up(name, type):
    x = data((2, 12), "d")
    y = getattr(fft, name)(x, type, 7)
    assert_close(y, definition(name, x[:, :7], type), 7)
    y = getattr(fft, name)(x, type, 20)
    assert_close(y, definition(name, np.pad(x, [(0, 0), (0, 8)]), type), 20)


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("dtype", "result"),
    [
        ("e", "f"),
        ("?", "d"),
        ("b", "d"),
        ("u8", "d"),
        (">f4", "f"),
        (">f8", "d"),
        ("F", "F"),
        ("D", "D"),
        (">c8", "F"),
        ("g", "g"),
        ("G", "G"),
    ],
)
def test_dtypes(name, type, dtype, result):
    x = (10 * data((3, 18), "D" if dtype[-1] in "FDG8" else "d")).real.astype(dtype)
    y = getattr(fft, name)(x, type)
    assert y.dtype == np.dtype(result)
    expected = definition(name, x, type)
    if result in "gG":
        # The definition rounds as much; angles are off by one rounding each.
        error = np.linalg.norm(y - expected)
        assert error <= 40 * np.finfo(np.longdouble).eps * np.linalg.norm(expected)
    else:
        assert_close(y, expected, 18)


@pytest.mark.parametrize("dtype", ["F", "D"])
@pytest.mark.parametrize("orthogonalize", [None, True, False])
def test_complex_parts_go_separately(dtype, orthogonalize):
    x = data((5, 24), dtype)
    for name in NAMES:
        for type in TYPES:
            y = getattr(fft, name)(x, type, orthogonalize=orthogonalize)
            assert_close(y, definition(name, x, type, None, orthogonalize), 24)
            y = getattr(fft, name)(x.T, type, axis=0, orthogonalize=orthogonalize)
            assert_close(y, definition(name, x, type, None, orthogonalize).T, 24)


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", ["f", "d", "F", "D"])
def test_out_may_be_or_overlap_the_input(name, type, dtype):
    for shape, axis in (((40,), 0), ((12, 40), 1), ((40, 12), 0)):
        x = data(shape, dtype)
        expected = np.moveaxis(definition(name, np.moveaxis(x, axis, -1), type), -1, axis)
        same = x.copy()
        assert getattr(fft, name)(same, type, axis=axis, out=same) is same
        assert_close(same, expected, 40)
        memory = np.zeros(x.size + 1, dtype)
        shifted = memory[:-1].reshape(shape)
        shifted[...] = x
        y = memory[1:].reshape(shape)
        getattr(fft, name)(shifted, type, axis=axis, out=y)
        assert_close(y, expected, 40)
        backwards = x.copy()
        getattr(fft, name)(backwards, type, axis=axis, out=backwards[::-1])
        assert_close(backwards[::-1], expected, 40)


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", ["f", "D", "g", "i"])
def test_overwrite_x(name, type, dtype):
    for suffix in ("", "n"):
        x = data((6, 10), "d").astype(dtype)
        expected = getattr(fft, name + suffix)(x, type)
        given = x.copy()
        y = getattr(fft, name + suffix)(given, type, overwrite_x=True)
        assert np.array_equal(y, expected)
        if dtype != "i":
            assert np.shares_memory(y, given)
        given = x.copy()
        given.flags.writeable = False
        y = getattr(fft, name + suffix)(given, type, overwrite_x=True)
        assert np.array_equal(given, x)


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("name", NAMES)
def test_result_does_not_depend_on_workers(name, type):
    for shape, axis in (((300, 301), 1), ((301, 300), 0), ((5000, 16), 1)):
        x = data(shape, "f")
        one = getattr(fft, name)(x, type, axis=axis)
        for workers in (2, 3, -1):
            many = getattr(fft, name)(x, type, axis=axis, workers=workers)
            assert np.array_equal(one, many)
    with fft.set_workers(2):
        assert np.array_equal(getattr(fft, name)(x, type), one)


@pytest.mark.parametrize("orthogonalize", [None, False, True])
@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("kind", ["dct", "dst"])
def test_inverse_pairs(kind, type, norm, orthogonalize):
    """The inverse undoes the transform; test_norm_and_orthogonalize says that it is the right one.

    The transforms are orthogonal up to a factor and, without `orthogonalize`, weights between 1/2
    and 2, so that errors grow at most fourfold.
    """
    for shape in ((13,), (4, 18)):
        x = data(shape, "d")
        keywords = {"norm": norm, "orthogonalize": orthogonalize}
        y = getattr(fft, kind)(x, type, **keywords)
        back = getattr(fft, "i" + kind)(y, type, **keywords)
        assert np.linalg.norm(back - x) <= 8 * tolerance(18, "d") * np.linalg.norm(x)
        y = getattr(fft, kind + "n")(x, type, **keywords)
        back = getattr(fft, f"i{kind}n")(y, type, **keywords)
        assert np.linalg.norm(back - x) <= 64 * tolerance(x.size, "d") * np.linalg.norm(x)


@pytest.mark.parametrize(
    "n", [1001, 3375, 4095, 4096, 4097, 8009, 10006, 10007, 10008, 16019, 16022, 16832, 65536]
)
@pytest.mark.parametrize("dtype", ["f", "d"])
def test_long(n, dtype):
    """At length, against the definition at some frequencies; the error of one is below all."""
    x = data(n, dtype)
    k = np.unique(np.random.default_rng(1).integers(0, n, 30))
    j = np.arange(n, dtype=np.int64)
    for kind, f in (("dct", np.cos), ("dst", np.sin)):
        for type, p, q in (
            (2, np.outer(k + (kind == "dst"), 2 * j + 1), 4 * n),
            (4, np.outer(2 * k + 1, 2 * j + 1), 8 * n),
        ):
            expected = 2 * values(f, p, q) @ x.astype(np.longdouble)
            y = getattr(fft, kind)(x, type)
            error = np.linalg.norm(y[k] - expected)
            assert error <= tolerance(n, dtype) * np.linalg.norm(y.astype(np.longdouble))
            back = getattr(fft, "i" + kind)(y, type)
            assert np.linalg.norm(back - x) <= 8 * tolerance(n, dtype) * np.linalg.norm(x)
        y = getattr(fft, kind)(x, 1)
        p, q = (
            (np.outer(k, j), 2 * (n - 1))
            if kind == "dct"
            else (np.outer(k + 1, j + 1), 2 * (n + 1))
        )
        m = 2 * values(f, p, q)
        if kind == "dct":
            m[:, [0, -1]] /= 2
        error = np.linalg.norm(y[k] - m @ x.astype(np.longdouble))
        assert error <= tolerance(n, dtype) * np.linalg.norm(y.astype(np.longdouble))


@given(
    hnp.arrays(
        st.sampled_from(["f4", "f8"]),
        hnp.array_shapes(min_dims=1, max_dims=3, min_side=2, max_side=20),
        elements=st.floats(-100, 100, width=16),
    ),
    st.sampled_from(NAMES),
    st.sampled_from(TYPES),
    st.data(),
)
def test_any_shape_and_strides(x, name, type, choice):
    order = choice.draw(st.permutations(range(x.ndim)))
    steps = tuple(slice(None, None, choice.draw(st.sampled_from([1, -1, 2]))) for _ in order)
    x = x.transpose(order)[steps]
    axis = choice.draw(st.integers(0, x.ndim - 1))
    n = x.shape[axis]
    if not allowed(name, type, n):
        return
    expected = np.moveaxis(definition(name, np.moveaxis(x, axis, -1), type), -1, axis)
    assert_close(getattr(fft, name)(x, type, axis=axis), expected, n)


def test_empty_batch():
    assert fft.dct(np.zeros((0, 4))).shape == (0, 4)
    assert fft.dct(np.zeros((0, 1)), 1).shape == (0, 1)
    assert fft.dctn(np.zeros((0, 4)), axes=1).shape == (0, 4)


BAD = [
    (ValueError, {"type": 5}, "type"),
    (ValueError, {"type": 0}, "type"),
    (TypeError, {"type": 2.0}, "type"),
    (TypeError, {"type": "2"}, "type"),
    (TypeError, {"type": None}, "type"),
    (ValueError, {"norm": "other"}, "norm"),
    (TypeError, {"norm": []}, "norm"),
    (ValueError, {"workers": 0}, "workers"),
    (TypeError, {"workers": 1.5}, "workers"),
]


@pytest.mark.parametrize("name", [*NAMES, *(name + "n" for name in NAMES)])
@pytest.mark.parametrize(("error", "keywords", "text"), BAD)
def test_bad_arguments(name, error, keywords, text):
    with pytest.raises(error, match=text):
        getattr(fft, name)(np.ones((3, 4)), **keywords)


@pytest.mark.parametrize("name", NAMES)
def test_bad_lengths_axes_and_outputs(name):
    f, fn = getattr(fft, name), getattr(fft, name + "n")
    x = np.ones((3, 4))
    for n in (0, -1):
        with pytest.raises(ValueError, match="number of data points"):
            f(x, n=n)
    with pytest.raises(TypeError, match="n must be"):
        f(x, n=2.5)
    with pytest.raises(ValueError, match="number of data points"):
        f([])
    with pytest.raises(IndexError, match="axis"):
        f(x, axis=2)
    with pytest.raises(IndexError, match="axis"):
        f(1.0)
    with pytest.raises(TypeError, match="axis"):
        f(x, axis="0")
    with pytest.raises(ValueError, match="axes"):
        fn(x, axes=2)
    with pytest.raises(ValueError, match="axes must be unique"):
        fn(x, axes=(0, 0))
    with pytest.raises(ValueError, match="shape requires more axes"):
        fn(x, s=(1, 2, 3))
    with pytest.raises(ValueError, match="number of data points"):
        fn(x, s=(0, 2))
    with pytest.raises(ValueError, match="x must be numeric"):
        f(["a", "b"])
    with pytest.raises(ValueError, match="out has shape"):
        f(x, out=np.empty((4, 3)))
    with pytest.raises(TypeError, match="out has dtype"):
        f(x, out=np.empty((3, 4), "f"))
    with pytest.raises(TypeError, match="out must be"):
        f(x, out=[0])


@pytest.mark.parametrize("name", ["dct", "idct", "dctn", "idctn"])
def test_cosine_of_type_1_needs_two_points(name):
    for x in ([1.0], [[1.0]]):
        with pytest.raises(RuntimeError, match="at least 2"):
            getattr(fft, name)(x, type=1)

"""Arguments of `flipshift.ndimage`: outputs of every kind, memory layouts, and bad input."""

import inspect
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ndimage_definition import check, convolved, numbers, wide

from flipshift import ndimage

X = np.arange(12.0).reshape(3, 4)
W = np.ones((3, 3))

#: Every filter with arguments that do something.
FILTERS = [
    (ndimage.convolve, (np.array([[1.0, 2, 0], [0, 1, -1]]),)),
    (ndimage.correlate, (np.array([[1.0, 2, 0], [0, 1, -1]]),)),
    (ndimage.convolve1d, ([1.0, 2, -1, 3], 0)),
    (ndimage.correlate1d, ([1.0, 2, -1],)),
    (ndimage.uniform_filter, (3,)),
    (ndimage.uniform_filter1d, (4, 0)),
    (ndimage.gaussian_filter, (0.8,)),
    (ndimage.gaussian_filter1d, (0.8,)),
    (ndimage.sobel, ()),
    (ndimage.prewitt, (0,)),
    (ndimage.laplace, ()),
    (ndimage.gaussian_laplace, (0.8,)),
    (ndimage.gaussian_gradient_magnitude, (0.8,)),
]
NAMES = [f.__name__ for f, _ in FILTERS]


@pytest.mark.parametrize(("function", "arguments"), FILTERS, ids=NAMES)
def test_outputs(function, arguments):
    rng = np.random.default_rng(1)
    for dtype in ("f4", "f8", "i2", "u1", "c8"):
        x = numbers(rng, (7, 9), dtype)
        if dtype == "i2":
            x //= 512  # products of derivatives do not wrap
        expected = function(x, *arguments)
        assert expected.dtype == x.dtype
        assert expected.flags.c_contiguous
        for same in (x.dtype, x.dtype.type, x.dtype.str, x.dtype.newbyteorder()):
            y = function(x, *arguments, output=same)
            assert y.dtype == np.dtype(same)
            np.testing.assert_array_equal(y, expected)
        for out in (
            np.empty((7, 9), dtype),
            np.empty((7, 9), dtype, order="F"),
            np.empty((14, 18), dtype)[::2, ::-2],
            np.empty((7, 9), x.dtype.newbyteorder()),
            np.empty(63 * x.itemsize + 1, np.uint8)[1:].view(dtype).reshape(7, 9),
        ):
            assert function(x, *arguments, output=out) is out
            np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize(("function", "arguments"), FILTERS, ids=NAMES)
def test_overlapping_outputs(function, arguments):
    """The result is as if the output did not overlap the input."""
    rng = np.random.default_rng(2)
    for dtype in ("f4", "f8", "u1", "c16"):
        memory = numbers(rng, (9, 10), dtype)
        expected = function(memory, *arguments)
        x = memory.copy()
        assert function(x, *arguments, output=x) is x
        np.testing.assert_array_equal(x, expected)
        for here, there in [
            (np.s_[:-2], np.s_[2:]),
            (np.s_[:, 1:], np.s_[:, :-1]),
            (np.s_[:], np.s_[::-1]),
        ]:
            x = memory.copy()
            expected = function(memory[here], *arguments)
            y = x[there]
            function(x[here], *arguments, output=y)
            np.testing.assert_array_equal(y, expected)


@pytest.mark.parametrize(("function", "arguments"), FILTERS, ids=NAMES)
def test_inputs(function, arguments):
    """The layout of an image in memory makes no difference, and nothing writes to it."""
    rng = np.random.default_rng(3)
    for dtype in ("f4", "f8", "i4", "c8"):
        x = numbers(rng, (7, 9), dtype)
        if dtype == "i4":
            x >>= 20
        expected = function(x, *arguments)
        unaligned = np.empty(63 * x.itemsize + 1, np.uint8)[1:].view(dtype).reshape(7, 9)
        unaligned[...] = x
        strided = np.empty((14, 27), dtype)[::2, ::-3]
        strided[...] = x
        frozen = x.copy()
        frozen.flags.writeable = False
        for same in (
            np.asfortranarray(x),
            unaligned,
            strided,
            frozen,
            x.astype(x.dtype.newbyteorder()),
            np.ma.array(x),
        ):
            before = same.copy()
            y = function(same, *arguments)
            assert type(y) is np.ndarray
            assert y.dtype == x.dtype
            np.testing.assert_array_equal(y, expected)
            np.testing.assert_array_equal(same, before)
    np.testing.assert_array_equal(
        function(x.tolist(), *arguments), function(x.astype("c16"), *arguments)
    )


@pytest.mark.parametrize(("function", "arguments"), FILTERS, ids=NAMES)
def test_empty_images(function, arguments):
    for shape in [(0, 4), (4, 0), (0, 0)]:
        for dtype in ("f4", "u1", "c8", "?"):
            y = function(np.zeros(shape, dtype), *arguments)
            assert y.shape == shape
            assert y.dtype == dtype


def test_scalars():
    assert ndimage.convolve(3.0, 2.0) == 6
    assert ndimage.convolve(3.0, 2.0).shape == ()
    assert ndimage.correlate(3j, 2j) == 6
    assert ndimage.convolve(3j, 2.0, mode="constant", cval=1) == 6j
    for function in (ndimage.uniform_filter, ndimage.laplace):
        assert function(3.0) == 3
    for function in (ndimage.gaussian_filter, ndimage.gaussian_laplace):
        assert function(3.0, 1) == 3
    for function in (ndimage.sobel, ndimage.uniform_filter1d):
        with pytest.raises(np.exceptions.AxisError):
            function(3.0, 1)


def test_no_axes():
    for function, arguments in FILTERS:
        if "axes" not in inspect.signature(function).parameters:
            continue
        weighted = function in (ndimage.convolve, ndimage.correlate)
        y = function(X, *((3.0,) if weighted else arguments), axes=())
        np.testing.assert_array_equal(y, 3 * X if weighted else X)
        assert not np.may_share_memory(y, X)
    np.testing.assert_array_equal(ndimage.uniform_filter(X, 3, "i2", axes=()), X)


def test_positional_arguments_are_scipys():
    scipy = pytest.importorskip("scipy", minversion="1.17")
    from scipy import ndimage as peer

    assert scipy
    for name in ndimage.__all__:
        ours = inspect.signature(getattr(ndimage, name)).parameters
        theirs = inspect.signature(inspect.unwrap(getattr(peer, name))).parameters
        assert [p for p in ours if p in theirs] == list(theirs)
        for p in theirs:
            assert ours[p].kind == theirs[p].kind, (name, p)
            assert ours[p].default == theirs[p].default, (name, p)
        for p in set(ours) - set(theirs):
            assert ours[p].kind == inspect.Parameter.KEYWORD_ONLY, (name, p)


GAUSS = ndimage.gaussian_filter
GAUSS_1D = ndimage.gaussian_filter1d
UNIFORM = ndimage.uniform_filter
CONVOLVE = ndimage.convolve
ALONG = ndimage.convolve1d
AXIS = np.exceptions.AxisError

BAD = [
    (CONVOLVE, (X, [1.0, 2]), {}, RuntimeError, r"weights.ndim \(1\) must match len\(axes\) \(2\)"),
    (CONVOLVE, (X, W[:0]), {}, RuntimeError, r"weights has shape \(0, 3\)"),
    (CONVOLVE, (X, W), {"axes": 0}, RuntimeError, r"weights.ndim \(2\) must match"),
    (CONVOLVE, (X, W), {"mode": "same"}, RuntimeError, "mode must be one of.*'same'"),
    (CONVOLVE, (X, W), {"mode": None}, RuntimeError, "mode must be one of"),
    (CONVOLVE, (X, W), {"mode": ["wrap", "wrap"]}, RuntimeError, "sequence of modes"),
    (CONVOLVE, (X, W), {"origin": 2}, ValueError, "Invalid origin 2.* from -1 to 1"),
    (CONVOLVE, (X, W), {"origin": (0, -2)}, ValueError, "Invalid origin -2"),
    (CONVOLVE, (X, W), {"origin": (0,)}, RuntimeError, "origin has 1 entries for 2 axes"),
    (CONVOLVE, (X, W), {"origin": 0.5}, TypeError, "integer"),
    (CONVOLVE, (X, W), {"origin": "a"}, TypeError, "str"),
    (CONVOLVE, (X, W), {"cval": "1"}, TypeError, "cval must be a real number, not '1'"),
    (CONVOLVE, (X, W), {"cval": None}, TypeError, "cval must be a real number, not None"),
    (CONVOLVE, (X, W), {"cval": 1j}, TypeError, "cval must be a real number, not 1j"),
    (CONVOLVE, (X, 1j * W), {"cval": 1j}, ValueError, "complex-valued cval"),
    (CONVOLVE, (1j * X, W), {"cval": None}, TypeError, "cval must be a number"),
    (CONVOLVE, (X, W), {"axes": (0, 2)}, ValueError, "specified axis: 2 is out of range"),
    (CONVOLVE, (X, W), {"axes": (1, -1)}, ValueError, "axes must be unique"),
    (CONVOLVE, (X, W), {"axes": (0, 1.0)}, TypeError, "cannot be interpreted as an integer"),
    (CONVOLVE, (X, W), {"axes": object()}, ValueError, "axes must be an integer, iterable"),
    (CONVOLVE, (X, W), {"workers": 0}, ValueError, "workers must not be zero"),
    (CONVOLVE, (X, W), {"workers": 1.5}, TypeError, "workers must be an integer"),
    (CONVOLVE, (X, W), {"output": np.empty((2, 2))}, RuntimeError, "output shape not correct"),
    (CONVOLVE, (X, W), {"output": 3}, RuntimeError, "output shape not correct"),
    (CONVOLVE, (X, W), {"output": "bool"}, RuntimeError, "output must have numeric dtype"),
    (CONVOLVE, (X, W), {"output": "no dtype"}, TypeError, "no dtype"),
    (CONVOLVE, (X, W), {"output": complex}, RuntimeError, "output is complex128"),
    (CONVOLVE, (X, W), {"output": np.float16}, RuntimeError, "output is float16"),
    (CONVOLVE, (X, 1j * W), {"output": np.empty((3, 4))}, RuntimeError, "complex dtype"),
    (CONVOLVE, (X, 1j * W), {"output": "f4"}, RuntimeError, "complex dtype"),
    (CONVOLVE, (X.astype("f2"), W), {}, RuntimeError, "input is float16"),
    (CONVOLVE, (X.astype("g"), W), {}, RuntimeError, "input is "),
    (CONVOLVE, (X.astype("m8[s]"), W), {}, RuntimeError, "input is timedelta64"),
    (CONVOLVE, (np.array([["a"]]), W), {}, TypeError, "input must be numeric, not <U1"),
    (CONVOLVE, (X, [["a"]]), {}, ValueError, "'a'"),
    (CONVOLVE, (X, W), {"separable": "yes"}, TypeError, "separable must be None, True or False"),
    (ALONG, (X, []), {}, RuntimeError, r"no filter weights given: weights has shape \(0,\)"),
    (ALONG, (X, W), {}, RuntimeError, "no filter weights given"),
    (ALONG, (X, [1]), {"axis": 2}, AXIS, "axis 2 is out of bounds"),
    (ALONG, (X, [1]), {"axis": 1.0}, TypeError, "axis must be an integer, not 1.0"),
    (ALONG, (X, [1, 2]), {"origin": 1}, ValueError, "Invalid origin 1.* from -1 to 0"),
    (ALONG, (X, [1]), {"mode": "none"}, RuntimeError, "mode must be one of"),
    (UNIFORM, (X, (2, 3, 4)), {}, RuntimeError, "size has 3 entries for 2 axes"),
    (UNIFORM, (X, "3"), {}, TypeError, "str"),
    (UNIFORM, (X, 3), {"origin": 2}, ValueError, "invalid origin 2: for size 3"),
    (UNIFORM, (X, 3), {"mode": ["wrap"]}, RuntimeError, "mode has 1 entries for 2 axes"),
    (ndimage.uniform_filter1d, (X, 0), {}, RuntimeError, "incorrect filter size"),
    (ndimage.uniform_filter1d, (X, 2.5), {}, TypeError, "size must be an integer, not 2.5"),
    (GAUSS, (X, (1, 2, 3)), {}, RuntimeError, "sigma has 3 entries for 2 axes"),
    (GAUSS, (X, "1"), {}, TypeError, "str"),
    (GAUSS, (X, 1), {"order": -1}, ValueError, "order must be non-negative, not -1"),
    (GAUSS, (X, 1), {"order": 1.5}, TypeError, "order must be an integer, not 1.5"),
    (GAUSS, (X, 1), {"radius": -1}, ValueError, "Radius must be a nonnegative integer, not -1"),
    (GAUSS, (X, 1), {"radius": 1.5}, ValueError, "Radius must be a nonnegative integer, not 1.5"),
    (GAUSS, (X, 1), {"truncate": -4}, ValueError, "Radius must be a nonnegative integer"),
    (GAUSS, (X, np.inf), {}, OverflowError, "infinity"),
    (GAUSS, (X, 1), {"mode": "none"}, RuntimeError, "mode must be one of"),
    (GAUSS, (1j * X, 1), {"output": np.float64}, RuntimeError, "complex dtype"),
    (GAUSS_1D, (X, 0), {}, ZeroDivisionError, "sigma must not be zero"),
    (GAUSS_1D, (X, -1), {}, ValueError, "Radius must be a nonnegative integer"),
    (GAUSS_1D, (X, np.nan), {}, ValueError, "NaN"),
    (GAUSS_1D, (X, 1), {"axis": -3}, AXIS, "axis -3 is out of bounds"),
    (ndimage.sobel, (X,), {"axis": 2}, AXIS, "axis 2 is out of bounds"),
    (ndimage.prewitt, (X,), {"mode": ["wrap"]}, RuntimeError, "mode has 1 entries"),
    (ndimage.laplace, (X,), {"axes": 2}, ValueError, "specified axis: 2 is out of range"),
    (ndimage.laplace, (X,), {"mode": ["wrap"] * 3}, RuntimeError, "mode has 3 entries"),
    (ndimage.gaussian_laplace, (X, (1, 2, 3)), {}, RuntimeError, "sigma has 3 entries"),
    (ndimage.gaussian_laplace, (X, 1), {"foo": 3}, TypeError, "foo"),
    (ndimage.gaussian_laplace, (X, 1), {"order": 3}, TypeError, "order"),
    (ndimage.generic_laplace, (X, 3), {}, TypeError, "callable"),
]


@pytest.mark.parametrize(("function", "arguments", "keywords", "error", "words"), BAD)
def test_bad_input(function, arguments, keywords, error, words):
    with pytest.raises(error, match=words):
        function(*arguments, **keywords)


def test_read_only_outputs():
    out = np.empty((3, 4))
    out.flags.writeable = False
    for function, arguments in FILTERS:
        with pytest.raises(ValueError, match="read-only"):
            function(X, *arguments, output=out)


def test_errors_are_scipys():
    pytest.importorskip("scipy", minversion="1.17")
    from scipy import ndimage as peer

    for function, arguments, keywords, error, _ in BAD:
        if {"workers", "separable"} & set(keywords):
            continue
        with pytest.raises(error):
            getattr(peer, function.__name__)(*arguments, **keywords)


def test_promoted_outputs():
    """A real dtype for a complex result is made complex, and a warning says so."""
    with pytest.warns(UserWarning, match=re.escape("promoting specified output dtype")) as caught:
        y = ndimage.convolve(1j * X, W, output=np.float32)
    assert y.dtype == np.complex64
    assert caught[0].filename == __file__
    with pytest.warns(UserWarning, match="promoting"):
        assert ndimage.uniform_filter(1j * X, 3, output=np.float64).dtype == np.complex128


@given(st.data())
@settings(max_examples=150)
def test_any_layout(data):
    """Shape, strides, kernel, origin and axes at random."""
    draw = data.draw
    shape = draw(st.lists(st.integers(1, 7), min_size=1, max_size=4))
    dtype = draw(st.sampled_from(["f4", "f8", "c8", "c16"]))
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    steps = [draw(st.sampled_from([-2, -1, 1, 2])) for _ in shape]
    order = draw(st.permutations(range(len(shape))))
    memory = np.empty([abs(steps[i]) * shape[i] for i in order], dtype)
    x = memory.transpose(np.argsort(order))[tuple(slice(None, None, s) for s in steps)]
    assert list(x.shape) == shape
    x[...] = numbers(rng, shape, dtype)
    axes = sorted(draw(st.sets(st.integers(0, len(shape) - 1), min_size=1)))
    kernel = [draw(st.integers(1, 5)) for _ in axes]
    w = rng.standard_normal(kernel).astype("f4")
    origin = [draw(st.integers(-(n // 2), (n - 1) // 2)) for n in kernel]
    mode = draw(st.sampled_from(["reflect", "constant", "nearest", "mirror", "wrap"]))
    exact, size = convolved(wide(x), wide(w), axes, mode, 2, origin)
    if len(axes) == len(shape):
        y = ndimage.convolve(x, w, None, mode, 2, origin)
    else:
        y = ndimage.convolve(x, w, None, mode, 2, origin, axes=axes)
    check(y, exact, size, w.size, x.dtype)

"""Plans, and the cache of those that the functions use.

Values are compared with the definition in extended precision, within 5 eps of relative L2 error
for each doubling of the length and six levels more for Bluestein's algorithm (Higham, *Accuracy and
Stability of Numerical Algorithms*, 2nd ed., theorem 24.2), or must be the very bits of another
call.
"""

import copy
import pickle
import sys
from math import prod

import numpy as np
import pytest

import flipshift.fft as fft
from flipshift import _backend

RNG = np.random.default_rng(0)
NATIVE = _backend.name == "native"
ONE = ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"]
MANY = [f"{name}{end}" for name in ONE for end in "2n"]
TRIGONOMETRIC = ["dct", "idct", "dst", "idst", "dctn", "idctn", "dstn", "idstn"]
REAL = ("rfft", "ihfft")
DTYPES = ["f", "d", "g", "F", "D", "G"]


def data(shape, dtype):
    x = RNG.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        x = x + 1j * RNG.standard_normal(shape)
    return x.astype(dtype)


def definition(name, x, n):
    """The transform of one line by its sum in extended precision, to n points, unscaled."""
    if name in ("irfft", "hfft"):
        half = x[: n // 2 + 1].astype(np.clongdouble)
        half[0] = half[0].real
        if n % 2 == 0:
            half[-1] = half[-1].real
        x = np.concatenate([half, np.conj(half[1 : (n + 1) // 2][::-1])])
    turn = 8 * np.arctan(np.longdouble(1))
    j = np.arange(n)
    angle = (np.outer(j, j) % n).astype(np.longdouble) * (turn / n)
    sign = -1 if name in ("fft", "rfft", "hfft") else 1
    y = (np.cos(angle) + 1j * sign * np.sin(angle)) @ x.astype(np.clongdouble)
    if name in REAL:
        y = y[: n // 2 + 1]
    return y.real if name in ("irfft", "hfft") else y


def taken(names, dtypes):
    """The pairs of a name and a dtype that it takes: some transform real numbers only."""
    return [(n, d) for n in names for d in dtypes if not (n.startswith(REAL) and d in "FDG")]


@pytest.mark.parametrize(("name", "dtype"), taken(ONE, DTYPES))
@pytest.mark.parametrize("n", [1, 2, 3, 8, 16, 30, 64, 97, 100, 1024])
def test_one_line(name, n, dtype):
    halved = name in ("irfft", "hfft")
    x = data(n // 2 + 1 if halved else n, dtype)
    plan = fft.Plan(name, x.shape, dtype, n=n, norm="ortho")
    before = x.copy()
    y = plan(x)
    expected = definition(name, x, n) / np.sqrt(np.longdouble(n))
    eps = np.finfo(y.dtype).eps
    bound = 5 * eps * (np.log2(n) + 7)
    assert np.linalg.norm(y - expected) <= bound * np.linalg.norm(expected)
    np.testing.assert_array_equal(x, before)
    assert (y.shape, y.dtype) == (plan.output_shape, plan.output_dtype)
    out = np.empty_like(y)
    assert plan(x, out) is out
    np.testing.assert_array_equal(out, y)
    assert plan(x, out=out) is out
    np.testing.assert_array_equal(getattr(fft, name)(x, n, norm="ortho", plan=plan), y)
    # The function goes the same way, or by numpy.fft.
    np.testing.assert_array_equal(getattr(fft, name)(x, n, norm="ortho"), y)


@pytest.mark.parametrize(("name", "dtype"), taken([*ONE, *MANY], "fD"))
@pytest.mark.parametrize("fitted", [False, True])
def test_as_the_function(name, dtype, fitted):
    x = data((4, 6, 10), dtype)
    if name in ONE:
        options = {"axis": 1, "norm": "forward"} | ({"n": 9} if fitted else {})
    else:
        options = {"axes": (2, 1), "norm": "forward"} | ({"s": (7, 8)} if fitted else {})
    plan = fft.Plan(name, x.shape, x.dtype, **options)
    function = getattr(fft, name)
    expected = function(x, **options)
    views = [x, np.asfortranarray(x), np.repeat(x, 2, axis=0)[::2], x[::-1].copy()[::-1]]
    atol = np.finfo(dtype).eps * prod(x.shape)  # strides decide on the order of additions
    for view in [*views, x.astype(x.dtype.newbyteorder())]:
        y = plan(view)
        np.testing.assert_allclose(y, expected, rtol=0, atol=atol)
        assert y.dtype == plan.output_dtype
        assert y.shape == plan.output_shape
    out = np.empty(expected.shape[::-1], expected.dtype).T
    assert plan(x, out) is out
    np.testing.assert_allclose(out, expected, rtol=0, atol=atol)
    np.testing.assert_array_equal(function(x, **options, plan=plan), expected)


@pytest.mark.parametrize("name", [n for n in TRIGONOMETRIC if hasattr(fft, n)])
@pytest.mark.parametrize("dtype", ["f", "D"])
def test_sine_and_cosine_transforms(name, dtype):
    x = data((6, 10), dtype)
    where = {"axes": (0,), "s": 8} if name.endswith("n") else {"axis": 0, "n": 8}
    options = {"type": 3, "norm": "ortho", "orthogonalize": False, **where}
    plan = fft.Plan(name, x.shape, x.dtype, **options)
    expected = getattr(fft, name)(x, **options)
    assert (plan.output_shape, plan.output_dtype) == (expected.shape, expected.dtype)
    out = np.empty_like(expected)
    assert plan(x, out) is out
    np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(plan))(x), expected)
    with pytest.raises(ValueError, match="plan is for another transform"):
        fft.fft(x, plan=plan)
    with pytest.raises(ValueError, match="type"):
        fft.Plan(name, x.shape, x.dtype, type=5)


@pytest.mark.parametrize("name", ["dct", "idct", "dst", "idst"])
@pytest.mark.parametrize("dtype", ["f", "d", "g"])
@pytest.mark.parametrize("n", [5, 24, 278])
def test_sine_and_cosine_transforms_of_a_line(name, dtype, n):
    """The bits of the function, whose values test_dct compares with the definition."""
    x = data((n,), dtype)
    for type in (1, 2, 3, 4):
        for norm in (None, "ortho", "forward"):
            for orthogonalize in (None, False, True):
                options = {"type": type, "norm": norm, "orthogonalize": orthogonalize}
                plan = fft.Plan(name, n, dtype, **options)
                expected = getattr(fft, name)(x, **options)
                np.testing.assert_array_equal(plan(x), expected)
                out = x.copy()
                assert plan(out, out) is out
                np.testing.assert_array_equal(out, expected)
    shorter = fft.Plan(name, n, dtype, n=n - 2)
    np.testing.assert_array_equal(shorter(x), getattr(fft, name)(x, n=n - 2))
    np.testing.assert_array_equal(plan(np.repeat(x, 2)[::2]), plan(x))
    with pytest.raises(ValueError, match="x has shape"):
        plan(x[1:])
    with pytest.raises(TypeError, match="x has dtype"):
        plan(x.astype("i"))


def test_defaults_of_functions_in_two_dimensions():
    x = data((3, 4, 6), "D")
    np.testing.assert_array_equal(fft.Plan("fft2", x.shape, x.dtype)(x), fft.fft2(x))
    np.testing.assert_array_equal(fft.Plan("irfftn", x.shape, x.dtype)(x), fft.irfftn(x))


@pytest.mark.parametrize("n", [16, 1009, 8191, 8192])
@pytest.mark.skipif(not NATIVE, reason="calls of the NumPy backend are all alike")
def test_short_lines_are_planned_whatever_the_workers(n, monkeypatch):
    """Nothing is left to decide at the call, and the result is that of one worker."""
    x = np.random.default_rng(n).standard_normal(n) + 0j
    alone, shared = fft.Plan("fft", n, x.dtype), fft.Plan("fft", n, x.dtype, workers=2)
    monkeypatch.setattr(fft.Plan, "_general", None)
    np.testing.assert_array_equal(shared(x), alone(x))


def test_in_place_and_overlap():
    x = data(64, "D")
    plan = fft.Plan("fft", 64, "D")
    expected = plan(x)
    y = x.copy()
    assert plan(y, y) is y
    np.testing.assert_array_equal(y, expected)
    memory = np.zeros(100, "D")
    for shift in (1, 8, 36):
        memory[:64] = x
        plan(memory[:64], memory[shift : shift + 64])
        np.testing.assert_array_equal(memory[shift : shift + 64], expected)
    # A spectrum over its own signal, which is shorter by one number.
    memory = np.zeros(66)
    memory[:64] = x.real
    rfft = fft.Plan("rfft", 64, "d")
    spectrum = rfft(x.real.copy())
    np.testing.assert_array_equal(rfft(memory[:64], memory.view("D")), spectrum)


def test_what_does_not_fit():
    plan = fft.Plan("fft", 8, "D")
    for x, kind, says in [
        (np.zeros(9, "D"), ValueError, r"x has shape \(9,\), but the plan is for \(8,\)"),
        (np.zeros((8, 1), "D"), ValueError, "x has shape"),
        (np.zeros(8), TypeError, "x has dtype float64, but the plan is for complex128"),
        ([0j] * 8, TypeError, "x must be a NumPy array"),
    ]:
        with pytest.raises(kind, match=says):
            plan(x)
    x = np.zeros(8, "D")
    with pytest.raises(ValueError, match="out has shape"):
        plan(x, np.zeros(9, "D"))
    with pytest.raises(TypeError, match="out has dtype complex64"):
        plan(x, np.zeros(8, "F"))
    with pytest.raises(TypeError, match="out must be a NumPy array"):
        plan(x, [0] * 8)
    read_only = np.zeros(8, "D")
    read_only.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        plan(x, read_only)
    for arguments, options in [((), {}), ((x, x, x), {}), ((x,), {"other": x}), ((), {"out": x})]:
        with pytest.raises(TypeError):
            plan(*arguments, **options)


def test_read_only_and_misaligned_input():
    x = data(8, "D")
    plan = fft.Plan("fft", 8, "D")
    expected = plan(x)
    x.flags.writeable = False
    np.testing.assert_array_equal(plan(x), expected)
    misaligned = np.frombuffer(b"1" + x.tobytes(), "u1")[1:].view("D")
    np.testing.assert_array_equal(plan(misaligned), expected)

    class Subclass(np.ndarray):
        pass

    np.testing.assert_array_equal(plan(x.view(Subclass)), expected)


@pytest.mark.parametrize(
    ("arguments", "options", "kind", "says"),
    [
        (("fftfreq", 8, "D"), {}, ValueError, "name must be that of a transform"),
        (("Plan", 8, "D"), {}, ValueError, "name must be that of a transform"),
        (("dct2", 8, "D"), {}, ValueError, "name must be that of a transform"),
        ((fft.fft, 8, "D"), {}, TypeError, "name must be a string"),
        (("fft", 0, "D"), {}, ValueError, "number of data points"),
        (("fft", -1, "D"), {}, ValueError, "negative"),
        (("fft", (), "D"), {}, IndexError, "axis -1 is out of range"),
        (("fft", 2.5, "D"), {}, ValueError, "shape must be"),
        (("fft", (2**40, 2**40), "D"), {}, ValueError, "shape is too large"),
        (("fft", 8, "i4"), {}, TypeError, "dtype must be"),
        (("fft", 8, "e"), {}, TypeError, "dtype must be"),
        (("fft", 8, ">f8"), {}, TypeError, "dtype must be"),
        (("rfft", 8, "D"), {}, TypeError, "real sequence"),
        (("irfft", 1, "D"), {}, ValueError, "number of data points"),
        (("fft", 8, "D"), {"axis": 1}, IndexError, "axis 1 is out of range"),
        (("fft", 8, "D"), {"axes": (0,)}, TypeError, "axes is no parameter of fft"),
        (("fft", 8, "D"), {"s": 8}, TypeError, "s is no parameter of fft"),
        (("fftn", 8, "D"), {"axis": 0}, TypeError, "axis is no parameter of fftn"),
        (("fftn", 8, "D"), {"n": 8}, TypeError, "n is no parameter of fftn"),
        (("fftn", 8, "D"), {"axes": ()}, ValueError, "axes is empty"),
        (("fft", 8, "D"), {"norm": "other"}, ValueError, "norm"),
        (("fft", 8, "D"), {"workers": 0}, ValueError, "workers"),
        (("fft", 8, "D"), {"type": 2}, TypeError, "no parameters of fft"),
    ],
)
def test_bad_plans(arguments, options, kind, says):
    with pytest.raises(kind, match=says):
        fft.Plan(*arguments, **options)


def test_functions_refuse_other_plans():
    x = data(16, "D")
    others = [
        fft.Plan("ifft", 16, "D"),
        fft.Plan("fft", 8, "D"),
        fft.Plan("fft", 16, "F"),
        fft.Plan("fft", 16, "D", norm="ortho"),
        fft.Plan("fft", 16, "D", n=12),
        fft.Plan("rfft", 16, "d"),
    ]
    for plan in others:
        with pytest.raises(ValueError, match="plan is for another transform"):
            fft.fft(x, plan=plan)
    with pytest.raises(ValueError, match="plan is for another transform"):
        fft.fft2(x.reshape(4, 4), plan=fft.Plan("fft2", (4, 4), "D", axes=(0,)))
    with pytest.raises(ValueError, match="n must be at least 1"):
        fft.fft(x, 0, plan=others[0])


def test_a_plan_fits_by_what_it_does():
    x = data((4, 4), "D")
    plan = fft.Plan("fftn", (4, 4), "D")
    expected = fft.fft2(x)
    for y in [fft.fft2(x, plan=plan), fft.fftn(x, axes=(0, 1), plan=plan)]:
        np.testing.assert_array_equal(y, expected)
    np.testing.assert_array_equal(fft.fft2(x.tolist(), (4, 4), plan=plan), expected)


def test_immutable():
    plan = fft.Plan("fft", 8, "D")
    with pytest.raises(AttributeError, match="immutable"):
        plan.shape = (9,)
    with pytest.raises(AttributeError, match="immutable"):
        del plan.shape
    with pytest.raises(AttributeError):
        plan.other = 1
    assert plan.shape == (8,)


@pytest.mark.parametrize(
    ("name", "shape", "dtype", "options"),
    [
        ("fft", (64,), "D", {}),
        ("irfft", (9,), "F", {"n": 17, "norm": "ortho"}),
        ("rfftn", (4, 6, 8), "f", {"axes": (0, 2), "s": (4, 5), "workers": 2}),
        ("fft", (3, 5), "G", {"axis": 0}),
    ],
)
def test_pickle_and_copy(name, shape, dtype, options):
    plan = fft.Plan(name, shape, dtype, **options)
    x = data(shape, dtype)
    for other in [copy.copy(plan), copy.deepcopy(plan), pickle.loads(pickle.dumps(plan))]:
        assert repr(other) == repr(plan)
        np.testing.assert_array_equal(other(x), plan(x))


def test_repr_says_how():
    text = repr(fft.Plan("irfft", 513, "F", norm="ortho"))
    assert text.startswith("<Plan('irfft', (513,), 'complex64', norm='ortho', workers=1): ")
    assert "numpy.fft" in repr(fft.Plan("fft", 8, "g"))
    prime = repr(fft.Plan("fft", 100003, "D"))
    two = repr(fft.Plan("rfftn", (6, 10), "d"))
    assert "axis 0" in two
    assert "axis 1" in two
    if NATIVE:
        assert "radices" in text
        assert "Bluestein by " in prime or "Rader" in prime
    else:
        assert "numpy.fft of length 1024" in text


def test_plans_are_released():
    x = data(8, "D")
    plan = fft.Plan("fft", 8, "D")
    before = sys.getrefcount(fft.Plan), sys.getrefcount(x)
    for _ in range(100):
        plan(x, plan(x))
        plan(x, out=x)
        fft.Plan("fft", 8, "D")(x)
        fft.Plan("fft", (2, 4), "D")(x.reshape(2, 4))
    assert max(abs(sys.getrefcount(fft.Plan) - before[0]), sys.getrefcount(x) - before[1]) < 10


@pytest.mark.skipif(not NATIVE, reason="the NumPy backend has no cache")
def test_the_cache_counts_and_forgets():
    fft.plan_cache_clear()
    empty = fft.plan_cache_info()
    assert (empty.entries, empty.bytes, empty.hits, empty.misses) == (0, 0, 0, 0)
    x = data(1000, "D")
    fft.fft(x)
    once = fft.plan_cache_info()
    for _ in range(3):
        fft.fft(x)
    info = fft.plan_cache_info()
    assert info.misses == once.misses >= 1
    assert info.hits == once.hits + 3
    assert info.entries == once.entries >= 1
    assert 0 < info.bytes == once.bytes
    assert info.kinds["complex128"].misses >= 1
    for field in ["entries", "bytes", "limit", "hits", "misses"]:
        assert getattr(info, field) == sum(getattr(kind, field) for kind in info.kinds.values())
    plan = fft.Plan("fft", 1000, "D")
    y = plan(x)
    fft.plan_cache_clear()
    assert fft.plan_cache_info().entries == 0
    np.testing.assert_array_equal(plan(x), y)  # which lives on


@pytest.mark.skipif(not NATIVE, reason="the NumPy backend has no cache")
def test_the_cache_is_bounded():
    fft.plan_cache_clear()
    made = 0
    for k in range(40):
        n = 2**18 + 2**13 * k
        fft.fft(np.zeros(n, "D"))
        fft.rfft(np.zeros(n, "f"))
        made += 2
        for kind in fft.plan_cache_info().kinds.values():
            assert kind.bytes <= kind.limit
    info = fft.plan_cache_info()
    assert info.misses >= made
    assert info.entries < info.misses, "nothing was ever forgotten: the test is too small"
    fft.plan_cache_clear()
    assert fft.plan_cache_info().bytes == 0


@pytest.mark.skipif(NATIVE, reason="the native backend has a cache")
def test_without_a_cache_all_is_zero():
    fft.fft([1.0, 2.0])
    fft.plan_cache_clear()
    assert fft.plan_cache_info() == (0, 0, 0, 0, 0, {})


def test_a_subclass_may_call_in_its_own_way():
    class Doubling(fft.Plan):
        def __call__(self, x, out=None):
            return 2 * super().__call__(x, out)

    class Quiet(fft.Plan):
        pass

    x = np.array([1.0, 2.0, 3.0, 4.0])
    exact = np.array([10, -2 + 2j, -2])
    assert np.array_equal(Doubling("rfft", 4, np.float64)(x), 2 * exact)
    assert np.array_equal(Quiet("rfft", 4, np.float64)(x), exact)

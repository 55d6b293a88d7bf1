"""Benchmarks: errors against extended precision, and the operations that limits are about."""

from fractions import Fraction

import numpy as np
import pytest

import flipshift
from flipshift._bench import accuracy, cases, exact, work
from flipshift._bench.cases import TOPICS, Call, operations_done

pytest.importorskip("scipy")


def test_errors_are_those_of_extended_precision():
    """The reference against mpmath, the error of a value that is off by a known amount."""
    mpmath = pytest.importorskip("mpmath")
    if np.finfo(np.longdouble).eps > 1e-18:
        pytest.skip("longdouble is no longer than double here")
    case = next(c for c in cases("fft") if c.name == "fft 2^4" and c.dtype == "complex128")
    names = {"np": np}
    exec(case.setup + "import scipy.fft", names)
    reference = eval(case.exact, names)
    x = names["x"]
    with mpmath.workprec(100):
        for k in range(16):
            exact = mpmath.fsum(
                mpmath.mpc(x[j]) * mpmath.expjpi(-mpmath.mpf(2 * j * k) / 16) for j in range(16)
            )
            there = mpmath.mpc(*(_exactly(part) for part in (reference[k].real, reference[k].imag)))
            # A sum of 16 numbers below 4, in units of the last place of 64 bits.
            assert abs(there - exact) < 16 * 16 * 2.0**-63
    wrong = Call("wrong", "1.25 * np.fft.fft(x)")
    found = accuracy.errors(case, [case.ours, wrong])
    assert 0 < found[0] < case.growth * np.finfo(np.float64).eps
    assert found[1] == pytest.approx(0.25)


def _exactly(value):
    import mpmath

    high = float(value)
    return mpmath.mpf(high) + mpmath.mpf(float(value - np.longdouble(high)))


def test_every_topic_has_errors():
    judged = {case.topic for case in cases(quick=True) if case.exact}
    assert judged == set(TOPICS)
    for case in cases():
        assert bool(case.exact) <= case.dtype.startswith(("float", "complex")), case


#: Cases whose references are made in little time: of each group the smallest.
SMALL = list(
    {
        case.group: case
        for case in sorted(cases(), key=lambda c: -c.bytes)
        if case.exact and case.operations < 1e7
    }.values()
)


@pytest.mark.skipif(
    np.finfo(np.longdouble).eps > 1e-18, reason="longdouble is no longer than double"
)
@pytest.mark.parametrize("case", SMALL, ids=str)
def test_references_are_of_the_same_problem(case):
    """The bound of a good algorithm; another problem's result is off by about 1."""
    calls = [call for call in case.calls if call.library in ("flipshift", "numpy", "scipy")]
    for error in accuracy.errors(case, calls):
        assert error < case.growth * np.finfo(case.dtype).eps


def exactly_correlated(x, weights):
    """In Python's fractions."""
    x, weights = ([Fraction(float(v)) for v in a] for a in (x, weights))
    count = len(x) - len(weights) + 1
    return [sum(w * v for w, v in zip(weights, x[i:], strict=False)) for i in range(count)]


@pytest.mark.parametrize("taps", [1, 2, exact.SHORT, exact.SHORT + 1, 40])
def test_extended_precision_is_extended(taps):
    """Sums of so many products, or their transforms, to the precision of longdouble."""
    rng = np.random.default_rng(taps)
    x, weights = rng.standard_normal(100), rng.standard_normal(taps)
    wanted = exactly_correlated(x, weights)
    found = exact.correlated(x, weights, 0)
    bound = 16 * float(np.finfo(np.longdouble).eps) * np.linalg.norm(x) * np.linalg.norm(weights)
    for value, fraction in zip(found, wanted, strict=True):
        high = float(value)
        low = float(value - np.longdouble(high))
        assert abs(Fraction(high) + Fraction(low) - fraction) <= bound


def test_extended_precision_of_two_dimensions():
    rng = np.random.default_rng(3)
    x, h = rng.integers(-9, 9, (9, 11)).astype(float), rng.integers(-9, 9, (3, 5)).astype(float)
    windows = np.lib.stride_tricks.sliding_window_view(x, h.shape)
    np.testing.assert_array_equal(exact.correlated_2d(x, h), (windows * h).sum((2, 3)))
    column = np.array([1.0, 4.0, -2.0])
    np.testing.assert_array_equal(
        exact.separable(x, [column, [3.0]]),
        exact.correlated(np.pad(x, ((1, 1), (0, 0)), "symmetric"), 3 * column, 0),
    )


def test_extended_precision_of_systems():
    """A solution that is known, whose right-hand side is exact in integers."""
    rng = np.random.default_rng(5)
    c, r, x = (rng.integers(-9, 9, shape).astype(float) for shape in (30, 30, (30, 2)))
    c[0] = 900.0
    i, j = np.indices((30, 30))
    matrix = np.where(i >= j, c[abs(i - j)], r[abs(i - j)])
    bound = 64 * np.finfo(np.longdouble).eps
    np.testing.assert_allclose(exact.toeplitz(c, r, x), matrix @ x, rtol=0, atol=3e5 * bound)
    np.testing.assert_allclose(exact.solved(c, r, matrix @ x), x, rtol=0, atol=300 * bound)


def test_streams_are_judged_when_they_have_heard():
    case = next(c for c in cases("convolver") if c.name == "480 taps, blocks of 64")
    assert case.times * 64 >= 480 + 64
    deaf = Call("deaf", "flipshift.signal.convolve(x, h)[:64]", "import flipshift\n")
    ours, first = accuracy.errors(case, [case.ours, deaf])
    assert ours < case.growth * np.finfo(case.dtype).eps
    assert first > 0.1


# Work


def convolution(n, m, mode="full"):
    x, h = np.ones(n), np.random.default_rng(0).standard_normal(m)
    return work.convolution(x, h, mode, 2.0 * n * m)


def test_work_is_that_of_the_method():
    """By hand from what `explain_convolve` tells."""
    assert convolution(48000, 7) == 2 * 48000 * 7
    chosen = flipshift.signal.explain_convolve(np.ones(48000), np.ones(2000)).chosen
    assert chosen.blocks > 0
    (n,) = chosen.block
    real, products = 2.5 * n * np.log2(n), 6 * n / 2
    assert convolution(48000, 2000) == pytest.approx(
        real + chosen.blocks * (2 * real + products), rel=1e-12
    )


def test_work_of_separable_kernels():
    column, row = np.random.default_rng(1).standard_normal((2, 9))
    x, h = np.ones((200, 300)), np.outer(column, row)
    chosen = flipshift.signal.explain_convolve(x, h, "same").chosen
    found = work.convolution(x, h, "same", 2.0 * x.size * h.size)
    expected = 2.0 * x.size * (9 + 9) if chosen.terms == 1 else 2.0 * x.size * h.size
    assert found == expected


@pytest.mark.parametrize("n", [16, 100, 1000, 5000])
def test_work_of_toeplitz_matrices(n):
    transform = 2.5 * 2 * n * np.log2(2 * n)
    fast = 3 * transform + 3 * 2 * n
    assert work.toeplitz(n) == pytest.approx(min(2 * n * n, fast), rel=1e-12)
    assert work.toeplitz(n, made=True) <= work.toeplitz(n)


def test_work_is_never_more_than_the_definition_where_a_bound_is_taken():
    for case in cases("toeplitz", "convolver", "template"):
        done = operations_done(case) if "(x" not in case.work else 0
        more = 10.0 * case.operations if case.topic == "template" else 0
        assert 0 < done <= case.operations + more, case

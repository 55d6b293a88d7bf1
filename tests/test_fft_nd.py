"""Many lines and several axes of flipshift.fft: every way that lines can be taken.

Against the definition and within the bounds of test_fft.py. Which way is taken depends on the
length, the number of lines and their places in memory; the cases have some of each on every
instruction set.
"""

import numpy as np
import pytest
from test_fft import FORWARD, ONE, check, definition, random, smooth

import flipshift.fft as fft
from flipshift._backend import core, name

SHORT = [2, 4, 5, 6, 7, 8, 10, 12, 15, 16, 18, 20, 24, 30, 32]  # whole lines in registers
ODD = [3, 9, 25, 63, 65, 143]  # real ones by half of the blocks
PRIMES = [17, 31, 34, 51, 61, 102, 127, 254, 263, 526]  # a pass of a large radix
RADER = [89, 97, 101, 109, 113, 157, 257]  # such a pass as a convolution, in any number of blocks
ALONE = [293, 586]  # copied to contiguous memory, one by one


def of_length(name, n, lines, dtype, seed=0):
    """Input for a result of length n, its lines along axis 0."""
    real = name in ("rfft", "ihfft")
    n_in = n // 2 + 1 if name in ("irfft", "hfft") else n
    return random((n_in, lines), dtype.lower() if real else dtype, seed)


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("dtype", ["F", "D"])
@pytest.mark.parametrize("n", SHORT + ODD + PRIMES + RADER + ALONE)
def test_many_lines(name, dtype, n):
    for lines in (3, 16, 35):
        x = of_length(name, n, lines, dtype, n)
        expected = definition(name, x, n, 0)
        for columns in (x, np.asfortranarray(x), np.repeat(x, 2, axis=1)[:, ::2]):
            check(getattr(fft, name)(columns, n, axis=0), expected, n)
            check(getattr(fft, name)(columns.T, n), expected.T, n)


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("dtype", ["F", "D"])
def test_transposed_input(name, dtype):
    # The lines are neighbours in the input and contiguous in the output.
    for n, others in ((2, (19, 3, 5)), (6, (33, 2, 7)), (20, (5, 3, 4)), (37, (9, 2, 2))):
        x = of_length(name, n, int(np.prod(others)), dtype, n)
        x = x.T.reshape(*others, -1)
        expected = definition(name, x, n)
        for order in (x.transpose(3, 2, 1, 0).copy().transpose(3, 2, 1, 0), x):
            check(getattr(fft, name)(order, n), expected, n)
            check(getattr(fft, name)(order[::-1, :, ::2], n), expected[::-1, :, ::2], n)


@pytest.mark.parametrize("name", ["fft", "ifft"])
@pytest.mark.parametrize("dtype", ["F", "D"])
def test_short_lines_in_place(name, dtype):
    for n in (*SHORT, 9):
        for lines in (16, 35):
            x = random((lines, n), dtype, n)
            expected = definition(name, x)
            apart = getattr(fft, name)(x)
            assert getattr(fft, name)(x, out=x) is x
            check(x, expected, n)
            np.testing.assert_array_equal(x, apart)


@pytest.mark.parametrize("name", ["fft", "ifft"])
@pytest.mark.parametrize("dtype", ["F", "D"])
def test_neighbours_in_place(name, dtype):
    for n in (2, 5, 7, 9, 10, 12, 16, 20, 24, 33):
        for lines in (9, 20, 33):
            x = random((lines, n), dtype, n).T.copy()
            expected = definition(name, x.T).T
            apart = getattr(fft, name)(x, axis=0)
            assert getattr(fft, name)(x, axis=0, out=x) is x
            check(x.T, expected.T, n)
            np.testing.assert_array_equal(x, apart)


@pytest.mark.parametrize("dtype", ["F", "D"])
@pytest.mark.parametrize("n", [65536, 67200])
def test_long_neighbours(dtype, n):
    lines, rng = 32, np.random.default_rng(n)
    x, expected = np.zeros((n, lines), dtype), np.zeros((n, lines), np.clongdouble)
    roots = np.exp(-2j * np.longdouble("3.14159265358979323846264338") * np.arange(n) / n)
    for line in range(lines):  # a few impulses each
        for place, value in zip(rng.integers(n, size=8), rng.standard_normal(8), strict=True):
            x[place, line] += value
        for place in np.flatnonzero(x[:, line]):
            expected[:, line] += x[place, line] * roots[np.arange(n) * place % n]
    check(fft.fft(x, axis=0), expected, n)
    check(fft.ifft(x, axis=0, norm="forward"), expected.conj(), n)
    np.testing.assert_array_equal(fft.fft(x, axis=0, workers=2), fft.fft(x, axis=0))

    x = random((n, 16), dtype)
    y = fft.fft(x, axis=0)
    check(fft.ifft(y, axis=0, out=y), x, (n, n))


def test_many_threads_share_one_long_line():
    for shape in ((1 << 17,), (1, 1 << 17), (2, 1 << 16)):
        x = random(shape, "F")
        for kind in ("fft", "rfft", "irfft"):
            f, given = getattr(fft, kind), x.real if kind == "rfft" else x
            np.testing.assert_array_equal(f(given, workers=3), f(given))
            with fft.set_workers(3):
                np.testing.assert_array_equal(f(given), f(given, workers=1))


def test_rows_that_lie_far_apart():
    x = random((5, 150000), "D")
    check(fft.fft(x, axis=0), definition("fft", x, axis=0), 5)
    check(fft.rfft(x.real, axis=0), definition("rfft", x.real, axis=0), 5)
    check(fft.irfft(x, axis=0), definition("irfft", x, axis=0), 8)


@pytest.mark.parametrize("name", ["fft", "ifft"])
@pytest.mark.parametrize("dtype", ["f", "d", "F", "D"])
def test_steps_that_collide_in_the_cache(name, dtype):
    x = random((256, 64), dtype)
    expected = definition(name, x, axis=0)
    check(getattr(fft, name)(x, axis=0), expected, 256)
    y = x.astype(expected.astype(dtype.upper()).dtype)
    assert getattr(fft, name)(y, axis=0, out=y) is y
    check(y, expected, 256)


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("dtype", ["F", "D"])
@pytest.mark.parametrize("n", [5, 16, 34, 37, 60, 75, 131, 255])
def test_cut_and_padded_lines(name, dtype, n):
    for n_in in (1, 2, n // 2, n - 1, n + 7):
        x = of_length(name, 2 * n_in, 19, dtype, n)[:n_in]
        expected = definition(name, x, n, 0)
        for given in (x, x[:, :1], x[:, ::-1]):
            wanted = expected[:, ::-1] if given.strides[1] < 0 else expected[:, : given.shape[1]]
            check(getattr(fft, name)(given, n, axis=0), wanted, n)
            check(getattr(fft, name)(given.T.copy(), n), wanted.T, n)


def along_all(one, x, lengths, axes):
    whole = "fft" if FORWARD[one] else "ifft"
    last = [(one, lengths[-1], axes[-1])]
    others = [(whole, n, a) for n, a in zip(lengths[:-1], axes[:-1], strict=True)]
    for step, n, axis in last + others if one in ("rfft", "ihfft") else others + last:
        x = definition(step, x, n, axis)
    return x


@pytest.mark.parametrize("one", ONE)
@pytest.mark.parametrize("dtype", ["f", "d", "D"])
@pytest.mark.parametrize("axes", [(0, 1, 2), (1, 2), (2, 1), (1, 0, 2), (0, 2)])
def test_larger_than_the_cache_and_padded(one, dtype, axes):
    """Large enough that parts of the array go through several axes before others."""
    if one in ("rfft", "ihfft"):
        dtype = dtype.lower()
    shape, full = (30, 33, 20), (36, 32, 34)
    x = random(shape, dtype)
    lengths = [full[a] for a in axes]
    expected = along_all(one, x, lengths, axes)
    y = getattr(fft, one + "n")(x, lengths, axes)
    check(y, expected, lengths)
    more = getattr(fft, one + "n")(x, lengths, axes, workers=3)
    assert np.array_equal(y, more)


@pytest.mark.parametrize("one", ONE)
def test_out_of_any_layout(one):
    x = random((6, 5, 4), "d" if one in ("rfft", "ihfft") else "D")
    expected = along_all(one, x, [8, 5, 9], (0, 1, 2))
    dtype = "d" if one in ("irfft", "hfft") else "D"
    n0, n1, n2 = expected.shape
    for out in (
        np.empty(expected.shape, dtype),
        np.empty((n2, n1, n0), dtype).T,
        np.empty((n0, n1, 2 * n2), dtype)[::-1, :, ::2],
    ):
        assert getattr(fft, one + "n")(x, [8, 5, 9], out=out) is out
        check(out, expected, [8, 5, 9])


@pytest.mark.parametrize("dtype", ["F", "D"])
@pytest.mark.parametrize("one", ["rfft", "irfft"])
def test_short_real_powers_of_two_in_any_layout(one, dtype):
    # The last bit too, wherever the lines lie: one alone, neighbours, steps.
    f = getattr(fft, one)
    for n in (2, 4, 8, 16):
        for lines in (1, 5, 16, 35):
            x = np.ascontiguousarray(of_length(one, n, lines, dtype, n).T)
            y = f(x, n)
            check(y, definition(one, x, n), n)
            np.testing.assert_array_equal([f(line, n) for line in x], y)
            np.testing.assert_array_equal(f(x.T.copy(), n, axis=0).T, y)
            np.testing.assert_array_equal(f(np.asfortranarray(x), n), y)
            for out in (np.empty_like(y, order="F"), np.repeat(y, 2, axis=1)[:, ::2]):
                np.testing.assert_array_equal(f(x, n, out=out), y)


@pytest.mark.skipif(name == "numpy", reason="the short way is native")
def test_the_short_way_takes_what_is_plain_and_nothing_else():
    x = random((4, 6), "D")
    plain = [
        (0, x, None, -1, None, 1, None),
        (9, x, (5, -1), [0, 1], "ortho", 2, None),
        (11, x, None, None, "forward", 1, np.empty((4, 10))),
        (10, x.real, 4, None, "backward", 1, None),
    ]
    for arguments in plain:
        assert core.transform(*arguments) is not None
    other = [
        (0, [1.0, 2.0], None, -1, None, 1, None),
        (0, x.astype(">c16"), None, -1, None, 1, None),
        (0, x.astype("G"), None, -1, None, 1, None),
        (0, x, None, None, None, 1, None),
        (0, x, None, 2, None, 1, None),
        (0, x, 0, 0, None, 1, None),
        (0, x, 2**62, 0, None, 1, None),
        (0, x, 2**80, 0, None, 1, None),
        (0, x, None, -1, "none", 1, None),
        (0, x, None, -1, None, 1, np.empty((4, 7), "D")),
        (0, x, None, -1, None, 1, x[:, ::-1]),
        (2, x, None, -1, None, 1, None),
        (3, x.real, None, -1, None, 1, None),
        (3, x[:, :1], None, -1, None, 1, None),
        (8, x, None, (0, 0), None, 1, None),
        (8, x, (1, 2, 3), None, None, 1, None),
        (8, x, (1, 2), (0,), None, 1, None),
        (8, x[:0], None, None, None, 1, None),
    ]
    for arguments in other:
        assert core.transform(*arguments) is None


def test_lengths_cover_every_way():
    assert all(smooth(n) for n in SHORT + ODD)
    assert not any(smooth(n) for n in PRIMES + RADER + ALONE)


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("dtype", ["F", "D"])
@pytest.mark.parametrize("n", [1, 2, 3, 7, 9, 11, 14, 16, 17, 20, 30, 48])
def test_lines_that_suit_no_vector(name, dtype, n):
    """Too few neighbours, gaps between numbers, reversed ones: they go through copies in chunks."""
    for shape in ((7, n, 3), (5, n, 2, 9), (2, n, 19)):
        lines = int(np.prod(shape)) // n
        x = np.moveaxis(of_length(name, n, lines, dtype, n).reshape(-1, shape[0], *shape[2:]), 0, 1)
        expected = definition(name, x, n, 1)
        for step in (2, 3, -1, -2):
            gaps = np.repeat(np.zeros_like(x), abs(step), axis=-1)[..., ::step]
            gaps[...] = x
            check(getattr(fft, name)(gaps, n, axis=1), expected, n)
            out = np.zeros((*expected.shape[:-1], 2 * shape[-1]), expected.dtype)[..., ::2]
            out = out.astype(getattr(fft, name)(x, n, axis=1).dtype)
            out = np.repeat(out, 2, axis=-1)[..., ::-2]
            check(getattr(fft, name)(gaps, n, axis=1, out=out), expected, n)
        along_last = np.moveaxis(gaps, 1, -1)
        check(getattr(fft, name)(along_last, n), np.moveaxis(expected, 1, -1), n)
        apart = np.repeat(np.ascontiguousarray(along_last), 3, axis=-1)[..., ::3]
        check(getattr(fft, name)(apart, n), np.moveaxis(expected, 1, -1), n)
        check(getattr(fft, name)(apart[..., ::-1][..., ::-1], n), np.moveaxis(expected, 1, -1), n)


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("n", [3, 4, 12, 37])
def test_chunks_of_many_lines(name, n):
    """More lines than one chunk has, some of which the next one begins with; padded and cut."""
    lines = 2 * 5 * 131
    x = of_length(name, n, lines, "F", n)
    for length in (n, n + 5, max(1, n - 2)):
        expected = definition(name, x, length, 0)
        given = np.moveaxis(x.reshape(-1, 2, 131, 5), 0, 2)[..., ::-1]
        wanted = np.moveaxis(expected.reshape(-1, 2, 131, 5), 0, 2)[..., ::-1]
        for workers in (1, 2):
            check(getattr(fft, name)(given, length, axis=2, workers=workers), wanted, length)
        gaps = np.repeat(x.T, 2, axis=1)[:, ::2]
        check(getattr(fft, name)(gaps, length), expected.T, length)


def test_a_nan_stays_in_its_line():
    for shape, axis in (((40, 5, 3), 1), ((300, 3), 1), ((6, 4, 2), 0)):
        for f in (fft.fft, fft.rfft):
            x = np.ones(shape, np.float32)[..., ::-1]
            x[1, 1, ...] = np.nan
            bad = np.isnan(x).any(axis=axis, keepdims=True)
            np.testing.assert_array_equal(*np.broadcast_arrays(np.isnan(f(x, axis=axis)), bad))


@pytest.mark.parametrize("name", ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"])
def test_results_lie_in_memory_as_their_input(name):
    x = np.ones((4, 5, 6), "d" if name in ("rfft", "ihfft") else "D")
    for order in ((2, 1, 0), (1, 2, 0), (0, 2, 1)):
        for given in (x.transpose(order), x[:, ::-2].transpose(order)):
            for axis in range(3):
                for f in (getattr(fft, name), getattr(fft, name + "n")):
                    keys = {"axis": axis} if f is getattr(fft, name) else {"axes": (0, axis)}
                    if "axes" in keys and axis == 0:
                        continue
                    y = f(given, **keys)
                    assert y.transpose(np.argsort(order)).flags.c_contiguous
    assert getattr(fft, name)(np.broadcast_to(x[0], (4, 5, 6))).flags.c_contiguous
    assert getattr(fft, name)(np.asfortranarray(x), 9, axis=1).flags.f_contiguous


@pytest.mark.parametrize("dtype", ["F", "D"])
@pytest.mark.parametrize("name", ["fft", "ifft"])
def test_several_axes_filled_up(name, dtype):
    """Short lines of which only some are there, in a result that has more beside them."""
    for shape, axes, s in (
        ((18, 10, 2), (1, 0, 2), (20, 36, 2)),
        ((9, 7, 4), (0, 1, 2), (11, 10, 4)),
        ((40, 3, 5), (1, 0), (6, 50)),
    ):
        x = random(shape, dtype)
        expected = x
        for n, axis in zip(s, axes, strict=True):
            expected = definition(name, expected, n, axis)
        for given in (x, np.asfortranarray(x), np.repeat(x, 2, axis=2)[..., ::2]):
            check(getattr(fft, name + "n")(given, s, axes), expected, s)

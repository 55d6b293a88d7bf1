"""`Convolver` and its streams against the definition.

Sums by transforms are bounded in the norm: three transforms of N points, each off by at most
c u log2(N) times the norm of its data (c about 7 for the radices in use, u half of the machine
epsilon), and a product give an error of at most 7 (3 log2(N) + 2) u |h|_1 max |x| sqrt(N) in each
output; direct sums are within that too. Integers are compared exactly.
"""

import copy
import pickle
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flipshift import _backend, signal

NATIVE = _backend.name == "native"
FLOATS = ["f", "d", "F", "D"]
#: Lengths of kernels around which the partitions change.
TAPS = [1, 2, 31, 32, 33, 100, 257, 1000, 2049, 5000]


def data(rng, shape, dtype):
    x = rng.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        x = x + 1j * rng.standard_normal(shape)
    return x.astype(dtype)


def wide(x):
    return x.astype(np.clongdouble if x.dtype.kind == "c" else np.longdouble)


def definition(x, h):
    """The full convolution in extended precision."""
    return np.convolve(wide(x), wide(h))


def tolerance(x, h, dtype=None):
    dtype = np.result_type(x, h) if dtype is None else dtype
    size = 2 * (x.size + h.size)
    steps = 7 * (3 * np.log2(size) + 2)
    largest = np.abs(x[np.isfinite(x)]).max(initial=0)
    # The root of the length only: rounding is random, and what is wrong is as large as the output.
    return steps * np.finfo(dtype).eps / 2 * largest * np.linalg.norm(h) * 2


def close(got, want, x, h):
    """Two results for the same data: where a sum begins may depend on how arrays are aligned."""
    assert (got.shape, got.dtype) == (want.shape, want.dtype)
    assert np.abs(got - want).max(initial=0) <= 2 * tolerance(x, h, got.dtype)


def check(got, x, h, dtype=None):
    want = definition(x, h)[: got.size]
    assert np.abs(wide(got) - want).max(initial=0) <= tolerance(x, h, dtype)


def blocks(n, pattern, rng=None):
    """Lengths of blocks that together have n samples."""
    lengths = []
    while sum(lengths) < n:
        if pattern == "random":
            length = int(rng.integers(0, 700))
        elif isinstance(pattern, tuple):
            length = pattern[len(lengths) % len(pattern)]
        else:
            length = pattern
        lengths.append(min(length, n - sum(lengths)))
    return lengths


def played(stream, x, lengths):
    """The outputs of a stream for x in blocks of these lengths."""
    parts, at = [], 0
    for length in lengths:
        block = x[..., at : at + length]
        y = stream.process(block)
        assert y.shape == block.shape
        assert y.dtype == stream.dtype
        parts.append(y)
        at += length
    return np.concatenate(parts, axis=-1)


# ---- whole signals


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_as_the_definition(dtype, mode):
    rng = np.random.default_rng(1)
    for m in (1, 2, 7, 64, 300, 3000):
        h = data(rng, m, dtype)
        conv = signal.Convolver(h, mode=mode)
        for n in (1, 5, 64, 1000, 9000):
            x = data(rng, n, dtype)
            full = definition(x, h)
            if mode == "full":
                want = full
            elif mode == "same":
                want = full[(m - 1) // 2 :][:n]
            else:
                want = full[min(n, m) - 1 : max(n, m)]
            kept = x.copy()
            y = conv(x)
            assert (y.shape, y.dtype) == (want.shape, x.dtype)
            assert np.abs(wide(y) - want).max() <= tolerance(x, h)
            out = np.empty_like(y)
            assert conv(x, out) is out
            close(out, y, x, h)
            assert conv(x, out=out) is out
            np.testing.assert_array_equal(x, kept)
            # What other signals have left behind changes nothing.
            again = np.empty_like(out)
            np.testing.assert_array_equal(signal.Convolver(h, mode=mode)(x, again), conv(x, again))


@pytest.mark.parametrize("x_type", ["b", "I", "?", "e", "f", "d", "F", "g", "O"])
@pytest.mark.parametrize("h_type", ["b", "?", "e", "f", "D"])
def test_dtypes_as_of_convolve(x_type, h_type):
    rng = np.random.default_rng(2)
    x, h = (rng.integers(0, 5, n).astype(t) for n, t in ((40, x_type), (6, h_type)))
    y, want = signal.Convolver(h)(x), signal.convolve(x, h)
    assert y.dtype == want.dtype
    np.testing.assert_array_equal(y, want)  # small integers: all sums are exact


def test_integers_wrap():
    x, h = np.full(100, 100, np.int8), np.full(40, 3, np.int8)
    want = np.convolve(x.astype(int), h.astype(int)).astype(np.int8)
    np.testing.assert_array_equal(signal.Convolver(h)(x), want)
    out = np.empty_like(want)
    assert signal.Convolver(h)(x, out) is out
    np.testing.assert_array_equal(out, want)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("axis", [0, 1, -1, -3])
@pytest.mark.parametrize("workers", [1, 2])
def test_axes(mode, axis, workers):
    rng = np.random.default_rng(3)
    x, h = data(rng, (33, 40, 50), "f"), data(rng, 35, "f")
    conv = signal.Convolver(h, mode=mode, axis=axis, workers=workers)
    plain = signal.Convolver(h, mode=mode)
    want = np.apply_along_axis(plain, axis, x)
    close(conv(x), want, x, h)
    close(conv(np.asfortranarray(x)), want, x, h)
    close(conv(x[::-1, :, ::-1]), conv(x[::-1, :, ::-1].copy()), x, h)
    close(conv(x.astype(">f4")), want, x, h)
    out = np.empty(want.shape[::-1], "f").T
    assert conv(x, out) is out
    close(out, want, x, h)
    if mode == "same":
        y = x.copy()
        assert conv(y, y) is y
        close(y, want, x, h)


def test_workers_change_nothing():
    rng = np.random.default_rng(18)
    for n, m in ((200_000, 60), (200_000, 1000), (70_000, 70_000)):
        x, h = data(rng, n, "f"), data(rng, m, "f")
        want = signal.Convolver(h, workers=1)(x)
        for workers in (2, 5):
            np.testing.assert_array_equal(signal.Convolver(h, workers=workers)(x), want)


def test_overlap_of_out():
    rng = np.random.default_rng(4)
    memory, h = data(rng, 1000, "d"), data(rng, 20, "d")
    conv = signal.Convolver(h, mode="same")
    for shift in (0, 1, 30):
        m = memory.copy()
        want = conv(m[:500].copy())
        conv(m[:500], m[shift : shift + 500])
        close(m[shift : shift + 500], want, memory, h)


def test_one_dtype_for_all():
    rng = np.random.default_rng(5)
    h, x = data(rng, 30, "d"), data(rng, 100, "d")
    conv = signal.Convolver(h, dtype=np.float32)
    y = conv(x)
    assert y.dtype == np.float32
    check(y, x.astype("f"), h.astype("f"))
    close(conv(x.astype("f")), y, x, h)
    assert signal.Convolver(h, dtype="F")(x).dtype == np.complex64
    with pytest.raises(TypeError, match="x is complex128, which does not go into float32"):
        conv(x + 1j)
    with pytest.raises(TypeError, match="h is complex128, which does not go into float64"):
        signal.Convolver(h + 1j, dtype=np.float64)
    with pytest.raises(TypeError, match="dtype must be float32"):
        signal.Convolver(h, dtype=int)


def test_not_finite():
    x = np.ones(3000)
    x[1000], x[2000] = np.nan, np.inf
    h = np.ones(200)
    y = signal.Convolver(h)(x)
    assert np.isnan(y[1000:1200]).all()
    assert (y[2000:2200] == np.inf).all()
    rest = np.r_[y[:1000], y[1200:2000], y[2200:]]
    assert np.isfinite(rest).all()


def test_immutable_and_pickled():
    rng = np.random.default_rng(6)
    h, x = data(rng, 300, "f"), data(rng, 2000, "f")
    conv = signal.Convolver(h, mode="same", axis=0, dtype="f")
    y = conv(x)
    h[:] = 0
    close(conv(x), y, x, conv._h)
    with pytest.raises(AttributeError, match="immutable"):
        conv.mode = "full"
    with pytest.raises(AttributeError, match="immutable"):
        del conv.mode
    for other in (pickle.loads(pickle.dumps(conv)), copy.copy(conv), copy.deepcopy(conv)):
        assert (other.mode, other.dtype, other.axis, other.taps) == ("same", np.float32, 0, 300)
        close(other(x), y, x, conv._h)
    assert repr(conv) == ("<Convolver of 300 taps, float32: mode='same', dtype='float32', axis=0>")


def test_threads_share_one():
    rng = np.random.default_rng(7)
    conv = signal.Convolver(data(rng, 3000, "f"))
    signals = [data(rng, n, "f") for n in (100, 4000, 30000, 7, 9000)]
    want = [signal.Convolver(conv._h)(x) for x in signals]
    stream_want = signal.Convolver(conv._h).stream(block=100).process(signals[2])
    wrong = []

    def work():
        for _ in range(5):
            for x, y in zip(signals, want, strict=True):
                if np.abs(conv(x) - y).max() > 2 * tolerance(x, conv._h):
                    wrong.append(x.size)
            y = conv.stream(block=100).process(signals[2])
            if np.abs(y - stream_want).max() > 2 * tolerance(signals[2], conv._h):
                wrong.append("stream")

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_bad_input():
    x, h = np.ones(5), np.ones(3)
    for bad, says in [(np.ones((2, 2)), "one dimension"), (3.0, "one dimension"), ([], "empty")]:
        with pytest.raises(ValueError, match=says):
            signal.Convolver(bad)
    with pytest.raises(ValueError, match="acceptable mode flags"):
        signal.Convolver(h, mode="whole")
    with pytest.raises(ValueError, match="must be numeric"):
        signal.Convolver(np.array(["a"]))
    with pytest.raises(TypeError, match="axis must be an integer"):
        signal.Convolver(h, axis=0.5)
    with pytest.raises(ValueError, match="workers must not be zero"):
        signal.Convolver(h, workers=0)
    conv = signal.Convolver(h)
    with pytest.raises(ValueError, match="at least one dimension"):
        conv(1.0)
    with pytest.raises(ValueError, match="x cannot be empty along axis -1"):
        conv(np.ones((3, 0)))
    with pytest.raises(IndexError, match="axis 2 is out of range"):
        signal.Convolver(h, axis=2)(x)
    with pytest.raises(IndexError, match="axis 1 is out of range"):
        signal.Convolver(h, axis=1)(x)
    with pytest.raises(ValueError, match="out has shape"):
        conv(x, np.empty(5))
    with pytest.raises(TypeError, match="out has dtype"):
        conv(x, np.empty(7, "f"))
    with pytest.raises(TypeError, match="out must be a NumPy array"):
        conv(x, [0.0] * 7)
    with pytest.raises(TypeError):
        conv(x, other=1)
    with pytest.raises(TypeError):
        conv()
    assert signal.Convolver(h, mode="same")(np.ones((2, 0))).shape == (2, 0)
    assert conv(np.ones((0, 5))).shape == (0, 7)


# ---- streams


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("m", TAPS)
def test_stream_is_the_convolution(dtype, m):
    rng = np.random.default_rng(8)
    n = 9000 if NATIVE else 1500
    x, h = data(rng, n, dtype), data(rng, m, dtype)
    want = definition(x, h)
    conv = signal.Convolver(h)
    for pattern in (7, 128, 480, 20000, "random", (64, 1, 64, 63)):
        stream = conv.stream()
        y = played(stream, x, blocks(n, pattern, rng))
        y = np.concatenate([y, stream.flush()])
        assert y.size == n + m - 1
        assert np.abs(wide(y) - want).max() <= tolerance(x, h)
        # flush() has begun anew.
        y = played(stream, x[:700], blocks(700, 100))
        assert np.abs(wide(y) - want[:700]).max() <= tolerance(x, h)


@pytest.mark.parametrize("m", [3, 200, 1500])
def test_stream_sample_by_sample(m):
    rng = np.random.default_rng(9)
    x, h = data(rng, 2500, "f"), data(rng, m, "f")
    for block in (None, 64, 100, 4096) if NATIVE else (None,):
        stream = signal.Convolver(h).stream(block=block)
        check(played(stream, x, blocks(x.size, 1)), x, h)


@given(
    m=st.integers(1, 3000),
    block=st.none() | st.integers(1, 5000),
    lengths=st.lists(st.integers(0, 900), min_size=1, max_size=40),
    dtype=st.sampled_from(FLOATS),
    seed=st.integers(0, 99),
)
@settings(max_examples=60)
def test_stream_of_any_lengths(m, block, lengths, dtype, seed):
    rng = np.random.default_rng(seed)
    x, h = data(rng, sum(lengths), dtype), data(rng, m, dtype)
    stream = signal.Convolver(h).stream(block=block)
    y = played(stream, x, lengths)
    if x.size:
        check(y, x, h)


@pytest.mark.skipif(not NATIVE, reason="the NumPy backend has no rings")
def test_stream_past_several_rings():
    """Long enough that every ring of samples and of spectra has gone round."""
    rng = np.random.default_rng(10)
    n = 300_000
    x, h = data(rng, n, "d"), data(rng, 40_000, "d")
    stream = signal.Convolver(h).stream(block=128)
    y = played(stream, x, blocks(n, (128, 128, 128, 5, 1000)))
    size = 1 << (n + h.size).bit_length()
    want = np.fft.irfft(np.fft.rfft(x, size) * np.fft.rfft(h, size), size)[:n]
    assert np.abs(y - want).max() <= 2 * tolerance(x, h)  # both are rounded
    at = rng.integers(h.size, n, 20)
    exact = np.array([wide(x[i - h.size + 1 : i + 1]) @ wide(h[::-1]) for i in at])
    assert np.abs(y[at] - exact).max() <= tolerance(x, h)


@pytest.mark.parametrize("dtype", FLOATS)
def test_channels(dtype):
    rng = np.random.default_rng(11)
    x, h = data(rng, (2, 3, 4000), dtype), data(rng, 700, dtype)
    conv = signal.Convolver(h)
    lengths = blocks(4000, "random", rng)
    want = np.stack([[played(conv.stream(block=256), c, lengths) for c in row] for row in x])
    for workers in (1, 3):
        stream = conv.stream((2, 3), block=256, workers=workers)
        close(played(stream, x, lengths), want, x, h)
        tail = stream.flush()
        assert tail.shape == (2, 3, 699)
        check(np.r_[want[1, 2], tail[1, 2]], x[1, 2], h)
    stream = conv.stream(3, block=4000, workers=2)
    out = np.empty_like(x[0])
    alone = conv.stream(3, block=4000, workers=1).process(x[0], out).copy()
    np.testing.assert_array_equal(stream.process(x[0], out), alone)
    empty = conv.stream((2, 0))
    assert empty.process(np.empty((2, 0, 7), dtype)).shape == (2, 0, 7)
    empty.exchange(h, 5)
    assert empty.flush().shape == (2, 0, 699)


def test_out_and_layouts():
    rng = np.random.default_rng(12)
    x, h = data(rng, (2, 900), "f"), data(rng, 200, "f")
    conv = signal.Convolver(h)
    want = conv.stream(2, block=300).process(x)
    for layout in (
        x[:, ::-1].copy()[:, ::-1],
        np.asfortranarray(x),
        x.astype("d"),
        x.astype(">f4"),
    ):
        close(conv.stream(2, block=300).process(layout), want, x, h)
    out = np.empty((900, 2), "f").T
    assert conv.stream(2, block=300).process(x, out=out) is out
    close(out, want, x, h)
    y = x.copy()
    assert conv.stream(2, block=300).process(y, y) is y
    close(y, want, x, h)
    line = conv.stream(block=300).process(x[0])
    for shift in (0, 1, 250):
        memory = np.zeros(1200, "f")
        memory[:900] = x[0]
        conv.stream(block=300).process(memory[:900], memory[shift : shift + 900])
        close(memory[shift : shift + 900], line, x, h)


def test_stream_dtypes():
    h = np.array([1, 2])
    assert signal.Convolver(h).stream().dtype == np.float64
    assert signal.Convolver(h.astype("e")).stream().dtype == np.float32
    assert signal.Convolver(h.astype("F")).stream().dtype == np.complex64
    assert signal.Convolver(h, dtype="f").stream().dtype == np.float32
    stream = signal.Convolver(h).stream(dtype=np.complex64)
    np.testing.assert_array_equal(stream.process([1j, 0]), np.array([1j, 2j], "F"))
    with pytest.raises(TypeError, match="block is complex128, which does not go into float64"):
        signal.Convolver(h).stream().process(np.ones(3, "D"))
    with pytest.raises(TypeError, match="h is complex64, which does not go into float64"):
        signal.Convolver(h.astype("F")).stream(dtype="d")
    with pytest.raises(TypeError, match="dtype must be float32"):
        signal.Convolver(h.astype("g")).stream()


@pytest.mark.parametrize("m", [20, 500, 5000])
def test_reset(m):
    rng = np.random.default_rng(13)
    x, h = data(rng, 6000, "d"), data(rng, m, "d")
    stream = signal.Convolver(h).stream(block=128)
    lengths = blocks(6000, (128, 50))
    want = played(stream, x, lengths)
    for n in (1, 130, 3000):
        stream.reset()
        stream.process(x[:n] * 1000)
        stream.reset()
        close(played(stream, x, lengths), want, x, h)
    # A crossfade is over too.
    stream.exchange(2 * h, 10**6)
    stream.process(x[:300])
    stream.reset()
    close(played(stream, x, lengths), 2 * want, x, 2 * h)


def faded(kernels, x):
    """Crossfades by their definition; kernels are (time, h, fade), the first (0, h, 0)."""
    y = np.zeros(x.size, wide(x).dtype)
    for time, h, fade in kernels:
        i = np.arange(x.size) - time
        g = np.clip((i + 1).astype(np.longdouble) / (fade + 1), 0, 1)
        g[i >= fade] = 1
        g[i < 0] = 0
        y = (1 - g) * y + g * definition(x, h)[: x.size]
    return y


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("m", [(30, 20, 40), (700, 40, 900), (3000, 3500, 100)])
@pytest.mark.parametrize("pattern", [128, "random"])
def test_exchange(dtype, m, pattern):
    rng = np.random.default_rng(14)
    n = 5000 if NATIVE else 2000
    x = data(rng, n, dtype)
    h = [data(rng, length, dtype) / length**0.5 for length in m]
    times, fades = (0, n // 3, n // 2), (0, 1000, 300)
    stream = signal.Convolver(h[0]).stream(taps=max(m), block=128)
    parts = []
    ends = (*times[1:], n)
    for time, end, kernel, fade in zip(times, ends, h, fades, strict=True):
        if time:
            stream.exchange(signal.Convolver(kernel) if fade == 300 else kernel, fade)
        parts.append(played(stream, x[time:end], blocks(end - time, pattern, rng)))
    y = np.concatenate(parts)
    want = faded(list(zip(times, h, fades, strict=True)), x)
    bound = sum(tolerance(x, k) for k in h)
    assert np.abs(wide(y) - want).max() <= bound
    # A shorter kernel leaves a shorter tail.
    tail = stream.flush()
    assert tail.size == m[2] - 1
    assert np.abs(wide(tail) - definition(x, h[2])[n:]).max() <= bound


def test_exchange_at_every_place():
    """At each sample of the partitions' periods, with no fade and in the middle of another one."""
    rng = np.random.default_rng(15)
    x = data(rng, 3000, "d")
    a, b, c = (data(rng, 2000, "d") / 45 for _ in range(3))
    convs = [signal.Convolver(h) for h in (a, b, c)]
    whole = [definition(x, h)[:3000] for h in (a, b, c)]
    bound = sum(tolerance(x, h) for h in (a, b, c))
    for time in range(900, 1500, 37 if NATIVE else 300):
        stream = convs[0].stream(block=64)
        parts = [played(stream, x[:time], blocks(time, 64))]
        stream.exchange(convs[1])
        parts.append(stream.process(x[time : time + 100]))
        stream.exchange(convs[0], 200)
        parts.append(stream.process(x[time + 100 : time + 150]))
        stream.exchange(convs[2], 0)  # cuts the crossfade short
        parts.append(played(stream, x[time + 150 :], blocks(2850 - time, 90)))
        y = np.concatenate(parts)
        i = np.arange(50)
        g = (i + 1) / np.longdouble(201)
        want = np.concatenate(
            [
                whole[0][:time],
                whole[1][time : time + 100],
                (1 - g) * whole[1][time + 100 : time + 150] + g * whole[0][time + 100 : time + 150],
                whole[2][time + 150 :],
            ]
        )
        assert np.abs(y - want).max() <= bound


def test_exchange_before_the_first_block():
    x = np.arange(1.0, 5.0)
    stream = signal.Convolver([1.0, 1.0]).stream()
    stream.exchange([0.0, 2.0], 3)
    g = np.array([0.25, 0.5, 0.75, 1.0])
    want = (1 - g) * np.array([1, 3, 5, 7]) + g * np.array([0, 2, 4, 6])
    np.testing.assert_array_equal(stream.process(x), want)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("m", [10, 300, 1500])
@pytest.mark.parametrize("pattern", [128, 100])
def test_nan_and_infinity_pass(dtype, m, pattern):
    rng = np.random.default_rng(16)
    x, h = data(rng, 7000, dtype), data(rng, m, dtype)
    clean = x.copy()
    spoilt = np.zeros(x.size, bool)
    infinite = np.zeros(x.size, bool)
    for at in (0, 700, 701, 5000):
        x[at], clean[at] = np.nan, 0
        spoilt[at : at + m] = True
    at = 4100
    x[at], clean[at] = np.inf, 0
    infinite[at : at + m] = True
    stream = signal.Convolver(h).stream(block=128)
    y = played(stream, x, blocks(x.size, pattern))
    assert np.isnan(y[spoilt]).all()
    assert not np.isfinite(y[infinite]).any()
    good = ~(spoilt | infinite)
    want = definition(clean, h)[: x.size]
    assert np.abs(wide(y) - want)[good].max() <= tolerance(clean, h)
    only = infinite & ~spoilt
    if np.dtype(dtype).kind == "f":
        signs = np.sign(h)[np.arange(x.size)[only] - at]
        np.testing.assert_array_equal(y[only], signs * np.inf)


@pytest.mark.parametrize("huge", [1e20, 3e38])
def test_a_huge_sample_passes(huge):
    rng = np.random.default_rng(17)
    x, h = data(rng, 7000, "f"), data(rng, 1000, "f")
    x[1500] = huge
    with np.errstate(over="ignore", invalid="ignore"):
        stream = signal.Convolver(h).stream(block=128)
        y = played(stream, x, blocks(7000, (128, 128, 90)))
    x[1500] = 0
    want = definition(x, h)[:7000]
    apart = np.abs(wide(y) - want)
    assert apart[:1408].max() <= tolerance(x, h)
    longest = max((size for size, _ in stream.partitions()), default=0)
    assert 2500 + 2 * longest < 5000
    assert apart[2500 + 2 * longest :].max() <= tolerance(x, h)


def test_many_infinities():
    """Of more than 1024 within reach, the last may count as NaN; then all is well again."""
    h = np.ones(2000)
    x = np.zeros(9000)
    x[1:4001:2] = np.inf
    y = played(signal.Convolver(h).stream(block=100), x, blocks(9000, 100))
    assert y[0] == 0
    assert not np.isfinite(y[1:5999]).any()
    assert np.abs(y[5999:]).max() == 0


def test_infinity_times_zero():
    x = np.zeros(600)
    x[100] = -np.inf
    h = np.ones(300)
    h[50] = 0
    y = played(signal.Convolver(h).stream(block=64), x, blocks(600, 64))
    assert np.isnan(y[150])
    assert (np.delete(y[100:400], 50) == -np.inf).all()
    assert np.isfinite(y[:100]).all()
    assert np.isfinite(y[400:]).all()


def test_bad_streams():
    h = np.ones(3)
    conv = signal.Convolver(h)
    for bad in (np.nan, np.inf):
        with pytest.raises(ValueError, match="h must be finite in float64 for a stream"):
            signal.Convolver([1.0, bad]).stream()
    with pytest.raises(ValueError, match="h must be finite in float32"):
        signal.Convolver([1e300]).stream(dtype="f")
    with pytest.raises(ValueError, match="block must be at least 1, not 0"):
        conv.stream(block=0)
    with pytest.raises(TypeError, match="block must be an integer"):
        conv.stream(block=0.5)
    with pytest.raises(ValueError, match="channels must not be negative"):
        conv.stream(-1)
    with pytest.raises(ValueError, match="channels must be a scalar or iterable of integers"):
        conv.stream("two")
    with pytest.raises(ValueError, match="h has 3 taps, but the stream has room for taps=2"):
        conv.stream(taps=2)
    with pytest.raises(MemoryError, match="no memory for a stream of channels"):
        conv.stream((2**30, 2**30))
    with pytest.raises(MemoryError, match="taps=4611686018427387904"):
        conv.stream(taps=2**62)
    stream = conv.stream(2)
    for shape in ((3,), (3, 5), (1, 2, 5), ()):
        with pytest.raises(ValueError, match=r"block has shape .*, but the stream takes \(2, n\)"):
            stream.process(np.ones(shape))
    x = np.ones((2, 5))
    with pytest.raises(ValueError, match="out has shape"):
        stream.process(x, np.empty((2, 6)))
    with pytest.raises(TypeError, match="out has dtype"):
        stream.process(x, np.empty((2, 5), "f"))
    with pytest.raises(TypeError):
        stream.process()
    with pytest.raises(TypeError):
        stream.process(x, other=x)
    with pytest.raises(ValueError, match="h has 4 taps"):
        stream.exchange(np.ones(4))
    with pytest.raises(ValueError, match="fade must be at least 0"):
        stream.exchange(h, -1)
    with pytest.raises(TypeError, match="fade must be an integer"):
        stream.exchange(h, 0.5)
    with pytest.raises(TypeError, match="h is complex128"):
        stream.exchange(h + 1j)
    with pytest.raises(ValueError, match="h must be finite"):
        stream.exchange([np.nan])
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(stream)
    assert stream.process(np.ones((2, 0))).shape == (2, 0)
    # Nothing of that has been heard.
    np.testing.assert_array_equal(stream.process(x), [[1, 2, 3, 3, 3]] * 2)
    assert repr(stream).startswith("<Stream of up to 3 taps, float64, channels=(2,)")


@pytest.mark.skipif(not NATIVE, reason="the NumPy backend holds the interpreter's lock")
def test_one_thread_at_a_time():
    stream = signal.Convolver(np.ones(10)).stream(block=128)
    x = np.ones(20_000_000)
    errors = []

    def second():
        while working.is_set():
            try:
                stream.process(x[:4])
            except RuntimeError as error:
                errors.append(str(error))
                return

    working = threading.Event()
    working.set()
    thread = threading.Thread(target=second)
    thread.start()
    for _ in range(20):
        try:
            stream.process(x, x)
        except RuntimeError as error:
            errors.append(str(error))
        if errors:
            break
    working.clear()
    thread.join()
    assert errors
    assert "in use by another thread" in errors[0]

"""A recording in a room: convolved at once and as a stream, and how much faster than real time.

python bench/real_time.py [RECORDING] [--seconds 3] [--block 256] [--dtype float32]

RECORDING is read with soundfile, one channel of it; without one, two minutes of noise that swells
and fades take its place. The room's response is noise that decays by 60 dB in the given time, of
unit energy. Both ways are compared with each other and, at some samples, with the sum in extended
precision; the script fails if they differ by more than rounding explains.

Rounding: the transforms leave an error whose standard deviation is at most u log2(N) |h|_2 rms(x),
u being half of the machine epsilon and N the longest transform; rounding being random, outputs are
taken to be within six times that for the loudest second.
"""

import argparse
import sys
from time import perf_counter

import numpy as np

from flipshift import show_config, signal


def recording(path, dtype):
    if path is None:
        rate = 22050
        n = 120 * rate
        rng = np.random.default_rng(1)
        swell = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / (4 * rate))
        return (0.1 * swell * rng.standard_normal(n)).astype(dtype), rate, "noise"
    try:
        import soundfile
    except ModuleNotFoundError:
        sys.exit("reading a recording needs soundfile: pip install soundfile")
    samples, rate = soundfile.read(path, dtype=dtype, always_2d=True)
    return np.ascontiguousarray(samples[:, 0]), rate, path


def room(seconds, rate, dtype):
    n = round(seconds * rate)
    h = np.random.default_rng(2).standard_normal(n) * 10 ** (-3 * np.arange(n) / n)
    return (h / np.linalg.norm(h)).astype(dtype)


def best(call, rounds):
    times = []
    for _ in range(rounds):
        start = perf_counter()
        result = call()
        times.append(perf_counter() - start)
    return min(times), result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recording", nargs="?")
    parser.add_argument("--seconds", type=float, default=3.0, help="of the room's response")
    parser.add_argument("--block", type=int, default=256, help="samples in a block of the stream")
    parser.add_argument("--dtype", choices=["float32", "float64"], default="float32")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()

    x, rate, title = recording(options.recording, options.dtype)
    h = room(options.seconds, rate, options.dtype)
    seconds = x.size / rate
    print(f"{title}: {x.size} samples, {seconds:.0f} s at {rate} Hz, {options.dtype}")
    print(f"room: {h.size} taps, {h.size / rate:.1f} s")

    conv = signal.Convolver(h)
    once, whole = best(lambda: conv(x), options.rounds)

    # The least time of each call in all rounds: what the machine does beside is not ours.
    calls = np.full(-(-x.size // options.block), np.inf)

    def streamed():
        stream = conv.stream(block=options.block)
        y = np.empty(x.size + h.size - 1, x.dtype)
        for i, at in enumerate(range(0, x.size, options.block)):
            start = perf_counter()
            stream.process(x[at : at + options.block], y[at : min(at + options.block, x.size)])
            calls[i] = min(calls[i], perf_counter() - start)
        y[x.size :] = stream.flush()
        return y

    live, blockwise = best(streamed, options.rounds)

    size = 1 << (x.size + h.size).bit_length()
    loudest = max(np.linalg.norm(x[at : at + rate]) for at in range(0, x.size, rate)) / rate**0.5
    unit = np.finfo(x.dtype).eps / 2
    bound = 6 * unit * np.log2(size) * np.linalg.norm(h) * loudest
    apart = np.abs(whole - blockwise).max()
    at = np.random.default_rng(3).integers(h.size, x.size, 20)
    exact = [x[i - h.size + 1 : i + 1].astype("g") @ h[::-1].astype("g") for i in at]
    error = max(np.abs(y[at] - exact).max() for y in (whole, blockwise))
    loudness = np.abs(whole).max()

    print(f"at once: {once * 1e3:.2f} ms, {seconds / once:.0f} times faster than real time")
    print(
        f"in blocks of {options.block}: {live * 1e3:.2f} ms, {seconds / live:.0f} times faster; "
        f"the longest call {calls.max() * 1e6:.0f} us of {options.block / rate * 1e6:.0f} us"
    )
    print(
        f"largest difference {apart:.2g}, error at 20 samples {error:.2g}, bound {bound:.2g}, "
        f"loudest output {loudness:.2g}"
    )
    config = show_config("dicts")
    print(f"backend {config['backend']}, instruction set {config['isa']}, one thread")
    if not max(apart, error) <= bound:
        sys.exit("the two ways differ by more than rounding")


if __name__ == "__main__":
    main()

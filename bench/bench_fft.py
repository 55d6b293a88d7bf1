"""The topic `fft` against its peers: pytest bench/bench_fft.py"""

from suite import suite

test_speed = suite("fft")

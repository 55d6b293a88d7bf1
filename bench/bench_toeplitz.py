"""The topic `toeplitz` against its peers: pytest bench/bench_toeplitz.py"""

from suite import suite

test_speed = suite("toeplitz")

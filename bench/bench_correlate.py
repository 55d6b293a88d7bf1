"""The topic `correlate` against its peers: pytest bench/bench_correlate.py"""

from suite import suite

test_speed = suite("correlate")

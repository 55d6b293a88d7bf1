"""The topic `convolver` against its peers: pytest bench/bench_convolver.py"""

from suite import suite

test_speed = suite("convolver")

"""The topic `filter` against its peers: pytest bench/bench_filter.py"""

from suite import suite

test_speed = suite("filter")

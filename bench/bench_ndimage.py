"""The topic `ndimage` against its peers: pytest bench/bench_ndimage.py"""

from suite import suite

test_speed = suite("ndimage")

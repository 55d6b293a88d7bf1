"""The topic `convolve2d` against its peers: pytest bench/bench_convolve2d.py"""

from suite import suite

test_speed = suite("convolve2d")

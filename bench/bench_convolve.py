"""The topic `convolve` against its peers: pytest bench/bench_convolve.py"""

from suite import suite

test_speed = suite("convolve")

"""The topic `template` against its peers: pytest bench/bench_template.py"""

from suite import suite

test_speed = suite("template")

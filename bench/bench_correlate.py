"""The topic `correlate` against its peers: pytest bench/bench_correlate.py"""

import pytest

from flipshift._cli.bench_cases import Case, cases

RUNS = [(case, name) for case in cases("correlate") for name in ("flipshift", *case.peers)]


@pytest.mark.parametrize(("case", "name"), RUNS, ids=[f"{case}-{name}" for case, name in RUNS])
def test_speed(benchmark, case: Case, name: str):
    benchmark.group = str(case)
    benchmark(case.ours if name == "flipshift" else case.peers[name])

"""What the suites share: each case of `flipshift._bench` under pytest-benchmark."""

from importlib.util import find_spec

import pytest

from flipshift._bench import cases
from flipshift._bench.cases import namespace


def suite(topic):
    """A test of every call of the topic's cases whose library is installed."""
    runs = [
        pytest.param(case, call, id=f"{case}-{call.name}".replace(" ", "_"))
        for case in cases(topic)
        for call in case.calls
        if find_spec(call.library)
    ]

    @pytest.mark.parametrize(("case", "call"), runs)
    def test_speed(benchmark, case, call):
        names = namespace(case, [call])
        benchmark.group = str(case)
        benchmark.extra_info.update(statement=call.statement, setup=case.setup + call.setup)
        benchmark(eval(f"lambda: {call.statement}", names))

    return test_speed

"""Benchmarks: cases compare equals, results are as written down, changes are told from noise."""

import copy
import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import flipshift
from flipshift import _backend
from flipshift.__main__ import main
from flipshift._bench import (
    cases,
    charts,
    compare,
    limits,
    peers,
    results,
    runner,
    tables,
)
from flipshift._bench.cases import TOPICS, Call, Case, evaluate, namespace
from flipshift._cli import bench
from flipshift._cli.common import CommandError

pytest.importorskip("rich")
pytest.importorskip("matplotlib")
pytest.importorskip("scipy")

ROOT = Path(__file__).parents[1]
#: What the peers may take here: loading the others would take longer than all tests.
LIGHT = {"flipshift", "numpy", "scipy", "ducc0", "cv2", "skimage"}
TINY = runner.Effort(passes=2, rounds=1, sample=1e-6, budget=1e-3)


def made_up(seconds, peers=None, noise=0.01, **more):
    """A case of results."""
    calls = {"flipshift": seconds, **(peers or {"numpy": 2.0, "scipy": 3.0})}
    return {
        "topic": "fft",
        "group": "fft, some",
        "name": "fft 16",
        "dtype": "float64",
        "size": 16,
        "axis": "length",
        "operations": 1e9,
        "work": 1e9,
        "bytes": 1e3,
        "setup": "x = 1",
        "share of limit": 0.5,
        "calls": [
            {
                "name": name,
                "library": name,
                "setup": "",
                "statement": f"{name}(x)",
                "seconds": s,
                "minima": [s, s * (1 + noise)],
                "number": 1,
                "noise": noise,
                "error": 1e-16,
            }
            for name, s in calls.items()
        ],
        **more,
    }


def made_up_results(*some):
    machine = {"float32": 2e11, "float64": 1e11}
    return {
        "schema": results.SCHEMA,
        "date": "2026-01-02T03:04:05+00:00",
        "machine": {
            "processor": "a processor",
            "architecture": "x",
            "system": "y",
            "processors": 2,
        },
        "flipshift": {"backend": "native", "isa": "v3", "compiler": "c"},
        "versions": {"python": "3", "flipshift": "0", "numpy": "2", "scipy": "1"},
        "settings": {"quick": True, "threads": 1, "topics": ["fft"], "peers": ["numpy", "scipy"]},
        "limits": {
            "threads": 1,
            "caches": {"L1": 2**15, "L2": 2**20, "L3": 2**24},
            "operations per second": machine,
            "copy bandwidth": {"L1": 4e11, "L2": 2e11, "L3": 1e11, "memory": 2e10},
        },
        "cases": list(some),
    }


def curve():
    """Results that every chart has something to show of."""
    some = [
        made_up(t, {"numpy": t * r, "scipy": 2.0 * t}, name=f"fft {n}", size=n, dtype=dtype)
        for n, t, r in ((16, 1e-7, 0.5), (64, 2e-7, 3.0), (256, 1e-6, 4.0))
        for dtype in ("float32", "float64")
    ]
    return made_up_results(*some)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A short run of one topic as a user has it: its folder, and what was printed."""
    folder = tmp_path_factory.mktemp("bench") / "new"
    patch = pytest.MonkeyPatch()
    for name in bench.THREADS:
        patch.setenv(name, "1")
    patch.setattr(bench, "QUICK", TINY)
    patch.setattr(limits.Limits, "measure", _short_limits(limits.Limits.measure))
    try:
        argv = ["bench", "toeplitz", "--quick", "--peers", "numpy,scipy", "--out", str(folder)]
        assert main(argv) == 0
    finally:
        patch.undo()
    return folder


def _short_limits(measure):
    return lambda self, seconds=None: measure(self, 1e-4)


# Cases


@pytest.mark.parametrize("case", [c for c in cases(quick=True) if c.operations < 1e8], ids=str)
def test_all_calls_have_one_result(case):
    """By the bound of a good algorithm that the case states; a wrong result is off by about 1."""
    epsilon = np.finfo(case.dtype).eps if case.growth else 0.0
    ours = np.asarray(evaluate(case, case.ours, 3))
    for call in case.peers:
        if call.library not in LIGHT or not importlib.util.find_spec(call.library):
            continue
        if call.library == "cv2" and ours.dtype.kind in "iu":
            continue  # it rounds and saturates, as bench/README.md says
        theirs = np.asarray(evaluate(case, call, 3)).reshape(ours.shape)
        difference = np.linalg.norm((ours - theirs).ravel()) / np.linalg.norm(theirs.ravel())
        assert difference <= 2 * case.growth * epsilon, call.name


def test_cases_have_their_own_names():
    everything = cases()
    assert len({str(case) for case in everything}) == len(everything)
    for case in everything:
        assert case.ours.name == "flipshift"
        assert len({call.name for call in case.calls}) == len(case.calls) > 1
        assert all(call.library in peers.LIBRARIES for call in case.peers)
        assert case.operations > 0
        assert case.bytes > 0
        compile(case.setup, "setup", "exec")
        for call in case.calls:
            compile(call.statement, "statement", "eval")
    assert [case for case in everything if case.quick] == cases(quick=True)


def test_every_topic_has_quick_cases():
    assert tuple(dict.fromkeys(case.topic for case in cases(quick=True))) == TOPICS


def test_threads_are_asked_of_everyone():
    case = next(c for c in cases("fft", threads=3) if c.name == "fft 2^10")
    texts = {call.library: call.setup + call.statement for call in case.calls}
    for library in ("flipshift", "scipy", "ducc0", "torch"):
        assert "3" in texts[library], library
    scipy_fft = pytest.importorskip("scipy.fft")
    names = namespace(case, case.calls[:2])
    assert flipshift.fft.get_workers() == scipy_fft.get_workers() == 3
    names["flipshift_workers"].__exit__(None, None, None)
    names["scipy_workers"].__exit__(None, None, None)


def test_making_cases_imports_no_peer():
    code = (
        "import sys; from flipshift._bench import cases; cases(); "
        "print(sorted({'scipy', 'torch', 'cv2', 'matplotlib', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# Timing and limits


def test_the_least_time_of_each_pass_is_kept(monkeypatch):
    order = []
    clock = iter([3.0, 1.0, 2.0, 5.0] * 100)

    class Timer:
        def __init__(self, statement, globals):
            self.statement = statement

        def timeit(self, number):
            order.append(self.statement)
            return next(clock)

    monkeypatch.setattr(runner, "Timer", Timer)
    monkeypatch.setattr(runner, "perf_counter", lambda: 0.0)
    case = Case("t", "g", "n", "float64", 1, "", (Call("a", "1"), Call("b", "2")), 1, 1, 1)
    ((_, (ours, theirs)),) = runner.measure([case], runner.Effort(2, 2, 1e-3, 10.0))
    # Once to warm up, then in turn, the second round in reversed order; the same in each pass.
    assert "".join(order) == "12" + "12" + "21" + "12" + "12" + "21"
    # The clock says 3 1, 2 5, 3 1 in the first pass and 2 5, 3 1, 2 5 in the second.
    assert ours.minima == [1.0, 2.0]
    assert theirs.minima == [1.0, 1.0]


def test_measurements_of_few_evaluations_begin_with_one_that_does_not_count(monkeypatch):
    numbers = []

    class Timer:
        def __init__(self, statement, globals):
            pass

        def timeit(self, number):
            numbers.append(number)
            return 2e-3 * number

    monkeypatch.setattr(runner, "Timer", Timer)
    monkeypatch.setattr(runner, "perf_counter", lambda: 0.0)
    case = Case("t", "g", "n", "float64", 1, "", (Call("a", "1"),), 1, 1, 1)
    runner.measure([case], runner.Effort(1, 2, 8e-3, 10.0))
    # Trying: once for what is done once, once, and four times; then two rounds of four.
    assert numbers == [1, 1, 4, 1, 4, 1, 4]
    numbers.clear()
    runner.measure([case], runner.Effort(1, 2, 40e-3, 10.0))
    assert numbers[-2:] == [20, 20]
    assert numbers[-4:-2] != [1, 20]


def test_slow_peers_that_cannot_win_are_timed_once():
    setup = "import time"
    calls = (Call("a", "1"), Call("fast", "2"), Call("slow", "time.sleep(0.005)"))
    case = Case("t", "g", "n", "float64", 1, setup, calls, 1, 1, 1)
    ((_, found),) = runner.measure([case], runner.Effort(3, 1, 1e-5, 1e-3))
    assert [len(m.minima) for m in found] == [3, 3, 1]


def test_peers_can_be_left_out():
    calls = (Call("a", "1"), Call("b", "2"), Call("c", "nonsense"))
    case = Case("t", "g", "n", "float64", 1, "", calls, 1, 1, 1)
    ((_, found),) = runner.measure([case], TINY, lambda call: call.library == "b")
    assert [m.call.name for m in found] == ["a", "b"]


@pytest.mark.parametrize("workers", [1, 2])
def test_limits_are_rates(workers):
    # How high they are is the machine's affair, and that of what else it does.
    for dtype in ("float32", "float64"):
        assert 0 < _backend.core.peak_operations(np.dtype(dtype), 1e-4, workers) < np.inf
    for size in (1, 1000, 10**6):
        assert 0 < _backend.core.copy_bandwidth(size, 1e-4, workers) < np.inf


def test_cache_sizes_are_read(tmp_path):
    for i, (kind, level, size) in enumerate(
        [("Data", 1, "48K"), ("Instruction", 1, "7K"), ("Unified", 2, "2M"), ("Unified", 4, "9M")]
    ):
        folder = tmp_path / f"index{i}"
        folder.mkdir()
        for name, text in (("type", kind), ("level", level), ("size", size)):
            (folder / name).write_text(f"{text}\n")
    assert limits.cache_sizes(tmp_path) == {
        "L1": 48 * 2**10,
        "L2": 2 * 2**20,
        "L3": limits.TYPICAL["L3"],
    }


def test_share_of_the_limit():
    machine = made_up_results()["limits"]
    bound = made_up(1.0, work=5e10, bytes=8.0)  # half of 1e11 a second
    assert limits.share(machine, bound) == pytest.approx(0.5)
    copied = made_up(1.0, work=1.0, bytes=1e10)  # of memory's 2e10 a second
    assert limits.share(machine, copied) == pytest.approx(0.5)
    single = made_up(1.0, work=5e10, bytes=8.0, dtype="complex64")
    assert limits.share(machine, single) == pytest.approx(0.25)
    assert limits.share(machine, made_up(1.0, dtype="int32")) is None


# Results


def test_results_are_as_the_schema_says(run):
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((Path(results.__file__).parent / "schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    found = json.loads((run / "results.json").read_text("utf-8"))
    jsonschema.validate(found, schema)
    jsonschema.validate(made_up_results(made_up(1.0)), schema)
    assert schema["properties"]["schema"]["const"] == results.SCHEMA


def test_results_say_what_was_measured(run):
    found = results.load(run / "results.json")
    config = flipshift.show_config("dicts")
    assert found["flipshift"] == {name: config[name] for name in ("backend", "isa", "compiler")}
    assert found["versions"]["numpy"] == np.__version__
    assert found["settings"] == {
        "quick": True,
        "threads": 1,
        "topics": ["toeplitz"],
        "peers": ["numpy", "scipy"],
    }
    wanted = cases("toeplitz", quick=True)
    assert [(c["name"], c["dtype"]) for c in found["cases"]] == [(c.name, c.dtype) for c in wanted]
    for case in found["cases"]:
        for call in case["calls"]:
            assert call["seconds"] == min(call["minima"])
            assert len(call["minima"]) in (1, TINY.passes)


def test_figures_can_be_had_by_hand(run):
    """The setup and the statement of a result are a script."""
    case = results.load(run / "results.json")["cases"][0]
    for call in case["calls"]:
        names = {}
        exec(case["setup"] + call["setup"], names)
        assert np.isfinite(eval(call["statement"], names)).all()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "cannot read"),
        ("words", "is no JSON"),
        ("[]", "results of 'flipshift-bench 2' are taken"),
        ('{"schema": "flipshift-bench 0", "cases": []}', "'flipshift-bench 0'"),
    ],
)
def test_other_files_are_no_results(tmp_path, capsys, text, says):
    path = tmp_path / "file.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(CommandError, match=says):
        results.load(path)
    assert main(["bench", "--compare", str(path)]) == 2
    assert says in capsys.readouterr().err


def test_runs_of_other_topics_become_one():
    first, second = made_up_results(made_up(1.0)), made_up_results(made_up(2.0, topic="convolve"))
    second["settings"]["topics"] = ["convolve"]
    first["limits"]["operations per second"]["float64"] = 4e11
    one = results.merge([first, second])
    assert [case["topic"] for case in one["cases"]] == ["fft", "convolve"]
    assert one["settings"]["topics"] == ["fft", "convolve"]
    assert one["limits"]["operations per second"] == {"float32": 2e11, "float64": 4e11}
    assert one["cases"][1]["share of limit"] == pytest.approx(1e9 / 4e11 / 2.0)
    with pytest.raises(CommandError, match="have cases in common"):
        results.merge([first, first])
    second["versions"]["numpy"] = "3"
    with pytest.raises(CommandError, match="differ in 'versions'"):
        results.merge([first, second])


# Tables


def test_nothing_is_left_out_of_the_mean():
    found = made_up_results(made_up(1.0), made_up(8.0, name="fft 64"), made_up(2.0, name="fft 256"))
    group, everything = tables.summaries(found)
    assert group.mean == pytest.approx(0.5 ** (1 / 3))  # of ratios 2, 1/4 and 1
    for s in (group, everything):
        assert (s.count, s.worst, s.worst_case, s.losses) == (3, 0.25, "fft 64 float64", 1)


def test_losses_are_marked():
    found = made_up_results(made_up(8.0))
    assert "**0.25**" in tables.markdown_cases(found)
    assert tables.markdown_groups(found).splitlines()[-1].endswith("| **1** |")
    console = importlib.import_module("rich.console").Console(width=120, record=True, quiet=False)
    with open(os.devnull, "w") as nowhere:
        console.file = nowhere
        for table in tables.screen(found):
            console.print(table)
    styled = console.export_text(styles=True)
    assert "\x1b[1;31m0.25" in styled
    assert "numpy" in styled


def test_a_case_without_peers_is_shown_without_ratio():
    case = made_up(1.0)
    case["calls"] = case["calls"][:1]
    assert results.ratio(case) is None
    assert tables.summaries(made_up_results(case)) == []
    tables.screen(made_up_results(case))


# Comparison


def changes(before, after):
    found = compare.compare(made_up_results(before), made_up_results(after))
    return len(found.slower), len(found.faster), found.same


def test_what_changed_is_told_from_noise():
    assert changes(made_up(1.0), made_up(1.0)) == (0, 0, 1)
    assert changes(made_up(1.0), made_up(1.2)) == (1, 0, 0)
    assert changes(made_up(1.2), made_up(1.0)) == (0, 1, 0)
    assert changes(made_up(1.0), made_up(1.03)) == (0, 0, 1)  # below what is ever told
    assert changes(made_up(1.0, noise=0.1), made_up(1.2)) == (0, 0, 1)
    assert changes(made_up(1.0), made_up(1.2, noise=0.1)) == (0, 0, 1)


def test_a_slower_machine_is_no_slower_library():
    slow = made_up(1.3, {"numpy": 2.6, "scipy": 3.9})
    assert changes(made_up(1.0), slow) == (0, 0, 1)
    # The library kept its time while the peers lost theirs: not a change of the library either.
    assert changes(made_up(1.0), made_up(1.0, {"numpy": 2.6, "scipy": 3.9})) == (0, 0, 1)
    worse = made_up(2.0, {"numpy": 2.6, "scipy": 3.9})
    (change,) = compare.compare(made_up_results(made_up(1.0)), made_up_results(worse)).slower
    assert change.relative == pytest.approx(2 / 1.3)


def test_one_disturbed_peer_hides_nothing():
    peers_ = {"numpy": 2.0, "scipy": 3.0, "torch": 4.0}
    before, after = made_up(1.0, peers_), made_up(1.2, {**peers_, "torch": 12.0})
    after["calls"][3]["noise"] = 3.0
    old, new = made_up_results(before), made_up_results(after)
    for found in (old, new):
        found["versions"]["torch"] = "2"
    (change,) = compare.compare(old, new).slower
    assert change.relative == pytest.approx(1.2)


def test_peers_of_another_version_are_no_measure():
    before, after = made_up_results(made_up(1.0)), made_up_results(
        made_up(1.3, {"numpy": 2.6, "scipy": 3.9})
    )  # fmt: skip
    after["versions"].update(numpy="3", scipy="2")
    found = compare.compare(before, after)
    assert [c.relative for c in found.slower] == [pytest.approx(1.3)]
    assert "numpy: 2 before, 3 now" in found.notes


def test_other_cases_and_machines_are_told():
    before, after = made_up_results(made_up(1.0)), made_up_results(made_up(1.0, name="fft 64"))
    after["machine"]["processor"] = "another one"
    found = compare.compare(before, after)
    assert (found.missing, found.new) == (["fft 16 float64"], ["fft 64 float64"])
    text = "\n".join(compare.in_text(found))
    assert "processor: a processor before, another one now" in text
    assert "0 slower, 0 faster, 0 as before within the noise, 1 new, 1 not measured now" in text


def test_changes_in_words():
    found = compare.compare(made_up_results(made_up(1e-6)), made_up_results(made_up(1.5e-6)))
    assert compare.in_text(found)[0] == (
        "slower: fft 16 float64, 1.00 µs before, 1.50 µs now; 1.50 times slower against the "
        "peers, the noise being 5 %"
    )


# Charts


def test_largest_errors_of_each_precision():
    half = made_up(1.0, {"numpy": 2.0, "scipy": 3.0}, name="fft 64")
    other = made_up(1.0, {"numpy": 2.0}, dtype="complex64")
    for case, errors in ((half, (2.0, 3.0, 4.0)), (other, (1.0, 5.0))):
        for call, error in zip(case["calls"], errors, strict=True):
            call["error"] = error * float(np.finfo(case["dtype"]).eps)
    # Of two calls of a library the faster one counts.
    half["calls"][2].update(name="scipy slow")
    half["calls"].append({**half["calls"][2], "name": "scipy", "seconds": 2.5, "error": 2.0**-52})
    nothing = made_up(1.0, dtype="int32")
    for call in nothing["calls"]:
        call["error"] = None
    found = made_up_results(made_up(1.0), half, other, nothing)
    single, double = tables.accuracies(found)
    assert (single.precision, single.count, double.count) == ("single", 1, 2)
    assert single.largest == {"flipshift": 1.0, "numpy": 5.0}
    assert double.largest == {"flipshift": 2.0, "numpy": 3.0, "scipy": 1.0}
    text = tables.markdown_errors(found)
    assert "| fft, some | double | 2.00 | 3.00 | 1.00 |" in text
    assert "| fft, some | single | 1.00 | 5.00 |  |" in text
    assert tables.markdown_errors(made_up_results(nothing)) == ""
    assert len(tables.screen(made_up_results(nothing))) == 2
    assert len(tables.screen(found)) == 3


def long_curve():
    """Results with enough sizes for errors over them, and a library with two calls."""
    some = [
        made_up(n * 1e-9, {"numpy": 1e-6, "scipy": 1e-6, "scipy other": 1e-6}, name=f"{n}", size=n)
        for n in (16, 64, 256, 1024)
    ]
    for case in some:
        case["calls"][3]["library"] = "scipy"
    return made_up_results(*some)


def test_errors_over_size_where_cases_differ_by_it_alone(tmp_path):
    (path,) = charts.draw(long_curve(), tmp_path, ["accuracy-fft"])
    assert {"length", "relative error, 2-norm", "scipy other", "1024"} <= set(texts(path))


def texts(path):
    root = ElementTree.parse(path).getroot()
    return ["".join(t.itertext()) for t in root.iter("{http://www.w3.org/2000/svg}text")]


def test_charts_are_legible_alone(tmp_path):
    written = {path.stem: path for path in charts.draw(curve(), tmp_path)}
    assert set(written) == {"speed-fft-some", "ratio-fft", "accuracy-fft", "roofline", "summary"}
    axes = {
        "speed-fft-some": ["length", "Gflop/s by the definition", "numpy", "scipy"],
        "ratio-fft": ["ratio (right of 1: flipshift is faster); beside it, the fastest peer"],
        "accuracy-fft": ["fft 16", "relative error, 2-norm", "numpy", "machine epsilon"],
        "roofline": ["operations per byte", "Gflop/s", "L1: 400 GB/s", "200 Gflop/s"],
        "summary": ["fft, some (6): 1.3×"],
    }
    for name, path in written.items():
        found = texts(path)
        assert any("a processor; 2026-01-02" in text for text in found), name
        assert set(axes[name]) <= set(found), name
    assert any("0.50 numpy" in text for text in texts(written["ratio-fft"]))


def test_lengths_beside_each_other_have_places_of_their_own(tmp_path):
    some = [
        made_up(1.0, name=f"{n}", size=n, group="fft, others", dtype=dtype)
        for n in (1000, 1009, 44100)
        for dtype in ("float64", "float32")
    ]
    (path,) = charts.draw(made_up_results(*some), tmp_path, ["speed-fft-others"])
    found = texts(path)
    assert [found.count(str(n)) for n in (1000, 1009, 44100)] == [2, 2, 2]
    assert found.index("float32") < found.index("float64")


def test_the_same_results_give_the_same_charts(tmp_path):
    names = ("summary", "speed-fft-some")
    first, second = (charts.draw(copy.deepcopy(curve()), tmp_path / name, names) for name in "ab")
    assert len(first) == 2
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_charts_of_a_run(run):
    drawn = {path.stem for path in run.glob("*.svg")}
    assert {"ratio-toeplitz", "roofline", "summary"} <= drawn


# The command


def test_bench_names_its_extra(capsys, monkeypatch):
    for name in ("rich.table", "rich.progress", "scipy.signal"):
        monkeypatch.setitem(sys.modules, name, None)
    assert main(["bench", "--quick"]) == 2
    assert capsys.readouterr().err == (
        "flipshift bench: this command needs rich, scipy, which cannot be imported; "
        "pip install 'flipshift[bench]' brings it\n"
    )


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["bench", "cooking"], "no topic 'cooking'; topics are fft, convolve"),
        (["bench", "--threads", "0"], "--threads is 0; it takes a positive number"),
        (["bench", "--peers", "numpy,abacus"], "--peers has 'abacus', which is none of numpy"),
    ],
)
def test_wrong_arguments(argv, says, capsys):
    assert main(argv) == 2
    assert says in capsys.readouterr().err


def test_a_peer_that_is_not_installed(capsys, monkeypatch):
    monkeypatch.setattr(peers, "installed", lambda: ["numpy"])
    assert main(["bench", "--peers", "torch"]) == 2
    assert "--peers has 'torch', which is not installed" in capsys.readouterr().err


def test_a_folder_that_is_a_file(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CommandError, match="cannot write"):
        results.save(made_up_results(), tmp_path / "file" / "results.json")
    with pytest.raises(CommandError, match="cannot write"):
        charts.draw(curve(), tmp_path / "file")


def test_threads_are_set_for_libraries_that_read_them_early(monkeypatch):
    monkeypatch.setenv(bench.THREADS[0], "7")
    started = []
    monkeypatch.setattr(
        bench.subprocess, "call", lambda command, env: started.append((command, env)) or 5
    )
    argv = ["bench", "fft", "--quick", "--threads", "2", "--peers", "numpy", "--out", "there"]
    assert main(argv) == 5
    ((command, env),) = started
    assert command[:5] == [sys.executable, "-m", "flipshift", "bench", "fft"]
    assert command[5:] == ["--out", "there", "--threads", "2", "--peers", "numpy", "--quick"]
    assert all(env[name] == "2" for name in bench.THREADS)
    assert env["PATH"] == os.environ["PATH"]


def test_printed_tables(monkeypatch, capsys, tmp_path):
    for name in bench.THREADS:
        monkeypatch.setenv(name, "1")
    monkeypatch.setattr(bench, "collect", lambda *arguments: curve())
    monkeypatch.setattr(charts, "draw", lambda found, folder: [])
    earlier = made_up_results(made_up(1e-3, {"numpy": 5e-8, "scipy": 2e-7}, dtype="float32"))
    results.save(earlier, tmp_path / "before.json")
    argv = ["bench", "--out", str(tmp_path), "--compare", str(tmp_path / "before.json")]
    assert main([*argv, "--markdown"]) == 0
    printed = capsys.readouterr().out
    assert "| fft 16 | float64 | 100 ns | 50 % | numpy, 50 ns | **0.50** |" in printed
    assert "faster: fft 16 float32, 1.00 ms before, 100 ns now" in printed
    assert main(argv) == 0
    assert "geometric mean" in capsys.readouterr().out


# The scoreboard of README.md


@pytest.fixture
def scoreboard():
    path = ROOT / "bench" / "scoreboard.py"
    if not path.exists():
        pytest.skip("the installed package has no bench/")
    spec = importlib.util.spec_from_file_location("scoreboard", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_scoreboard_changes_what_is_between_the_markers(scoreboard, tmp_path, monkeypatch):
    readme = tmp_path / "README.md"
    readme.write_text("before\n<!-- scoreboard -->\nold\n<!-- /scoreboard -->\nafter\n", "utf-8")
    folder = tmp_path / "docs" / "scoreboard"
    folder.mkdir(parents=True)
    page = tmp_path / "docs" / "scoreboard.md"
    page.write_text("first\n<!-- charts -->\n<!-- /charts -->\nlast\n", "utf-8")
    (folder / "speed-of-old.svg").write_text("")
    draw = charts.draw
    some = ("summary", "ratio-fft", "speed-fft-some")
    monkeypatch.setattr(charts, "draw", lambda found, folder: draw(found, folder, some))
    scoreboard.write(curve(), tmp_path)
    text = readme.read_text("utf-8")
    assert text.startswith("before\n<!-- scoreboard -->\n!")
    assert text.endswith("<!-- /scoreboard -->\nafter\n")
    assert "old" not in text
    assert "slower in 2" in text
    assert "(docs/scoreboard/summary.svg)" in text
    assert (folder / "summary.svg").exists()
    assert not (folder / "speed-of-old.svg").exists()
    assert page.read_text("utf-8") == (
        "first\n<!-- charts -->\n\n## Fourier transforms\n\n"
        "![Speed: fft, some](scoreboard/speed-fft-some.svg)\n\n"
        "![Ratios: fft](scoreboard/ratio-fft.svg)\n\n<!-- /charts -->\nlast\n"
    )
    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    scoreboard.write(curve(), tmp_path)
    assert files == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_a_page_without_markers(scoreboard, tmp_path):
    (tmp_path / "page.md").write_text("<!-- /charts --> <!-- charts -->", "utf-8")
    with pytest.raises(SystemExit, match=r"page.md has no .* after it"):
        scoreboard.put(tmp_path / "page.md", "charts", "")


def test_pages_have_the_markers(scoreboard):
    for name, page in (("scoreboard", "README.md"), ("charts", "docs/scoreboard.md")):
        text = (ROOT / page).read_text("utf-8")
        first, last = scoreboard.MARKERS[name]
        assert text.index(first) < text.index(last)
    images = re.findall(r"\((scoreboard/.*?\.svg)\)", text)
    assert sorted(images) == sorted(set(images))
    assert all((ROOT / "docs" / image).exists() for image in images)


def test_every_topic_has_a_title_and_a_page(scoreboard):
    assert tuple(scoreboard.TITLES) == TOPICS
    listed = (ROOT / "docs" / "index.md").read_text("utf-8")
    for topic in TOPICS:
        assert f"\ntopics/{topic}\n" in listed
        text = (ROOT / "docs" / "topics" / f"{topic}.md").read_text("utf-8")
        assert "```{doctest}" in text
        assert "## How" in text
        assert "## Accuracy and cost" in text

"""The kernel objects of one instruction set hold nothing that a linker could give to another.

A weak or unique symbol in an AVX-512 object (from an inline function, a template or a static of the
standard library) may be the copy that the linker keeps for everyone, and then crashes an older
processor. So `nm` must find no such symbol in the objects of the build, and no other global
definition than the `fill` functions, which carry the set in their namespace. Where the build tree
is missing or older than the sources, they are compiled as the build does, at -O1.
"""

import platform
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CMAKE = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
KERNELS = sorted((ROOT / "cpp" / "kernels").glob("*.cpp"))

COMPILER = next((c for c in ("c++", "g++", "clang++") if shutil.which(c)), None)
NM = shutil.which("nm")

pytestmark = [
    pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="x86 flags"),
    pytest.mark.skipif(COMPILER is None, reason="there is no C++ compiler here"),
    pytest.mark.skipif(NM is None, reason="there is no nm here"),
]


def common_flags():
    pattern = r"target_compile_options\(flipshift_\$\{isa\} PRIVATE \$\{ARGN\}(.*?)\)"
    body = re.search(pattern, CMAKE, re.DOTALL)
    assert body, "the flags of the kernels are not where this test looks for them"
    return body[1].split()


def instruction_sets():
    return dict(
        (name, flags.split())
        for name, flags in re.findall(r"flipshift_add_isa\((v\d) (-march=[^)]*)\)", CMAKE)
    )


def symbols(path):
    listing = subprocess.run([NM, "-C", str(path)], capture_output=True, text=True, check=True)
    for line in listing.stdout.splitlines():
        match = re.match(r"^[0-9a-f ]* ([A-Za-z]) (.*)$", line)
        if match:
            yield match[1], match[2]


def compiled(source, target, isa, flags):
    command = [COMPILER, "-std=c++20", "-fPIC", "-fvisibility=hidden", "-O1", "-w"]
    command += [f"-I{ROOT / 'cpp'}", f"-DFLIPSHIFT_ISA_NAMESPACE={isa}", *flags, *common_flags()]
    run = subprocess.run(
        [*command, "-c", str(source), "-o", str(target)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    return target


def built(source, isa):
    """The object of the last build, if nothing that it depends on is newer."""
    place = f"build/*/CMakeFiles/flipshift_{isa}.dir/cpp/kernels/{source.name}.o"
    objects = sorted(ROOT.glob(place), key=lambda path: path.stat().st_mtime)
    sources = [*(ROOT / "cpp" / "kernels").iterdir(), ROOT / "CMakeLists.txt"]
    newest = max(path.stat().st_mtime for path in sources)
    return objects[-1] if objects and objects[-1].stat().st_mtime > newest else None


def faults(path, isa):
    for kind, name in symbols(path):
        if kind in "WVwvu":
            yield f"weak or unique: {kind} {name}"
        elif kind.isupper() and kind != "U" and not name.startswith(f"flipshift::{isa}::fill("):
            yield f"global: {kind} {name}"


def test_the_build_is_read():
    assert set(instruction_sets()) == {"v2", "v3", "v4"}
    assert "-fno-exceptions" in common_flags()
    assert len(KERNELS) >= 3


@pytest.mark.parametrize("isa", ["v2", "v3", "v4"])
@pytest.mark.parametrize("source", KERNELS, ids=lambda path: path.stem)
def test_kernels_define_only_fill(source, isa, tmp_path):
    target = built(source, isa)
    if target is None:
        target = compiled(source, tmp_path / "kernel.o", isa, instruction_sets()[isa])
    found = list(symbols(target))
    assert any(name.startswith(f"flipshift::{isa}::fill(") for _, name in found)
    assert list(faults(target, isa)) == []


def test_a_weak_symbol_is_noticed(tmp_path):
    source = tmp_path / "bad.cpp"
    source.write_text(
        "namespace flipshift::v3 {\n"
        "template <class T> __attribute__((noinline)) T shared(T n) { return n + 1; }\n"
        "int fill(int n) { return shared(n); }\n"
        "int other(int n) { return n; }\n"
        "}\n",
        encoding="utf-8",
    )
    found = list(faults(compiled(source, tmp_path / "bad.o", "v3", ["-march=x86-64-v3"]), "v3"))
    assert any("weak" in fault for fault in found)
    assert "global: T flipshift::v3::other(int)" in found

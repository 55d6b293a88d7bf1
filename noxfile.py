"""Sessions for nox: nox -l lists them."""

import nox

nox.options.sessions = ["tests", "tests_numpy", "lint"]
nox.needs_version = ">=2024.3"

LINTERS = ("ruff~=0.17.0", "mypy~=2.4", "clang-format~=23.1")


@nox.session(python=["3.11", "3.12", "3.13"])
def tests(session):
    """The tests on the native backend."""
    session.install(".[test]")
    session.run("pytest", *session.posargs)


@nox.session
def tests_numpy(session):
    """The tests on the NumPy backend."""
    session.install(".[test]")
    session.run("pytest", *session.posargs, env={"FLIPSHIFT_BACKEND": "numpy"})


@nox.session
@nox.parametrize("name", ["v2", "v3", "v4"])
def isa(session, name):
    """The tests on one instruction set, or the highest below it that the processor has."""
    session.install(".[test]")
    session.run("pytest", *session.posargs, env={"FLIPSHIFT_ISA": name})


@nox.session
def lint(session):
    """Formatters and type checker, which change nothing."""
    session.install(".[test]", *LINTERS)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    sources = session.run("git", "ls-files", "cpp/*.cpp", "cpp/*.hpp", external=True, silent=True)
    session.run("clang-format", "--dry-run", "-Werror", *sources.split())
    session.run("mypy")


@nox.session
@nox.parametrize("sanitizers", ["address,undefined", "thread"])
def sanitize(session, sanitizers):
    """The engine under sanitizers, without Python, on every instruction set of the processor."""
    session.install("cmake", "ninja", "pybind11>=3.0")
    pybind11 = session.run("python", "-m", "pybind11", "--cmakedir", silent=True).strip()
    build = f"build/sanitize-{sanitizers.replace(',', '-')}"
    options = [f"-DFLIPSHIFT_SANITIZE={sanitizers}", f"-Dpybind11_DIR={pybind11}"]
    session.run("cmake", "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=None", *options)
    checks = ("check_convolve", "check_convolver", "check_fft", "check_images", "check_threads")
    session.run("cmake", "--build", build, "--target", *checks)
    # Memory is filled with NaN when it is taken, so that reading before writing shows.
    env = {
        "ASAN_OPTIONS": "max_malloc_fill_size=1073741824:malloc_fill_byte=255",
        "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
        "TSAN_OPTIONS": "halt_on_error=1",
    }
    session.run(f"{build}/check_threads", env=env, external=True)
    session.run(f"{build}/check_convolver", env=env, external=True)
    session.run(f"{build}/check_images", "20", env=env, external=True)
    for name in ("v2", "v3", "v4") if sanitizers != "thread" else ():
        env["FLIPSHIFT_ISA"] = name
        for program in ("check_convolve", "check_fft", "check_images"):
            session.run(f"{build}/{program}", *session.posargs, env=env, external=True)


@nox.session
def bench(session):
    """The table of ratios."""
    session.install(".[bench]")
    session.run("python", "-m", "flipshift", "bench", *session.posargs)


@nox.session
def scoreboard(session):
    """The tables of README.md and the charts, measured; --results FILE takes those of a run."""
    session.install(".[bench,peers]")
    session.run("python", "bench/scoreboard.py", *session.posargs)


@nox.session
def docs(session):
    """The documentation, in build/docs; its examples run."""
    session.install(".[docs]")
    session.run("sphinx-build", "-W", "--keep-going", "docs", "build/docs")
    session.run("sphinx-build", "-W", "-b", "doctest", "docs", "build/docs-examples")


@nox.session
def demo(session):
    """The demo; give --audio and --image after --."""
    session.install(".[demo]")
    session.run("python", "-m", "flipshift", "demo", *session.posargs)

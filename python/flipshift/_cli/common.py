"""What the commands share: errors that end in one sentence, and optional packages."""

from __future__ import annotations

import importlib
import platform
from collections.abc import Sequence
from typing import Any


class CommandError(Exception):
    """A failure that the user can mend; the text is the one sentence to print."""


def extra(module: str, name: str = "demo") -> Any:
    """Import an optional module, or say which extra brings it.

    Parameters
    ----------
    module : str
        Dotted name of the module.
    name : str
        The extra of this project that installs it.

    Returns
    -------
    module
        The imported module.

    Raises
    ------
    CommandError
        If it is not installed.

    Examples
    --------
    >>> extra("math").floor(2.5)
    2
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise CommandError(
            f"this command needs {package} ({error}); it comes with: "
            f"pip install 'flipshift[{name}]'"
        ) from None


def need(modules: Sequence[str], name: str) -> None:
    """Import optional modules, or say all that is missing and which extra brings them.

    Parameters
    ----------
    modules : sequence of str
    name : str
        The extra of this project that installs them.

    Raises
    ------
    CommandError
        If some are not installed.

    Examples
    --------
    >>> need(["math", "json"], "demo")
    """
    missing: dict[str, None] = {}
    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError:
            missing[module.partition(".")[0]] = None
    if missing:
        raise CommandError(
            f"this command needs {', '.join(missing)}, which cannot be imported; "
            f"pip install 'flipshift[{name}]' brings it"
        )


def processor() -> str:
    """Return the processor's name as the system tells it.

    Examples
    --------
    >>> bool(processor())
    True
    """
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith(("model name", "CPU part")):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()

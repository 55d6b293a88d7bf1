"""Benchmarks: what ``python -m flipshift bench`` and the suites in ``bench/`` run.

A case is text. It has a setup and, for flipshift and for each peer, a statement, as `timeit` takes
them; so every figure can be had again by hand, from what the results say, without this package.

::

    cases/<topic>.py   the cases: sizes, dtypes, statements, operations and bytes by definition
          |            (peers.py: how each library is called for what several topics need)
          v
    runner.py          several passes over all cases; in each the statements of a case take turns
          |            (limits.py: peak rate and bandwidths, measured in the same run;
          |             accuracy.py: the error of each statement against extended precision)
          v
    results.py         one JSON, as schema.json describes it: machine, versions, limits, minima
          |
          +-- tables.py     the table on the screen, and in Markdown
          +-- charts.py     SVG: speed, ratio, accuracy, roofline, summary
          +-- compare.py    what differs from an earlier JSON by more than the noise

Everything after the JSON depends on it alone: tables and charts of an old run can be drawn again.
What is not installed takes no part; `cases` itself imports no peer.
"""

from .cases import TOPICS, Call, Case, cases

__all__ = ["TOPICS", "Call", "Case", "cases"]

"""The commands behind ``python -m flipshift``: one file or package each."""

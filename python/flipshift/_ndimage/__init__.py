"""Helpers of `flipshift.ndimage`."""

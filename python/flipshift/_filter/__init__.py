"""Filters along one axis: `lfilter` and `moving_average` of `flipshift.signal`."""

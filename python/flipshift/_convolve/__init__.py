"""What stands behind the convolutions of `flipshift.signal`: modes, methods, exactness."""

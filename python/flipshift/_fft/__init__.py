"""What stands behind `flipshift.fft`: arguments, and the way from them to the primitives."""

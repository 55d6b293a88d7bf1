"""The NumPy backend: the primitives of `flipshift._backend` in plain NumPy."""

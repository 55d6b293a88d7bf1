"""flipshift: fast Fourier transforms, convolution and Toeplitz products under familiar names.

`flipshift.fft`, `flipshift.signal`, `flipshift.ndimage` and `flipshift.linalg` hold namesakes of
SciPy's functions, `convolve` and `correlate` are NumPy's. `show_config` tells what they run on.
"""

from . import fft, linalg, ndimage, signal
from ._config import __version__, show_config
from ._convolve.numpylike import convolve, correlate

__all__ = [
    "__version__",
    "convolve",
    "correlate",
    "fft",
    "linalg",
    "ndimage",
    "show_config",
    "signal",
]

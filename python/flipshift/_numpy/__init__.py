"""The NumPy backend: the primitives of `flipshift._backend` in plain NumPy."""

from .box import box2d
from .convolve import (
    convolve,
    convolve_along,
    convolve_blocks,
    convolve_line,
    convolve_lines,
    convolve_method,
    convolve_plan,
)
from .convolve2d import convolve2d, convolve2d_image, convolve2d_pixels, convolve2d_plan
from .convolve_axis import convolve_axis
from .convolver import PartitionedStream, PreparedKernel
from .fft import c2c, c2r, good_size, line, r2c, transform
from .fft_dct import dct, trigonometric
from .limits import copy_bandwidth, peak_operations
from .match_template import match_template
from .ndimage import (
    filter_image,
    filter_lines,
    filter_separably,
    laplace_image,
    mean_image,
    mean_lines,
)
from .plan import LinePlan, describe, plan_cache_clear, plan_cache_info
from .running_sum import moving_average_line, running_sum
from .separable2d import separable2d
from .toeplitz import (
    ToeplitzOperator,
    toeplitz_matmul,
    toeplitz_product,
    toeplitz_solution,
    toeplitz_solve,
)

__all__ = [
    "LinePlan",
    "PartitionedStream",
    "PreparedKernel",
    "ToeplitzOperator",
    "box2d",
    "c2c",
    "c2r",
    "convolve",
    "convolve2d",
    "convolve2d_image",
    "convolve2d_pixels",
    "convolve2d_plan",
    "convolve_along",
    "convolve_axis",
    "convolve_blocks",
    "convolve_line",
    "convolve_lines",
    "convolve_method",
    "convolve_plan",
    "copy_bandwidth",
    "dct",
    "describe",
    "filter_image",
    "filter_lines",
    "filter_separably",
    "good_size",
    "laplace_image",
    "line",
    "match_template",
    "mean_image",
    "mean_lines",
    "moving_average_line",
    "peak_operations",
    "plan_cache_clear",
    "plan_cache_info",
    "r2c",
    "running_sum",
    "separable2d",
    "toeplitz_matmul",
    "toeplitz_product",
    "toeplitz_solution",
    "toeplitz_solve",
    "transform",
    "trigonometric",
]

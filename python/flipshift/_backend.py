"""The seam: which backend is in use, and the primitives that both offer.

``_core`` (native) and ``_numpy`` have the same functions with the same positional parameters. The
public modules bring every argument to the form stated here, so a backend checks nothing that a
user can get wrong: dtypes are native-endian and equal where the text says "T", arrays are aligned,
shapes fit, ``out`` is allocated and overlaps no input unless the text allows it.

Fourier transforms; T is float32 or float64, any strides. A sum is
``scale * sum_j x[j] exp(-+2 pi i jk/n)``, minus for ``forward``:

``c2c(x, out, axes, forward, scale, workers)``
    Complex to complex along each of ``axes``; ``out`` has the shape of ``x`` and may be ``x``.
``r2c(x, out, axes, forward, scale, workers)``
    Real to half spectrum along ``axes[-1]`` (``n // 2 + 1``), then complex along the others.
``c2r(x, out, axes, forward, scale, workers)``
    Complex along ``axes[:-1]``, then half spectrum to real along ``axes[-1]``, whose length is that
    of ``out``. ``x`` is left as it is.
``dct(x, out, axes, kind, type, scale, orthogonalize, workers)``
    Discrete cosine (``kind`` 'cos') or sine ('sin') transform of ``type`` 1 to 4 along each of
    ``axes`` (at least one), times ``scale``, as `flipshift.fft.dct` and `dst` define them for
    norm=None. ``x`` and ``out`` are real and ``out`` has the shape of ``x`` and may be ``x``. No
    transformed length is 0, nor 1 for the cosine transform of type 1.
``line(x, kind)``
    What ``fft``, ``ifft``, ``rfft`` or ``irfft`` (``kind`` 0 to 3) return for ``x`` alone if it is
    an ndarray (no subclass) of one contiguous line of T or its complex, else None: a short way for
    calls that are over sooner than their arguments are looked at. May return None for anything.
``transform(kind, x, lengths, axes, norm, workers, out)``
    What ``fft``, ``ifft``, ``rfft``, ``irfft``, ``hfft`` or ``ihfft`` (``kind`` 0 to 5), or their
    N-dimensional forms (8 more) return for these arguments, which are as the user gave them but for
    ``workers``; else, and if anything is wrong with them, None. May return None for anything.
``trigonometric(kind, x, type, lengths, axes, norm, workers, orthogonalize, out)``
    The same for ``dct``, ``dst``, ``idct`` and ``idst`` (``kind`` 0 to 3) and their N-dimensional
    forms (4 more), ``workers`` being the number of threads or None if nobody asked for it yet. May
    return None for anything.
``LinePlan(kind, n, single, forward, scale)``
    A class for `flipshift.fft.Plan` to derive from. Called as ``plan(x, out=None)`` it does `c2c`,
    `r2c`, `c2r` or, of real ``x`` to the whole spectrum, `real` (``kind``) of length ``n`` in
    float32 (``single``) or float64, or `dct` of a kind and type, `cos1` to `sin4`, ``forward`` then
    being its ``orthogonalize``, if ``x`` and ``out`` are ndarrays of one contiguous line each;
    everything else goes to its method ``_general(x, out=None)``, as does all if ``kind`` is ''.
``describe(n, lines, contiguous, real, single)``
    A few words on the algorithm for that many transforms of length ``n`` side by side.
``plan_cache_info()``, ``plan_cache_clear()``
    A list of (kind, entries, bytes, limit, hits, misses) of each cache of plans; empty them all.
``good_size(n)``
    A length of at least ``n`` that the backend transforms fast.

Convolution; one dtype T for all arrays, C-contiguous:

``convolve(x, h, out, start, method, workers=1)``
    ``out[i] = sum_k h[k] x[start + i - k]`` with ``x`` zero outside, in N dimensions; ``start`` is
    a tuple of ``x.ndim`` integers (0 for 'full'), ``h.ndim == out.ndim == x.ndim``, no length is 0.
    T is float32/64, complex64/128 or any integer of 8 to 64 bits (which wrap). ``method`` is
    'direct', 'fft' (one dimension and floating types only) or 'auto' (the faster one; integers and
    N dimensions: direct).
``convolve_line(x, h, mode, method, kind, out, workers=0)``
    What ``signal.convolve``, ``signal.correlate``, ``flipshift.convolve`` or
    ``flipshift.correlate`` (``kind`` 0 to 3) return for these arguments, which are as the user gave
    them, if ``x`` and ``h`` are ndarrays (no subclass) of one contiguous line of T each, or small
    ones of more than two dimensions, else None:
    a short way for calls that are over sooner than their arguments are looked at. May return None
    for anything; with ``workers`` 0 it does for what threads may share.
``convolve_along(x, h, mode, method, axis, kind, workers, out)``
    The same along ``axis`` of ``x`` of any shape, with ``workers`` threads.
``convolve_blocks(x, h, out, start, size, workers=1)``
    The same as ``convolve`` in one dimension, for floating types, by transforms of ``size`` points,
    at least min(len(x), len(h)): overlap-save, or one for everything if that is enough.
``convolve_plan(n, m, n_out, start, dtype, outer=1, inner=1)``
    What a 1-D ``convolve`` of a floating dtype may do for len(x), len(h), len(out) and an integer
    ``start``: a list of (method, block, blocks, nanoseconds), the one that 'auto' takes first.
    method is 'direct' (block and blocks are 0), 'overlap-save' or 'fft' (one transform of all);
    block is the length of a transform, blocks their number; the time is a prediction, for one
    thread. With other ``outer`` and ``inner`` the same of ``convolve_axis``.
``convolve_lines(x, h, out, start, method, workers)``
    ``convolve`` along the last axis, of each line of ``x`` with the line of ``h`` at the same place
    of the axes before it, which are equally long in all three and at least one; ``start`` is an
    integer. ``x`` and ``h`` need contiguous lines only, with any strides (0 too) between them.
``convolve_method(n, m, n_out, dtype)``
    What 'auto' takes in one dimension for len(x), len(h), len(out): 'direct' or 'fft'.
``convolve_axis(x, h, out, start, workers, boundary='fill', fillvalue=0)``
    ``out[o, i, c] = sum_k h[k] x[o, start + i - k, c]``: ``x`` of shape (outer, n, inner), ``h`` of
    one dimension, ``out`` of shape (outer, n_out, inner), no length is 0. ``boundary`` is one name
    as for ``convolve2d``. One line may also come as ``x`` and ``out`` of one dimension. T as for
    ``convolve``, by the faster method.
``PreparedKernel(h, mode, workers)``
    A class for `flipshift.signal.Convolver` to derive from: a line ``h`` of float32/64 or
    complex64/128, or None. Called as ``kernel(x, out=None)`` it convolves by ``mode`` if ``x`` and
    ``out`` are ndarrays of one contiguous line of the same T each; everything else goes to its
    method ``_general(x, out=None)``, as does all if ``h`` is None. Its method
    ``rows(x, out, start)`` does what `convolve` does for each row of ``x`` and ``out``.
``PartitionedStream(kernel, shape, taps, block, workers)``
    A class for the streams of a Convolver to derive from, with blocks of ``(*shape, n)`` and room
    for kernels of up to ``taps`` taps, all finite; fastest for n = ``block``, or what comes first
    if that is 0. ``process(x, out=None)`` takes contiguous ndarrays of T and leaves everything else
    to ``_process(x, out=None)``; ``run(x, out)`` takes a row for each channel, ``out`` may be
    ``x``; ``exchange_kernel(kernel, fade)``, ``clear()``, ``heard_taps()`` and ``partitions()`` (a
    list of sizes and counts, for people) are for `Stream`, which says what they do.
``convolve2d(x, h, out, start, boundary, fillvalue, method, workers)``
    ``out[o, i, j, c] = sum h[k, l] x[o, start[0] + i - k, start[1] + j - l, c]``; ``x`` and ``out``
    of shape (outer, rows, columns, inner), or both of two dimensions, rows and columns. Outside of
    it ``x`` continues by ``boundary``, a pair of names for its rows and its columns: 'fill' with
    ``fillvalue``, 'wrap' periodically, 'symm' mirrored with the edge repeated, 'mirror' mirrored at
    the edge, 'nearest' with the edge. T and ``method`` as above ('fft' for floating types); also
    'separable', as a sum of as many products of a column and a row as ``h`` has rank, to rounding;
    'auto' may take any of these, 'whole' all but the last.
``convolve2d_image(x, h, mode, boundary, fillvalue, correlation, workers, out, separable)``
    What ``signal.convolve2d``, or with ``correlation`` ``signal.correlate2d``, returns for these
    arguments, which are as the user gave them but for ``workers``, if ``x`` and ``h`` are
    C-contiguous ndarrays (no subclass) of two dimensions and the same T, else None. May return None
    for anything.
``separable2d(x, columns, rows, out, start, boundary, fillvalue, workers)``
    Convolution of ``x`` along its rows' axis with ``columns[r]``, of that along its columns' axis
    with ``rows[r]``, added over r. ``x``, ``out``, ``start`` and ``boundary`` as for
    ``convolve2d``; ``fillvalue`` is a pair, the second for what the first convolution leaves.
    ``columns`` and ``rows`` have two dimensions; T is float32/64 or complex64/128. ``x`` may also
    be of integers of 8 or 16 bits, or of int32 if T is float64.
``convolve2d_pixels(x, h, out, start, boundary, fillvalue, workers)``
    The sum of ``convolve2d`` for ``x`` of integers of 8 to 32 bits and ``h`` of float64. ``out`` is
    of integers of 8 to 64 bits, which get the sum without its fraction, wrapped to their width, or
    of float32/64. The sum is exact if ``h`` has integers only and it fits into 53 bits, else
    rounded as double precision has it (float32 results: as single). Weights that are integers over
    one common integer to rounding, like 1/9, count as that: a sum of integers, divided once.

Template matching:

``match_template(image, template, out, workers)``
    ``out[i, j]`` is the correlation coefficient of ``template``, of float64 and no larger than the
    ``image``, with the part of the image at (i, j), of rows C-contiguous and all inside. float32
    images have float32 results; those of float64, uint8 or uint16 float64. NaN for windows that
    hold NaN or infinity and if the template does, else 0 for constant windows and templates.

Short ways of `flipshift.ndimage` for one C-contiguous ndarray (no subclass) of T or of integers of
at most 32 bits, and weights that are such arrays; arguments are as the user gave them, but for
``workers``. They return the result, or None for what is left to the long way, which may be
anything:

``filter_image(x, weights, mode, cval, origin, correlation, workers, output, axes)``
    What ``convolve``, or with ``correlation`` ``correlate``, returns for two dimensions, or along
    two axes side by side.
``laplace_image(x, mode, cval, workers, output)``
    What ``laplace`` returns for an image of T of two dimensions. None, with ``output`` overwritten,
    if that has NaN or infinity.
``filter_lines(x, weights, axis, mode, cval, origin, correlation, workers, output)``
    What ``convolve1d`` or ``correlate1d`` return, for T.
``filter_separably(x, columns, rows, mode, cval, workers, output)``
    ``separable2d`` of an image of two dimensions with real weights that are of the precision of T;
    their middle elements, at the length // 2, stand over each pixel. Both passes continue by
    ``mode`` and ``cval``.
``mean_image(x, size, mode, cval, origin, workers, output)``
    What ``uniform_filter`` returns for an image of two dimensions.
``mean_lines(x, size, axis, mode, cval, origin, workers, output)``
    What ``uniform_filter1d`` returns.

Sums over a sliding window; T is float32/64 or complex64/128, C-contiguous:

``running_sum(x, out, n, start, divisor, workers, boundary='fill', fillvalue=0)``
    ``out[o, i, c] = sum_k x[o, start + i - k, c] / divisor``, k < ``n``: ``x`` of shape
    (outer, length, inner), ``out`` of shape (outer, n_out, inner), no length is 0. ``boundary`` is
    one name as for ``convolve2d``.
    One line may also come as ``x`` and ``out`` of one dimension.
``moving_average_line(x, n, axis, mode, out, workers)``
    What ``moving_average`` returns for a C-contiguous ndarray of T; the other arguments are as the
    user gave them. None for what is left to the long way, which may be anything.
``box2d(x, out, sizes, start, divisors, boundary, fillvalue, workers)``
    The same along the rows' axis of images, and then along their columns' axis: m and ``out``,
    ``m[o, i, j, c] = sum_k x[o, start[0] + i - k, j, c] / divisors[0]``, k < ``sizes[0]``, and
    ``out[o, i, j, c] = sum_k m[o, i, start[1] + j - k, c] / divisors[1]``, k < ``sizes[1]``. ``x``,
    ``out`` and ``boundary`` as for ``convolve2d``, of T or of integers of 8 to 32 bits but uint32.
    Integers become the same integers, m and ``out`` without their fractions, or float32 (those of
    16 bits at most) or float64. ``fillvalue`` is a pair, the second for m, which continues by it;
    of integers that their dtype has. Sums of integers are below 2^53.
``convolve2d_plan(x_shape, h, out_shape, start)``
    What ``convolve2d`` may do for these shapes, the kernel ``h`` of a floating dtype, and fill
    value 0: a list of (method, block, blocks, nanoseconds), the one that 'auto' takes first. method
    is 'direct', 'fft' or 'separable'; block is a pair, the lengths of a transform, blocks their
    number, (0, 0) and 0 for 'direct'. 'separable' is there only if it is what 'auto' takes; blocks
    is then the number of terms.

Toeplitz; one dtype T of float32/64, complex64/128, C-contiguous:

``toeplitz_matmul(c, r, x, out, workers)``
    ``out = T @ x`` for ``T[i, j] = c[i - j] if i >= j else r[j - i]``, ``x`` of shape
    (len(r), k), ``out`` of shape (len(c), k).
``toeplitz_solve(c, r, b, x)``
    Solves ``T @ x = b``, all (n, k), in double precision. Returns 0, or the order of the first
    leading principal minor of T that is 0 to rounding.
``toeplitz_product(c_or_cr, x)``, ``toeplitz_solution(c_or_cr, b)``
    What ``matmul_toeplitz`` and ``solve_toeplitz`` return for these arguments as the user gave
    them, the latter of finite numbers only; else, and if anything is wrong with them, None. May
    return None for anything.
``ToeplitzOperator(diagonals, rows, cols, step)``
    A class for `flipshift.linalg.Toeplitz` and its stacks to derive from: matrices one below the
    other, ``diagonals[l, cols - 1 + i - j]`` being element (i, j) of number l, and of each every
    ``step``-th row. ``_apply(x, out, workers)`` writes the product with ``x`` (cols, k) to ``out``,
    both T; ``_apply_rows`` that of ``x`` (k, cols) and the transpose; ``_describe(k)`` says how.
    ``@`` may do it for plain arrays of T, from the right by its attribute ``_transpose``, an
    operator or None, and leaves all else to its methods ``_matmul`` and ``_rmatmul``.

What the machine can do at most, for benchmarks; measured for ``seconds`` on ``workers`` threads:

``peak_operations(dtype, seconds, workers)``
    Floating-point operations a second, of float32 or float64, by the instructions of the kernels.
``copy_bandwidth(bytes, seconds, workers)``
    Bytes read and written a second by a copy that, with its result, takes ``bytes`` a thread.
"""

from __future__ import annotations

import os
import warnings
from types import ModuleType

__all__ = ["core", "name"]

PRIMITIVES = (
    "c2c",
    "r2c",
    "c2r",
    "dct",
    "line",
    "transform",
    "trigonometric",
    "LinePlan",
    "describe",
    "plan_cache_info",
    "plan_cache_clear",
    "good_size",
    "convolve",
    "convolve_line",
    "convolve_along",
    "convolve_lines",
    "convolve_blocks",
    "convolve_plan",
    "convolve_method",
    "convolve_axis",
    "PreparedKernel",
    "PartitionedStream",
    "convolve2d",
    "convolve2d_image",
    "convolve2d_pixels",
    "separable2d",
    "convolve2d_plan",
    "filter_image",
    "laplace_image",
    "filter_lines",
    "filter_separably",
    "mean_image",
    "mean_lines",
    "match_template",
    "running_sum",
    "moving_average_line",
    "box2d",
    "toeplitz_matmul",
    "toeplitz_solve",
    "toeplitz_product",
    "toeplitz_solution",
    "ToeplitzOperator",
    "peak_operations",
    "copy_bandwidth",
)


def _choose() -> tuple[str, ModuleType]:
    wish = os.environ.get("FLIPSHIFT_BACKEND", "").lower()
    if wish not in ("", "native", "numpy"):
        raise ValueError(f"FLIPSHIFT_BACKEND is {wish!r}; it takes 'native' or 'numpy'")
    if wish != "numpy":
        try:
            from . import _core
        except ModuleNotFoundError:
            if wish == "native":
                raise ImportError(
                    "FLIPSHIFT_BACKEND asks for the native backend, but flipshift was installed "
                    "without it (no C++ compiler was found then)"
                ) from None
            warnings.warn(
                "flipshift was installed without its native core (no C++ compiler was found then) "
                "and runs on its NumPy backend, which is much slower",
                RuntimeWarning,
                stacklevel=2,
            )
        else:
            return "native", _core
    from . import _numpy

    return "numpy", _numpy


#: 'native' or 'numpy'.
name: str
#: The module whose functions are the primitives.
core: ModuleType
name, core = _choose()

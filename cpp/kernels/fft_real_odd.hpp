// Steps of the transform of an odd number of real ones (engine/fft_real_odd.hpp), for vectors of W.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/fft.hpp"

namespace flipshift {

// Rows are those of FftPasses of the same width: lane i holds number column[i] of W adjacent ones.
template <class T>
struct FftRealOddSteps {
  int width;  // 0 where there are none

  // Row j < n of `rows`: W numbers at a + stride j as real parts, at b + stride j as imaginary
  // ones.
  void (*load_pair)(const T* a, const T* b, std::ptrdiff_t stride, std::size_t n, T* rows);
  // Back, times scale; number j of each lane is in row order[j].
  void (*store_pair)(const T* rows, const std::uint32_t* order, std::size_t n, T* a, T* b,
                     std::ptrdiff_t stride, T scale);

  // The spectra of both parts from the one of n rows, frequency k in row order[k], n odd: twice
  // that of the real parts for k <= n / 2 stays there, twice that of the imaginary parts goes to
  // row order[n - k], and to row n for k = 0.
  void (*untangle)(T* rows, const std::uint32_t* order, std::size_t n);
  // Back from rows a and b, k <= n / 2, to n rows, without the factor 2.
  void (*tangle)(const T* a, const T* b, std::size_t n, T* rows);

  // A half spectrum of odd length n = stride count at x: row j < count holds the frequencies start
  // + stride j of W adjacent values of start; those beyond n / 2 by symmetry. conj is the factor of
  // imaginary parts. start + W <= (stride + 1) / 2.
  void (*load_half)(const T* x, std::size_t start, std::size_t stride, std::size_t count, T* rows,
                    T conj);
  // Back, from `groups` sets of rows, group_stride rows apart, for W more values of start each.
  void (*store_half)(const T* rows, const std::uint32_t* order, std::size_t count,
                     std::size_t groups, std::size_t group_stride, T* y, std::size_t start,
                     std::size_t stride, T re_scale, T im_scale);
};

template <class T>
struct FftRealOddTable {
  FftRealOddSteps<T> steps[fft_max_families];  // as FftTable::passes
};

FLIPSHIFT_KERNEL_TABLE(FftRealOddTable<float>)
FLIPSHIFT_KERNEL_TABLE(FftRealOddTable<double>)

}  // namespace flipshift

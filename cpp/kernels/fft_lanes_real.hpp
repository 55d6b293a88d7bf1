// Many real transforms of even length side by side: between lines of an array and the rows of the
// complex transforms of half the length, with the (un)tangling on the way to or from the spectrum.
//
// Rows, lines, lanes and `order` are as in kernels/fft_lanes.hpp; a transform has h rows and a half
// spectrum of h + 1 numbers; tw is that of FftRealTable. Tiles are `groups`
// times W neighbours, number j of all of them at x + stride j; group g has its rows at
// rows + 2 W pitch g.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/isa.hpp"

namespace flipshift {

template <class T>
struct FftRealLanesTable {
  // Row j <- number 2 j of real neighbours as real part, 2 j + 1 as imaginary part; and back.
  void (*load_tile)(const T* x, std::ptrdiff_t stride, std::size_t h, std::size_t groups,
                    std::size_t pitch, T* rows);
  void (*store_tile)(const T* rows, const std::uint32_t* order, std::size_t h, std::size_t groups,
                     std::size_t pitch, T* y, std::ptrdiff_t stride, T re_scale, T im_scale);

  // From the transforms in the rows to half spectra, times the scales of real and imaginary parts;
  // of neighbours, and of W contiguous lines (h >= least_lines).
  void (*untangle_tile)(const T* rows, const std::uint32_t* order, std::size_t h, const T* tw,
                        std::size_t groups, std::size_t pitch, T* y, std::ptrdiff_t stride,
                        T re_scale, T im_scale);
  void (*untangle_lines)(const T* rows, const std::uint32_t* order, std::size_t h, const T* tw,
                         T* const* lines, T re_scale, T im_scale);

  // From half spectra (conjugated if conj = -1) to the conjugate of the rows whose backward
  // transform has the real signals times scale.
  void (*tangle_tile)(const T* x, std::ptrdiff_t stride, std::size_t h, const T* tw,
                      std::size_t groups, std::size_t pitch, T* rows, T conj, T scale);
  void (*tangle_lines)(const T* const* lines, std::size_t h, const T* tw, T* rows, T conj, T scale);

  // Least h that the two functions of contiguous lines take.
  std::size_t least_lines;
};

FLIPSHIFT_KERNEL_TABLE(FftRealLanesTable<float>)
FLIPSHIFT_KERNEL_TABLE(FftRealLanesTable<double>)

}  // namespace flipshift

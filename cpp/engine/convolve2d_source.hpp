// The samples of a 2-D convolution, and their continuation beyond the edges.
#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/convolve2d.hpp"

namespace flipshift::convolve2d {

template <class T>
class Source {
 public:
  Source(const Matrix<const T>& x, Boundary boundary, T fillvalue)
      : x_(x), boundary_(boundary), fillvalue_(fillvalue) {}

  // Writes the samples of rows i .. i + rows - 1 and columns j .. j + cols - 1, any of which may
  // lie outside of x, to a block whose rows are `stride` apart.
  void gather(std::ptrdiff_t i, std::ptrdiff_t j, std::size_t rows, std::size_t cols, T* block,
              std::ptrdiff_t stride) const {
    for (std::size_t k = 0; k < rows; ++k, ++i, block += stride) {
      const std::ptrdiff_t row = inside(i, x_.rows);
      if (row < 0) {
        std::fill_n(block, cols, fillvalue_);
      } else {
        gather_row(x_.data + static_cast<std::size_t>(row) * x_.cols, j, cols, block);
      }
    }
  }

 private:
  static std::ptrdiff_t modulo(std::ptrdiff_t i, std::ptrdiff_t n) {
    if (i >= 0 && i < n) return i;
    i %= n;
    return i < 0 ? i + n : i;
  }

  // The index in [0, size) that stands for i, or -1 for fillvalue.
  std::ptrdiff_t inside(std::ptrdiff_t i, std::size_t size) const {
    const std::ptrdiff_t n = static_cast<std::ptrdiff_t>(size);
    switch (boundary_) {
      case Boundary::wrap:
        return modulo(i, n);
      case Boundary::symm:
        i = modulo(i, 2 * n);
        return i < n ? i : 2 * n - 1 - i;
      default:
        return i >= 0 && i < n ? i : -1;
    }
  }

  // Copies run by run: a run ends where the row does, and the next one starts there.
  void gather_row(const T* row, std::ptrdiff_t j, std::size_t cols, T* out) const {
    const std::ptrdiff_t n = static_cast<std::ptrdiff_t>(x_.cols);
    for (std::ptrdiff_t left = static_cast<std::ptrdiff_t>(cols); left > 0;) {
      std::ptrdiff_t length = left;
      if (boundary_ == Boundary::fill) {
        if (j < 0 || j >= n) {
          if (j < 0) length = std::min(left, -j);
          std::fill_n(out, length, fillvalue_);
        } else {
          length = std::min(left, n - j);
          std::copy_n(row + j, length, out);
        }
      } else {
        const bool mirrored = boundary_ == Boundary::symm;
        const std::ptrdiff_t at = modulo(j, mirrored ? 2 * n : n);
        if (at < n) {
          length = std::min(left, n - at);
          std::copy_n(row + at, length, out);
        } else {
          length = std::min(left, 2 * n - at);
          std::reverse_copy(row + 2 * n - at - length, row + 2 * n - at, out);
        }
      }
      j += length;
      out += length;
      left -= length;
    }
  }

  Matrix<const T> x_;
  Boundary boundary_;
  T fillvalue_;
};

}  // namespace flipshift::convolve2d

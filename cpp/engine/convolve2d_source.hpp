// The samples of a 2-D convolution, and their continuation beyond the edges.
#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/boundary.hpp"

namespace flipshift::convolve2d {

// An image of rows without gaps, a pixel being `inner` samples side by side.
template <class T>
class Source {
 public:
  Source(const T* x, std::size_t rows, std::size_t cols, std::size_t inner,
         const Outside<T>& outside)
      : x_(x), rows_(rows), cols_(cols), inner_(inner), outside_(outside) {}

  // Writes the pixels of rows i .. i + rows - 1 and columns j .. j + cols - 1, any of which may
  // lie outside of x, to a block whose rows are `stride` samples apart, converted to type To.
  template <class To>
  void gather(std::ptrdiff_t i, std::ptrdiff_t j, std::size_t rows, std::size_t cols, To* block,
              std::ptrdiff_t stride) const {
    for (std::size_t k = 0; k < rows; ++k, ++i, block += stride) {
      const std::ptrdiff_t row = index_inside(i, static_cast<std::ptrdiff_t>(rows_), outside_.rows);
      if (row < 0) {
        std::fill_n(block, cols * inner_, static_cast<To>(outside_.fillvalue));
      } else {
        gather_row(x_ + static_cast<std::size_t>(row) * cols_ * inner_, j, cols, block);
      }
    }
  }

 private:
  // What lies inside is copied at once, what lies outside pixel by pixel.
  template <class To>
  void gather_row(const T* row, std::ptrdiff_t j, std::size_t cols, To* out) const {
    const auto n = static_cast<std::ptrdiff_t>(cols_);
    const std::ptrdiff_t end = j + static_cast<std::ptrdiff_t>(cols);
    const std::ptrdiff_t from = std::clamp<std::ptrdiff_t>(0, j, end);
    const std::ptrdiff_t to = std::clamp<std::ptrdiff_t>(n, from, end);
    out = beyond(row, j, from, out);
    if (from < to) {
      const auto inner = static_cast<std::ptrdiff_t>(inner_);
      out = std::copy(row + from * inner, row + to * inner, out);
    }
    beyond(row, to, end, out);
  }

  template <class To>
  To* beyond(const T* row, std::ptrdiff_t j, std::ptrdiff_t end, To* out) const {
    if (outside_.cols == Boundary::fill)
      return std::fill_n(out, static_cast<std::size_t>(end - j) * inner_,
                         static_cast<To>(outside_.fillvalue));
    for (; j < end; ++j) {
      const std::ptrdiff_t at = index_inside(j, static_cast<std::ptrdiff_t>(cols_), outside_.cols);
      out = std::copy_n(row + static_cast<std::size_t>(at) * inner_, inner_, out);
    }
    return out;
  }

  const T* x_;
  std::size_t rows_, cols_, inner_;
  Outside<T> outside_;
};

}  // namespace flipshift::convolve2d

// The samples of a 2-D convolution, and their continuation beyond the edges.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <type_traits>

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
    const auto n = static_cast<std::ptrdiff_t>(rows_), m = static_cast<std::ptrdiff_t>(cols_);
    const std::ptrdiff_t end = j + static_cast<std::ptrdiff_t>(cols);
    const std::ptrdiff_t from = std::clamp<std::ptrdiff_t>(0, j, end);
    const std::ptrdiff_t to = std::clamp<std::ptrdiff_t>(m, from, end);
    const Beyond left(*this, j, from), right(*this, to, end);
    const auto inner = static_cast<std::ptrdiff_t>(inner_);
    for (std::size_t k = 0; k < rows; ++k, ++i, block += stride) {
      const std::ptrdiff_t row = index_inside(i, n, outside_.rows);
      if (row < 0) {
        std::fill_n(block, cols * inner_, static_cast<To>(outside_.fillvalue));
        continue;
      }
      const T* samples = x_ + row * m * inner;
      To* out = left.write(samples, block);
      if (from < to) out = copy(samples + from * inner, samples + to * inner, out);
      right.write(samples, out);
    }
  }

 private:
  template <class To>
  static To* copy(const T* begin, const T* end, To* out) {
    if constexpr (std::is_same_v<T, To>) {
      // A call would cost more than the copy of the few columns at the sides of an image.
      constexpr std::size_t chunk = 16;
      const std::size_t bytes = static_cast<std::size_t>(end - begin) * sizeof(T);
      if (bytes >= chunk && bytes <= 16 * chunk) {
        const auto* from = reinterpret_cast<const char*>(begin);
        auto* to = reinterpret_cast<char*>(out);
        for (std::size_t b = 0; b + chunk < bytes; b += chunk) std::memcpy(to + b, from + b, chunk);
        std::memcpy(to + bytes - chunk, from + bytes - chunk, chunk);
        return out + (end - begin);
      }
    }
    return std::copy(begin, end, out);
  }

  // Columns beyond one side; where a few of them are found is the same in all rows.
  class Beyond {
   public:
    Beyond(const Source& source, std::ptrdiff_t begin, std::ptrdiff_t end)
        : source_(source), begin_(begin), end_(end) {
      if (source.outside_.cols == Boundary::fill || end - begin > few) return;
      for (std::ptrdiff_t j = begin; j < end; ++j) places_[j - begin] = place(j);
    }

    template <class To>
    To* write(const T* row, To* out) const {
      const auto inner = static_cast<std::ptrdiff_t>(source_.inner_);
      if (source_.outside_.cols == Boundary::fill) {
        const auto value = static_cast<To>(source_.outside_.fillvalue);
        for (std::ptrdiff_t k = (end_ - begin_) * inner; k > 0; --k) *out++ = value;
      } else if (end_ - begin_ > few) {
        for (std::ptrdiff_t j = begin_; j < end_; ++j)
          out = std::copy_n(row + place(j), source_.inner_, out);
      } else if (inner == 1) {
        for (std::ptrdiff_t k = 0; k < end_ - begin_; ++k)
          *out++ = static_cast<To>(row[places_[k]]);
      } else {
        for (std::ptrdiff_t k = 0; k < end_ - begin_; ++k)
          out = std::copy_n(row + places_[k], source_.inner_, out);
      }
      return out;
    }

   private:
    static constexpr std::ptrdiff_t few = 16;

    std::ptrdiff_t place(std::ptrdiff_t j) const {
      return index_inside(j, static_cast<std::ptrdiff_t>(source_.cols_), source_.outside_.cols) *
             static_cast<std::ptrdiff_t>(source_.inner_);
    }

    const Source& source_;
    std::ptrdiff_t begin_, end_;
    std::ptrdiff_t places_[few];
  };

  const T* x_;
  std::size_t rows_, cols_, inner_;
  Outside<T> outside_;
};

}  // namespace flipshift::convolve2d

// Transposes of matrices of any type that the kernels compute with.
#pragma once

#include <cstddef>

#include "engine/dispatch.hpp"
#include "kernels/transpose.hpp"

namespace flipshift {

// to[c * to_row + r] = from[r * from_row + c]  for r < rows, c < cols; no overlap.
template <class T>
void transpose(const T* from, std::size_t from_row, std::size_t rows, std::size_t cols, T* to,
               std::size_t to_row) {
  const auto by = [&](auto number) {
    using Number = decltype(number);
    kernels<TransposeTable<Number>>().run(reinterpret_cast<const Number*>(from), from_row, rows,
                                          cols, reinterpret_cast<Number*>(to), to_row);
  };
  if constexpr (sizeof(T) == sizeof(float)) {
    by(float{});
  } else if constexpr (sizeof(T) == sizeof(double)) {
    by(double{});
  } else {
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t c = 0; c < cols; ++c) to[c * to_row + r] = from[r * from_row + c];
  }
}

}  // namespace flipshift

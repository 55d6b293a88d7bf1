// What the kernels of one instruction set offer for means along lines; like those of box.hpp, they
// only add.
#pragma once

#include <cstddef>

#include "kernels/isa.hpp"

namespace flipshift {

// A number beside a line, and the one of the line that stands there.
struct BoxEdge {
  std::ptrdiff_t to, from;
};

template <class T>
struct BoxLinesTable {
  // y[i] = sum_k x[i + k * step] / divisor for i < count, k < n, for each of `rows` rows, those of
  // x being x_row numbers apart. x has to be readable `slack` numbers beyond the last that is used.
  // `streamed`: past the caches; `far`: x is not in them.
  void (*lines)(const T* x, std::size_t x_row, std::size_t rows, std::size_t n, std::size_t step,
                T* y, std::size_t y_row, std::size_t count, T divisor, T* scratch, bool streamed,
                bool far);
  std::size_t (*scratch)(std::size_t n, std::size_t step);
  static constexpr std::size_t slack = 128 / sizeof(T);

  // y[j][c] = x[j][c].
  void (*copy)(const T* const* x, std::size_t rows, std::size_t cols, T* y, std::size_t y_row);
  // Writes what stands beside each row.
  void (*extend)(T* y, std::size_t y_row, std::size_t rows, const BoxEdge* edges,
                 std::size_t count);
};

FLIPSHIFT_KERNEL_TABLE(BoxLinesTable<float>)
FLIPSHIFT_KERNEL_TABLE(BoxLinesTable<double>)

}  // namespace flipshift

// Transposes in squares of a vector's width, in registers.
#include "kernels/transpose.hpp"

#include "kernels/shuffle.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

using std::size_t;

template <class T, int W>
void squares(const T* x, size_t x_row, size_t rows, size_t cols, T* y, size_t y_row) {
  constexpr int half = W * sizeof(T) > 16 ? W / 2 : 1;
  if constexpr (W > 1)
    if (rows < size_t(W) || cols < size_t(W))
      return squares<T, half>(x, x_row, rows, cols, y, y_row);
  // Squares at the ends are moved back.
  for (size_t i = 0; i < rows; i += W) {
    const size_t r = i + W <= rows ? i : rows - W;
    for (size_t j = 0; j < cols; j += W) {
      const size_t c = j + W <= cols ? j : cols - W;
      if constexpr (W == 1) {
        y[c * y_row + r] = x[r * x_row + c];
      } else {
        Vec<T, W> v[W];
#pragma GCC unroll 16
        for (int k = 0; k < W; ++k) v[k] = loadu<T, W>(x + (r + size_t(k)) * x_row + c);
        transpose<T, W>(v);
#pragma GCC unroll 16
        for (int k = 0; k < W; ++k) storeu<T, W>(y + (c + size_t(k)) * y_row + r, v[k]);
      }
    }
  }
}

}  // namespace

#define FLIPSHIFT_FILL(T) \
  void fill(TransposeTable<T>& table) { table.run = squares<T, max_width<T>>; }

FLIPSHIFT_FILL(float)
FLIPSHIFT_FILL(double)

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE

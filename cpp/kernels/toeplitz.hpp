// What the Toeplitz kernels of one instruction set offer: products with several columns, several
// matrices times one signal, and the steps of Levinson's recursion.
#pragma once

#include <cstddef>

#include "kernels/isa.hpp"

namespace flipshift {

// A "number" is a T, or an interleaved pair (re, im) for the functions called complex. All
// positions, strides and counts are in numbers.
template <class T>
struct ToeplitzTable {
  // out[i, j] = sum_p d[cols - 1 + i step - p] x[p, j] for i < rows, j < k, where only
  // d[lo .. hi) needs to be summed; x is (cols, k), out is (rows, k), both without gaps; k >= 2
  // (complex: k >= 1), lo < hi.
  using Columns = void (*)(const T* d, std::size_t lo, std::size_t hi, std::size_t step, const T* x,
                           std::size_t cols, std::size_t k, T* out, std::size_t rows);
  Columns columns, complex_columns;

  // out[l ld + i] = sum_t taps[l m + t] x[offset[t] + i] for l < layers, i < count.
  using Layers = void (*)(const T* x, const std::size_t* offset, std::size_t m, const T* taps,
                          std::size_t layers, T* out, std::size_t ld, std::size_t count);
  Layers layers, complex_layers;

  // out[c ldo + r] = in[r ldi + c] for r < rows, c < cols.
  void (*transpose)(const T* in, std::size_t ldi, std::size_t rows, std::size_t cols, T* out,
                    std::size_t ldo);
};

FLIPSHIFT_KERNEL_TABLE(ToeplitzTable<float>)
FLIPSHIFT_KERNEL_TABLE(ToeplitzTable<double>)

// Complex numbers are split here: their imaginary parts stand `plane` elements after the real ones,
// and pairs of factors and sums are (re, im). Vectors are read and written up to the next multiple
// of `padding` elements, where there have to be zeros in one factor of each product and something
// finite in the other.
struct LevinsonTable {
  static constexpr std::size_t padding = 16;

  // a -= ka b and b -= kb a (of the old ones) on n elements, then with the new ones the sums of
  // column[i] a[i], row[i + 1] b[i] and row[i] a[i]. factors: ka, kb.
  using Advance = void (*)(double* a, double* b, const double* column, const double* row,
                           std::size_t plane, std::size_t n, const double* factors, double* sums);
  Advance advance, complex_advance;

  // x += f b for `count` vectors x, ldx elements apart, and the sums of column[i] x[i].
  using Solutions = void (*)(double* x, std::size_t ldx, std::size_t count, const double* b,
                             const double* column, std::size_t plane, std::size_t n,
                             const double* factors, double* sums);
  Solutions solutions, complex_solutions;
};

FLIPSHIFT_KERNEL_TABLE(LevinsonTable)

}  // namespace flipshift

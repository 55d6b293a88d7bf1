// What the kernels of one instruction set offer for normalised cross-correlation.
//
// The energy of a window is the sum of the squared deviations from its mean. Means and energies of
// two disjoint windows give those of their union (Chan, Golub and LeVeque 1983):
//   delta = mean_b - mean_a,  mean = mean_a + share * delta,
//   energy = energy_a + energy_b + weight * delta^2,
// with share = n_b / (n_a + n_b) and weight = n_a n_b / (n_a + n_b). Nothing cancels: the energy of
// equal numbers is 0, and NaN comes only into windows that hold it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/isa.hpp"

namespace flipshift {

// Of images of dtype S.
template <class S>
struct MatchImageTable {
  // Adds factor * x[i] to *sum; *low and *high become the extremes of what is no NaN.
  void (*survey)(const S* x, std::size_t count, double factor, double* sum, double* low,
                 double* high);

  // y[i] = scale * (x[i] - pivot) for a power of two; returns the sum of squares.
  double (*center)(const S* x, std::size_t count, double pivot, double scale, double* y);

  // One window by the definition, centred, times `scale`: its energy, and the sum of its products
  // with t, of rows without gaps.
  void (*window)(const S* x, std::size_t x_row, std::size_t rows, std::size_t cols, double scale,
                 const double* t, double* energy, double* product);
};

struct MatchTemplateTable {
  // For j < rows, statistics of each column of rows j .. m - 1 of x, to mean[j] and energy[j].
  // Rows of x are x_row numbers apart, those of the results `row`. share[k] and weight[k] are for
  // the union of k numbers and one.
  void (*rise)(const double* x, std::size_t x_row, std::size_t cols, std::size_t m,
               std::size_t rows, const double* share, const double* weight, double* mean,
               double* energy, std::size_t row);

  // Then, x being row m: those of rows j .. m - 1 + j. union_share[j] and union_weight[j] are for
  // the union of m - j numbers and j.
  void (*fall)(const double* x, std::size_t x_row, std::size_t cols, std::size_t rows,
               const double* share, const double* weight, const double* union_share,
               const double* union_weight, double* mean, double* energy, std::size_t row);

  // The union of windows a[i] and b[i], i < count. The result may be a, and b further on in a.
  void (*unite)(const double* mean_a, const double* energy_a, const double* mean_b,
                const double* energy_b, std::size_t count, double share, double weight,
                double* mean, double* energy);
};

// Of coefficients of type T.
template <class T>
struct MatchResultTable {
  // The union of windows a[i] and b[i], energies only, and out[i] = product[i] / sqrt(energy[i]),
  // within -1 and 1, or 0 where the energy is 0. Whether any energy is less than `limit` but not 0.
  bool (*finish)(const double* mean_a, const double* energy_a, const double* mean_b,
                 const double* energy_b, std::size_t count, double weight, const double* product,
                 double limit, double* energy, T* out);
};

FLIPSHIFT_KERNEL_TABLE(MatchImageTable<float>)
FLIPSHIFT_KERNEL_TABLE(MatchImageTable<double>)
FLIPSHIFT_KERNEL_TABLE(MatchImageTable<std::uint8_t>)
FLIPSHIFT_KERNEL_TABLE(MatchImageTable<std::uint16_t>)
FLIPSHIFT_KERNEL_TABLE(MatchTemplateTable)
FLIPSHIFT_KERNEL_TABLE(MatchResultTable<float>)
FLIPSHIFT_KERNEL_TABLE(MatchResultTable<double>)

}  // namespace flipshift

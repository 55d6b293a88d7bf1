// What a 1-D convolution costs by each method: the one place where the choice is made. The measured
// times are in convolve_cost_tables.cpp.
#pragma once

#include <cstddef>

namespace flipshift::convolve {

// A way to compute one convolution.
enum class Way { direct, overlap_save, whole };
struct Scheme {
  Way way;
  std::size_t size;    // of the transforms; 0 for the direct sum
  std::size_t blocks;  // transforms of x; 0 for the direct sum
  double ns;           // predicted
};

// Each way at its best: the direct sum, the cheapest transform length for overlap-save, one
// transform for everything. T is float, double or std::complex of them; m <= n.
template <class T>
Scheme direct_sum(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start);
template <class T>
Scheme overlap_save(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start);
template <class T>
Scheme whole(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start);

// The cheaper one of the latter two, and of all three.
template <class T>
Scheme by_transforms(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start);
template <class T>
Scheme fastest(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start);

// What the direct sum does: multiply-adds, more than by the definition where tiles are not full;
// taps beyond the ends of x, of the first and of the last window, 0 where multiply-adds count that;
// and the time that is lost at those ends, in ns.
struct DirectWork {
  double products, beyond, edges_ns;
};
template <class T>
DirectWork direct_work(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start);

// Multiply-adds of the direct sum by the definition.
double products(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start);

// One block of `size` samples: there, times the spectrum of h, and back.
template <class T>
double block_ns(std::size_t size);
// Making the spectrum of h takes about as long as this many blocks.
inline constexpr double spectrum_blocks = 0.6;

// A direct sum of so many products into so many outputs, all samples within x.
template <class T>
double direct_ns(double products, double outputs);

}  // namespace flipshift::convolve

// What a 1-D convolution costs by each method: the one place where the choice is made. The measured
// times are in convolve_cost_tables.cpp.
#pragma once

#include <cstddef>

namespace flipshift::convolve {

// Shorter kernels, or so few outputs, are never worth a transform.
inline constexpr std::size_t short_kernel = 12, short_result = 16;

// A way to compute one convolution.
enum class Way { direct, overlap_save, whole };
struct Scheme {
  Way way;
  std::size_t size;    // of the transforms; 0 for the direct sum
  std::size_t blocks;  // transforms of x; 0 for the direct sum
  double ns;           // predicted
};

// Each way at its best: the direct sum, the cheapest transform length for overlap-save, one
// transform for everything. T is float, double or std::complex of them; m <= n. Transforms may be
// of several lines of n samples, which share the spectrum of h; `blocks` are those of one line.
template <class T>
Scheme direct_sum(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start);
template <class T>
Scheme overlap_save(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start,
                    std::size_t lines = 1);
template <class T>
Scheme whole(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start,
             std::size_t lines = 1);

// The cheaper one of the latter two, and of all three.
template <class T>
Scheme by_transforms(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start,
                     std::size_t lines = 1);
template <class T>
Scheme fastest(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start);

// What the direct sum does: multiply-adds, more than by the definition where tiles are not full or
// are too small to keep the processor busy;
// steps, each of a tap and a tile of outputs; 1 if windows hang over an end of x; ends that are
// summed by themselves, and those of them that take several tiles.
struct DirectWork {
  double products, steps, overhang, ends, triangles;
};
template <class T>
DirectWork direct_work(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start);

// Multiply-adds of one step of the largest tile.
template <class T>
double full_step();

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

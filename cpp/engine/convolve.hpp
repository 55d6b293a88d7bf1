// Convolution of contiguous arrays:  out[i] = sum_k h[k] x[start + i - k],  x being zero outside.
//
// start = 0 gives the outputs of 'full'. T is float, double, std::complex of them, or an unsigned
// integer of 8 to 64 bits, which wraps (signed integers pass as unsigned ones: the bits are the
// same). The arrays do not overlap; no length is 0.
//
// NaN and infinity reach the outputs whose sum contains them and no others, whatever the method:
// where a transform has spread them, it is repeated without them, and the outputs that infinity
// reaches are summed directly.
#pragma once

#include <complex>
#include <cstddef>
#include <vector>

#include "engine/array.hpp"
#include "engine/convolve_cost.hpp"

namespace flipshift::convolve {

enum class Method { automatic, direct, fft };

// What `automatic` takes in one dimension for the lengths of x, h and out: direct or fft.
template <class T>
Method choose(std::size_t n, std::size_t m, std::size_t n_out);

// One dimension, on up to `workers` threads; the result does not depend on them. Method::fft is for
// floating types only.
template <class T>
void run(const T* x, std::size_t n, const T* h, std::size_t m, T* out, std::size_t n_out,
         std::ptrdiff_t start, Method method, std::size_t workers = 1);

// By transforms of a given length, at least that of the shorter operand. Floating types.
template <class T>
void run_blocks(const T* x, std::size_t n, const T* h, std::size_t m, T* out, std::size_t n_out,
                std::ptrdiff_t start, std::size_t size, std::size_t workers = 1);

// All ways to compute it, the fastest first, which `automatic` takes. Floating types.
template <class T>
std::vector<Scheme> schemes(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start);

// N dimensions, C order, directly: the shapes and start have equally many entries.
template <class T>
void run_nd(const T* x, const Shape& x_shape, const T* h, const Shape& h_shape, T* out,
            const Shape& out_shape, const Strides& start);

}  // namespace flipshift::convolve

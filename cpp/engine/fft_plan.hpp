// The algorithms behind Plan: one class for each, chosen by length in make_algorithm().
#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <string>

#include "engine/array.hpp"

namespace flipshift::fft {

template <class T>
class BluesteinParts;

// One way to transform n contiguous complex numbers; the data are read as interleaved T.
template <class T>
class Algorithm {
 public:
  virtual ~Algorithm() = default;
  // y[k] = scale * sum_j x[j] exp(-+2 pi i jk/n), + if backward. x == y is allowed. At most
  // `workers` threads share the work.
  virtual void run(const T* x, T* y, bool backward, T scale, std::size_t workers) const = 0;
  virtual std::size_t bytes() const = 0;               // of tables
  virtual std::string describe() const = 0;            // with its factors, for people
  virtual bool is_bluestein() const { return false; }  // the least accurate one
  // If it is one of these, which need a copy of the input if y is x.
  virtual const BluesteinParts<T>* parts() const { return nullptr; }
};

// Bytes of data from which several threads do better than one, each: with a batch of lines; twice
// as much where lines of one axis cross those of another, as a core then fetches what others wrote;
// and in all, where threads share one line, or one by convolution. (Measured on two cores that read
// each other's lines at a third of the speed of their own; where they share a cache, half is
// enough.)
inline constexpr std::size_t worth_a_batch_thread = std::size_t{192} << 10;
inline constexpr std::size_t worth_sharing_line = std::size_t{3} << 19;
inline constexpr std::size_t worth_sharing_convolution = std::size_t{4} << 20;

template <class T>
std::unique_ptr<const Algorithm<T>> make_algorithm(std::size_t n);
// Null for lengths that are left to a convolution.
template <class T>
std::unique_ptr<const Algorithm<T>> make_factored(std::size_t n);

// Its choices, each in a file of its own; null if the length does not suit.
template <class T>
std::unique_ptr<const Algorithm<T>> make_block(std::size_t n);  // fft_block.cpp
template <class T>
std::unique_ptr<const Algorithm<T>> make_direct(std::size_t n);  // fft_direct.cpp
template <class T>
std::unique_ptr<const Algorithm<T>> make_sweeps(std::size_t n);  // fft_sweeps.cpp
template <class T>
std::unique_ptr<const Algorithm<T>> make_residues(std::size_t n);  // fft_residues.cpp
template <class T>
std::unique_ptr<const Algorithm<T>> make_rough(std::size_t n);  // fft_rough.cpp
template <class T>
std::unique_ptr<const Algorithm<T>> make_bluestein(std::size_t n);  // fft_bluestein.cpp, any n

// A length >= n for a cyclic convolution by two complex transforms: good_size(n), or a power of two
// that is faster.
template <class T>
std::size_t convolution_size(std::size_t n);

// Whether the complex or the real transform of n goes by its definition, and the factors for
// kernels/fft_direct.hpp.
bool by_definition(std::size_t n, bool real);
template <class T>
Buffer<T> direct_roots(std::size_t n);

// `count` numbers of the transform of what is to be convolved with, made in a wider type: roundings
// of its own would be a third of the error of the convolution.
template <class T>
Buffer<T> kernel_spectrum(Buffer<double> kernel, std::size_t count);  // fft_bluestein.cpp

// (1 - i exp(-2 pi i k / n)) / 2 for k <= n / 4: the factors v of kernels/fft_untangle.hpp.
template <class T>
Buffer<T> untangling_factors(std::size_t n);

}  // namespace flipshift::fft

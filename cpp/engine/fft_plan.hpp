// The algorithms behind Plan: one class for each, chosen by length in make_algorithm().
#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <string>

#include "engine/fft_columns.hpp"

namespace flipshift::fft {

// One way to transform n contiguous complex numbers; the data are read as interleaved T.
template <class T>
class Algorithm {
 public:
  virtual ~Algorithm() = default;
  // y[k] = (re_scale Re, im_scale Im) of sum_j x'[j] exp(-2 pi i jk/n), x' = x, or its conjugate
  // for conj = -1. x == y is allowed.
  virtual void run(const T* x, T* y, T conj, T re_scale, T im_scale) const = 0;
  virtual std::size_t bytes() const = 0;
  virtual std::string describe() const = 0;  // with its factors, for people
};

template <class T>
std::unique_ptr<const Algorithm<T>> make_algorithm(std::size_t n);

// exp(-2 pi i k / n) for k <= n / 4, for kernels that untangle real transforms of even n.
template <class T>
Buffer<T> untangling_roots(std::size_t n);

}  // namespace flipshift::fft

// Convolution with one kernel through transforms of a fixed length (overlap-save).
#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <type_traits>

#include "engine/array.hpp"
#include "engine/fft.hpp"

namespace flipshift::convolve {

template <class T>
struct ScalarOf {
  using type = T;
};
template <class T>
struct ScalarOf<std::complex<T>> {
  using type = T;
};
template <class T>
using Scalar = typename ScalarOf<T>::type;

template <class T>
inline constexpr bool is_complex = !std::is_same_v<T, Scalar<T>>;

// The shortest cyclic length whose wrap-around misses all of the outputs [start, start + n_out) of
// the convolution of n and m samples: one block then suffices. 'valid' needs only max(n, m).
std::size_t cyclic_length(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start);

// The kernel's spectrum, made and scaled once. T is float, double or std::complex of them.
// Immutable after it is made; run() takes its scratch, one block, for itself.
template <class T>
class Spectrum {
 public:
  // h, which must outlive this, transformed at length `size` >= m, into memory for room(size) real
  // numbers that must outlive this too, if it is given.
  Spectrum(const T* h, std::size_t m, std::size_t size, std::size_t workers = 1,
           Scalar<T>* memory = nullptr);
  static constexpr std::size_t room(std::size_t size) {
    return is_complex<T> ? 2 * size : 2 * (size / 2 + 1);
  }

  // out[i] = sum_k h[k] x[start + i - k], in one block if `size` >= cyclic_length(...), otherwise
  // in blocks of size - m + 1 outputs (size >= m). On up to `workers` threads; the result does not
  // depend on them.
  void run(const T* x, std::size_t n, T* out, std::size_t n_out, std::ptrdiff_t start,
           std::size_t workers = 1) const;

 private:
  using S = Scalar<T>;
  using Plan = std::conditional_t<is_complex<T>, fft::Plan<S>, fft::RealPlan<S>>;

  // The samples [from, to) of x and where they are put: place 0 of the block is sample `at`. Wanted
  // are the outputs [p, p + count). The samples after `to` to fetch for the next block, 0 if they
  // and the outputs are in the caches.
  struct Block {
    std::ptrdiff_t from, to, at, p;
    std::size_t count;
    std::ptrdiff_t fetched;
  };
  // Returns whether all of the samples are finite; the others are taken for 0.
  bool run_block(const T* x, const Block& block, T* out, S* scratch, std::size_t workers) const;
  // Transforms, in place or from `in`, to the numbers that product() takes, and back.
  void forward(const S* in, S* block, S scale, std::size_t workers) const;
  void product(S* block) const;
  void backward(S* block, std::size_t workers) const;

  const T* h_;
  std::size_t m_;
  std::size_t size_;
  std::size_t room_;  // real numbers that a block takes
  std::shared_ptr<const Plan> plan_;
  const fft::Plan<S>* half_ = nullptr;  // a real block as a complex one of half the length
  Buffer<S> own_;
  S* spectrum_;
  bool finite_ = true;
  int exponent_ = 0;  // 2 to this was taken out of h
};

}  // namespace flipshift::convolve

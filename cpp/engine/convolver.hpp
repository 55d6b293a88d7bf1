// Convolution of many signals with one kernel: what is made of the kernel is kept.
#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/array.hpp"
#include "engine/convolve_fft.hpp"
#include "engine/convolver_partitions.hpp"

namespace flipshift::convolve {

// Any number of threads may use one at once. What it makes of the kernel is kept up to a number of
// bytes; its results depend on nothing that was done before.
template <class T>
class Convolver {
 public:
  Convolver(const T* h, std::size_t m);
  std::size_t taps() const { return h_->size(); }

  // out[i] = sum_k h[k] x[start + i - k], by whichever method is the fastest with all ready, on up
  // to `workers` threads.
  void run(const T* x, std::size_t n, T* out, std::size_t n_out, std::ptrdiff_t start,
           std::size_t workers = 1) const;

  // The kernel in the partitions of a scheme with room for it; h must be finite.
  std::shared_ptr<const Partitions<T>> partitions(const PartitionScheme& scheme) const;

 private:
  // How a signal of n samples is convolved: directly; by transforms of `size` points of h; or, if
  // it is short beside h, as convolve::run does without any preparation.
  enum class Route { direct, spectrum, unprepared };
  struct Choice {
    std::size_t n, n_out;
    std::ptrdiff_t start;
    Route route;
    std::size_t size;
  };
  struct Made {
    std::size_t size, bytes;
    std::shared_ptr<const Spectrum<T>> spectrum;
  };
  Choice choose(std::size_t n, std::size_t n_out, std::ptrdiff_t start) const;
  std::shared_ptr<const Spectrum<T>> spectrum(std::size_t size) const;

  std::shared_ptr<const Buffer<T>> h_;
  mutable std::mutex mutex_;             // of what follows
  mutable std::vector<Choice> choices_;  // the last few
  mutable std::vector<Made> spectra_;    // the last used first
  mutable std::vector<std::shared_ptr<const Partitions<T>>> partitions_;
};

}  // namespace flipshift::convolve

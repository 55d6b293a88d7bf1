// A kernel cut into partitions by a scheme, with their spectra.
#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <vector>

#include "engine/array.hpp"
#include "engine/convolve_fft.hpp"
#include "engine/convolve_taps.hpp"
#include "engine/convolver_scheme.hpp"
#include "engine/fft.hpp"

namespace flipshift::convolve {

// The transforms of one stage: of 2 size samples to and from the numbers that are multiplied. Those
// of real samples are `size`, the last of the half spectrum, which is real as the first is, being
// the first's imaginary part; they lie in tiles (kernels/spectrum.hpp).
template <class T>
class StageTransform {
 public:
  using S = Scalar<T>;
  explicit StageTransform(std::size_t size);

  std::size_t tiles() const { return tiles_; }
  std::size_t slot_numbers() const;    // of type S, in all tiles of one spectrum
  std::size_t buffer_numbers() const;  // of type S, for backward()

  // The spectrum of 2 size samples, times scale, to place `slot` of `slots` in tiles.
  void forward(const T* x, S scale, S* tiles, std::size_t slots, std::size_t slot) const;
  // From one spectrum to 2 size samples in its place.
  void backward(S* spectrum) const;

 private:
  using Plan = std::conditional_t<is_complex<T>, fft::Plan<S>, fft::RealPlan<S>>;
  std::size_t size_, tiles_;
  std::shared_ptr<const Plan> plan_;
};

// Immutable after it is made.
template <class T>
class Partitions {
 public:
  using S = Scalar<T>;
  // h of 1 to scheme.taps finite taps.
  Partitions(std::shared_ptr<const Buffer<T>> h, const PartitionScheme& scheme);

  const T* h() const { return h_->data(); }
  std::size_t taps() const { return h_->size(); }
  const PartitionScheme& scheme() const { return scheme_; }
  std::size_t bytes() const;

  // The taps that are summed directly where a call brings less than a block, none beyond h.
  std::size_t head_taps() const { return head_taps_; }
  // out[i] = sum_k h[k] x[i - k], k < head_taps(), x being known from x[1 - head_taps()] on.
  void head(const T* x, T* out, std::size_t n) const;

  // Of stage s: how many partitions h has there, and their spectra in tiles of as many slots.
  std::size_t count(std::size_t s) const { return stages_[s].count; }
  const S* spectra(std::size_t s) const { return stages_[s].spectra.data(); }

 private:
  struct Spectra {
    std::size_t count;
    Buffer<S> spectra;
  };

  std::shared_ptr<const Buffer<T>> h_;
  PartitionScheme scheme_;
  std::size_t head_taps_;
  Taps<T> head_;
  std::vector<Spectra> stages_;
};

}  // namespace flipshift::convolve

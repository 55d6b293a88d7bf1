// Convolution of signals that come block by block, without delay: partitioned, by any block length.
//
// NaN and infinity reach the outputs whose sums contain them and no others: the transforms see 0 in
// their place, and what they do is added to the sums afterwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/array.hpp"
#include "engine/convolver_partitions.hpp"

namespace flipshift::convolve {

// The state of one channel; all channels of a stream have the same kernels at the same time.
template <class T>
class Channel;

template <class T>
class Stream {
 public:
  // All partitions that the stream ever gets have the scheme of the first.
  Stream(std::shared_ptr<const Partitions<T>> partitions, std::size_t channels);
  ~Stream();

  // The next n samples of each channel, and as many outputs:
  //   out[i] = sum_k h[k] x[i - k]  over all samples since the beginning.
  // Rows of x and out are x_stride and out_stride apart; out may be x.
  void process(const T* x, std::ptrdiff_t x_stride, T* out, std::ptrdiff_t out_stride,
               std::size_t n, std::size_t workers);

  // From the next sample on, a crossfade to the outputs that another kernel gives for the whole
  // signal: y = (1 - g) y_old + g y_new, g = (i + 1) / (fade + 1) for its samples i < fade, then 1.
  void exchange(std::shared_ptr<const Partitions<T>> partitions, std::size_t fade);

  // Forgets the signal; a crossfade is over.
  void reset();

  // The most taps of the kernels that are heard.
  std::size_t taps() const;
  const PartitionScheme& scheme() const;

 private:
  std::vector<std::unique_ptr<Channel<T>>> channels_;
};

}  // namespace flipshift::convolve

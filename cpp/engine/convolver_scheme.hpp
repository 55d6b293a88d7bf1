// How a long kernel is cut into partitions, so that a stream can be convolved with it block by
// block (Gardner, J. Audio Eng. Soc. 43, 1995; Wefers, Partitioned convolution algorithms, 2015).
//
// A stage has `count` partitions of `size` taps each, the first at tap `offset`. It transforms the
// last 2 size samples each time that `size` new ones have come, sums the products of its recent
// spectra with those of its partitions, and transforms back: `size` outputs of its part of the sum.
//
// The first stage stands at tap 0 and works on whole blocks of its size. Where a call brings less
// than that, its first partition is summed directly. All others stand at twice their size, which
// leaves them as many samples' time for their work as they have taps in a partition: it is done
// little by little, so no call has to wait for it.
#pragma once

#include <cstddef>
#include <vector>

namespace flipshift::convolve {

struct Stage {
  std::size_t size;
  std::size_t offset;
  std::size_t count;
  // Shares of its time that the transforms there and back take.
  double forward, backward;
};

struct PartitionScheme {
  std::size_t taps;           // that it has room for
  std::size_t block;          // all stages' sizes are multiples of it, by powers of two
  std::vector<Stage> stages;  // none: all taps are summed directly, and block >= taps
  double ns;                  // for each sample
};

// The cheapest for so many taps where a call brings `call` samples, by the costs in
// convolve_cost.hpp. T is float, double or std::complex of them.
template <class T>
PartitionScheme cheapest_scheme(std::size_t taps, std::size_t call);

// Without transforms.
PartitionScheme direct_scheme(std::size_t taps);

}  // namespace flipshift::convolve

#include "engine/convolver_scheme.hpp"

#include <algorithm>
#include <bit>
#include <complex>
#include <cstdint>
#include <limits>

#include "engine/convolve_cost.hpp"
#include "engine/convolve_fft.hpp"
#include "engine/fft.hpp"

namespace flipshift::convolve {

namespace {

constexpr std::size_t least_block = 32, largest_block = 4096;
// A transform is the largest piece of work that is not divided, so this bounds the time of a call:
// 30 us in single precision (Zen 5, AVX-512).
constexpr std::size_t largest_partition = 16384;
// Sums of products of spectra are bound by the second level of the cache, and not much slower from
// the third, as they read from front to back. Few of them stay in the first, if the caller does not
// use all of it.
constexpr double bytes_per_ns = 100, bytes_per_ns_near = 250;
constexpr std::size_t near = 24 << 10;
// A call beyond its arithmetic, and its direct sum if it brings less than a block.
constexpr double call_ns = 40, head_ns = 20;
// A direct sum for so few outputs takes twice as long for each.
constexpr double few_outputs = 24;

// The products of a stage, for each sample.
template <class T>
double products_ns(std::size_t size, std::size_t count) {
  const std::size_t bytes = 2 * 2 * sizeof(T) * count;
  return static_cast<double>(bytes) / (bytes * size <= near ? bytes_per_ns_near : bytes_per_ns);
}

template <class T>
double transform_ns(std::size_t size) {
  return block_ns<T>(2 * size) / static_cast<double>(size);
}

// The stages from tap `offset` on, with partitions of `size` taps or more.
template <class T>
PartitionScheme best_stages(std::size_t taps, std::size_t size, std::size_t offset) {
  const double transform = transform_ns<T>(size);
  const auto stage = [&](std::size_t until) {
    const std::size_t count = (until - offset + size - 1) / size;
    const double ns = transform + products_ns<T>(size, count);
    return Stage{size, offset, count, transform / 2 / ns, transform / 2 / ns};
  };
  const auto cost = [&](const Stage& s) { return transform + products_ns<T>(size, s.count); };
  const Stage alone = stage(taps);
  PartitionScheme best{taps, size, {alone}, cost(alone)};
  for (std::size_t next = 2 * size; next <= largest_partition && 2 * next < taps; next *= 2) {
    const Stage first = stage(2 * next);
    if (cost(first) >= best.ns) break;  // further ones have more partitions still
    PartitionScheme rest = best_stages<T>(taps, next, 2 * next);
    if (cost(first) + rest.ns >= best.ns) continue;
    best.ns = cost(first) + rest.ns;
    best.stages = {first};
    best.stages.insert(best.stages.end(), rest.stages.begin(), rest.stages.end());
  }
  return best;
}

}  // namespace

PartitionScheme direct_scheme(std::size_t taps) {
  return {taps, std::bit_ceil(std::max<std::size_t>(taps, 256)), {}, 0};
}

template <class T>
PartitionScheme cheapest_scheme(std::size_t taps, std::size_t call) {
  const auto direct = [](std::size_t products) {
    return direct_ns<T>(static_cast<double>(products), 1) - direct_ns<T>(0, 0);
  };
  const auto per_call = [&](double ns) { return ns / static_cast<double>(call); };
  const auto head = [&](std::size_t products) {
    return direct(products) * (1 + per_call(few_outputs)) + per_call(head_ns);
  };
  PartitionScheme best = direct_scheme(taps);
  best.ns = head(taps) + per_call(call_ns);
  const auto consider = [&](std::size_t block) {
    if (block < least_block || block > largest_block || fft::good_size(2 * block) != 2 * block)
      return;
    PartitionScheme scheme = best_stages<T>(taps, block, 0);
    if (call % block) scheme.ns += head(block);
    scheme.ns += call_ns / static_cast<double>(std::min(call, block));
    if (scheme.ns < best.ns) best = std::move(scheme);
  };
  for (std::size_t block = least_block; block <= largest_block; block *= 2) consider(block);
  // Blocks that a call is a whole number of.
  for (std::size_t block = call; block >= least_block; block /= 2) {
    if (!std::has_single_bit(block)) consider(block);
    if (block % 2) break;
  }
  return best;
}

template PartitionScheme cheapest_scheme<float>(std::size_t, std::size_t);
template PartitionScheme cheapest_scheme<double>(std::size_t, std::size_t);
template PartitionScheme cheapest_scheme<std::complex<float>>(std::size_t, std::size_t);
template PartitionScheme cheapest_scheme<std::complex<double>>(std::size_t, std::size_t);

}  // namespace flipshift::convolve

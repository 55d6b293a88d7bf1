// What a direct sum has to do, as far as its time depends on it.
#include <algorithm>
#include <complex>

#include "engine/convolve_cost.hpp"
#include "engine/convolve_fft.hpp"
#include "engine/convolve_samples.hpp"
#include "engine/dispatch.hpp"
#include "kernels/convolve.hpp"

namespace flipshift::convolve {

double products(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
  // Outputs before position p of the full convolution have cumulative(p) products.
  const double long_side = static_cast<double>(std::max(n, m));
  const double short_side = static_cast<double>(std::min(n, m));
  const double full = long_side + short_side - 1;
  const auto cumulative = [&](double p) {
    p = std::clamp(p, 0.0, full);
    const double rising = std::min(p, short_side);
    const double falling = std::max(p - long_side, 0.0);
    const double level = p - rising - falling;
    return rising * (rising + 1) / 2 + level * short_side +
           falling * (2 * short_side - falling - 1) / 2;
  };
  const auto from = static_cast<double>(start);
  return cumulative(from + static_cast<double>(n_out)) - cumulative(from);
}

namespace {

// Sums of more products are not looked at tile by tile.
constexpr double tiles_matter = 1e6;

// How the direct kernels (kernels/convolve.cpp) cut a sum into tiles: so many vectors of outputs,
// for which all taps are passed over once.
template <class T>
class Tiles {
 public:
  DirectWork work(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
    const auto s = [](std::size_t v) { return static_cast<std::ptrdiff_t>(v); };
    const std::ptrdiff_t end = start + s(n_out);
    const auto clip = [&](std::ptrdiff_t v) { return std::clamp(v, start, end); };
    // Outputs over the start of x, within, over its end.
    const std::ptrdiff_t begin = clip(0), full = clip(s(m) - 1), level = clip(s(n));
    const std::ptrdiff_t stop = clip(s(n + m) - 1);
    const bool inside = begin == full && level == stop;
    work_.overhang = inside ? 0 : 1;
    few_taps_ = m * parts <= convolve_padded_vectors * lanes_;
    if (!inside && (n + 2 * m) * sizeof(T) <= convolve_padded_bytes) {
      rectangle(stop - begin, s(m));
    } else {
      rectangle(level - full, s(m));
      add_end(full - begin, begin + 1);
      add_end(stop - level, s(n + m) - stop);
    }
    return work_;
  }

 private:
  using S = Scalar<T>;
  static constexpr std::size_t parts = sizeof(T) / sizeof(S);

  void rectangle(std::ptrdiff_t outputs, std::ptrdiff_t taps) {
    if (outputs <= 0 || taps <= 0) return;
    const std::size_t numbers = static_cast<std::size_t>(outputs) * parts;
    std::size_t size = 1;
    for (const std::size_t t : {std::size_t{2}, std::size_t{4}, most_ / 2, most_})
      if (numbers >= t * lanes_ && t > size) size = t;
    const std::size_t full = numbers / (size * lanes_);
    tiles(full, size, taps);
    rest(size, (numbers - full * size * lanes_ + lanes_ - 1) / lanes_, taps);
  }
  void rest(std::size_t size, std::size_t vectors, std::ptrdiff_t taps) {
    const std::size_t half = size / 2;
    if (vectors == 0) return;
    if (size > 8 && vectors > half && vectors <= half + 4) {
      tiles(1, half, taps);
      return rest(half, vectors - half, taps);
    }
    tiles(1,
          std::min(size, vectors <= 2      ? vectors
                         : vectors <= 4    ? 4
                         : vectors <= half ? half
                                           : size),
          taps);
  }
  // Sums of few vectors wait for the additions before them: so many take as long as `busy`.
  void tiles(std::size_t count, std::size_t vectors, std::ptrdiff_t taps) {
    const double busy =
        std::max(static_cast<double>(vectors), 2.2 + 0.65 * static_cast<double>(vectors));
    const double steps = static_cast<double>(count) * static_cast<double>(taps);
    work_.products += steps * busy * static_cast<double>(lanes_) / static_cast<double>(parts);
    work_.steps += steps;
  }
  // `side` outputs over an end of x, of the taps of which `common` are those of all their windows:
  // tile by tile if there are few taps, all at once if a block takes them, else the taps in common
  // and a triangle.
  void add_end(std::ptrdiff_t side, std::ptrdiff_t common) {
    if (side <= 0) return;
    if (few_taps_) {
      const auto step = static_cast<std::ptrdiff_t>(most_ * lanes_ / parts);
      for (; side > 0; side -= step, work_.ends += 1)
        rectangle(std::min(side, step), side + common - 1);
      return;
    }
    work_.ends += 1;
    if (side <= block_ && common <= block_) {
      rectangle(side, side + common);
    } else {
      work_.triangles += 1;
      rectangle(side, common);
      triangle(side);
    }
  }
  // As many outputs as taps, halved down to blocks.
  void triangle(std::ptrdiff_t side) {
    if (side <= block_) return rectangle(side, side);
    const std::ptrdiff_t half = (side + block_ - 1) / block_ / 2 * block_;
    triangle(half);
    triangle(side - half);
    rectangle(side - half, half);
  }

  const std::size_t lanes_ = kernels<ConvolveTable<S>>().lanes;
  const std::size_t most_ = kernels<ConvolveTable<S>>().tile;
  // Outputs that the kernel makes at once over an end of x.
  const std::ptrdiff_t block_ = static_cast<std::ptrdiff_t>(4 * lanes_ / parts);
  bool few_taps_ = false;
  DirectWork work_{};
};

}  // namespace

template <class T>
double full_step() {
  const auto& table = kernels<ConvolveTable<Scalar<T>>>();
  return static_cast<double>(table.tile * table.lanes * sizeof(Scalar<T>) / sizeof(T));
}

template <class T>
DirectWork direct_work(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
  const double exact = products(n, m, n_out, start);
  if (exact < tiles_matter) return Tiles<T>().work(n, m, n_out, start);
  return {exact, exact / full_step<T>(), 0, 0, 0};
}

#define FLIPSHIFT_INSTANTIATE(T)  \
  template double full_step<T>(); \
  template DirectWork direct_work<T>(std::size_t, std::size_t, std::size_t, std::ptrdiff_t);
FLIPSHIFT_FOR_FLOATS(FLIPSHIFT_INSTANTIATE)
#undef FLIPSHIFT_INSTANTIATE

}  // namespace flipshift::convolve

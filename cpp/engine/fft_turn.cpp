#include "engine/fft_turn.hpp"

#include <algorithm>

namespace flipshift::fft {

namespace {

// Bytes of factors up to which reading them costs no more than to make them of two.
constexpr std::size_t few = std::size_t{64} << 10;

}  // namespace

template <class T>
TurnFactors<T>::TurnFactors(const Roots& roots, std::size_t count, std::size_t lanes,
                            const FftPasses<T>& passes)
    : passes_(passes), count_(count) {
  const auto w = static_cast<std::size_t>(passes.width), groups = (lanes + w - 1) / w;
  const auto start = [&](std::size_t g) { return std::min(g * w, lanes - w); };
  // In few groups, the numbers that are added to one are no small ones.
  const bool whole = 2 * sizeof(T) * count * lanes <= few || lanes < 4 * w;
  lane_tw_ = Buffer<T>(2 * w * count * (whole ? groups : 1));
  T* lane = lane_tw_.data();
  for (std::size_t g = 0; g < (whole ? groups : 1); ++g) {
    for (std::size_t k = 0; k < count; ++k, lane += 2 * w) {
      for (std::size_t i = 0; i < w; ++i) {
        const Root z = roots[k * (start(g) + passes.column[i])];
        if (whole) {
          lane[i] = static_cast<T>(z.re);
          lane[w + i] = static_cast<T>(z.im);
        } else {
          put_lane_less_one(lane, i, w, z);
        }
      }
    }
  }
  if (whole) return;
  step_tw_ = Buffer<T>(4 * groups * count);
  T* step = step_tw_.data();
  for (std::size_t g = 0; g < groups; ++g)
    for (std::size_t k = 0; k < count; ++k) step = put_step(step, roots[k * start(g)]);
}

template <class T>
void TurnFactors<T>::run(const T* rows, const std::uint32_t* order, std::size_t g, T* out,
                         std::size_t group_stride) const {
  const bool whole = step_tw_.size() == 0;
  const std::size_t row = 2 * static_cast<std::size_t>(passes_.width);
  passes_.turn(rows, order, count_, lane_tw_.data() + (whole ? row * count_ * g : 0),
               whole ? nullptr : step_tw_.data() + 4 * count_ * g, out, group_stride);
}

template class TurnFactors<float>;
template class TurnFactors<double>;

}  // namespace flipshift::fft

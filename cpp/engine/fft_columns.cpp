#include "engine/fft_columns.hpp"

#include <algorithm>
#include <functional>

#include "engine/dispatch.hpp"
#include "engine/scratch.hpp"
#include "kernels/fft_lanes.hpp"

namespace flipshift::fft {

namespace {

// Passes of primes up to here take less time than Bluestein's way around them, whatever their
// number, once all the data have left the caches (twice as fast with two of 251).
constexpr std::size_t largest_prime = 257, many_points = std::size_t{1} << 17;

bool is_rough(int radix) { return radix > fft_max_radix; }

}  // namespace

std::size_t rough_part(std::size_t n) {
  for (std::size_t p : {2, 3, 5, 7, 11, 13})
    while (n % p == 0) n /= p;
  return n;
}

std::size_t largest_rough_prime(std::size_t n) {
  std::size_t rest = rough_part(n), largest = 1;
  for (std::size_t p = 17; p * p <= rest; p += 2)
    for (; rest % p == 0; rest /= p) largest = p;
  return std::max(largest, rest);
}

bool is_smooth(std::size_t n) { return rough_part(n) == 1; }

bool has_small_primes(std::size_t n, std::size_t largest_sum) {
  std::size_t rest = rough_part(n), sum = 0;
  for (std::size_t p = 17; p <= largest_prime && rest > 1; p += 2)
    for (; rest % p == 0; rest /= p) sum += p;
  return rest == 1 && (sum <= largest_sum || n >= many_points);
}

namespace {

// The way to make `odd` times a power of two of radices 2 to 16 that takes least time: what a row
// costs in a pass of each (ns, one thread of Zen 5, vectors of 8 doubles). Nothing that is left of
// 7, 11 or 13 belongs to a composite radix.
struct Composite {
  int radix;
  double cost;
};
constexpr Composite composites[] = {{2, 0.57},  {3, 0.74},  {4, 0.65}, {5, 0.96},
                                    {6, 0.90},  {8, 0.87},  {9, 1.40}, {10, 1.14},
                                    {12, 0.99}, {15, 1.50}, {16, 1.33}};

double cheapest(std::size_t m, std::size_t from, std::vector<int>& radices) {
  if (m == 1) return 0;
  double best = 1e9;
  std::vector<int> rest;
  for (std::size_t i = from; i < std::size(composites); ++i) {
    const auto r = static_cast<std::size_t>(composites[i].radix);
    if (m % r != 0) continue;
    std::vector<int> others;
    const double cost = composites[i].cost + cheapest(m / r, i, others);
    if (cost >= best) continue;
    best = cost;
    rest = std::move(others);
    rest.push_back(composites[i].radix);
  }
  radices = std::move(rest);
  return best;
}

}  // namespace

// The odd ones first, from the largest on, then the powers of two in as few passes as radix 16
// allows.
std::vector<int> choose_radices(std::size_t m, Order order) {
  const bool large_first = order == Order::large_first;
  std::vector<int> radices;
  std::size_t rough = rough_part(m);
  for (int p = static_cast<int>(largest_prime); p > 13 && rough > 1; p -= 2)
    for (; rough % static_cast<std::size_t>(p) == 0; rough /= static_cast<std::size_t>(p)) {
      radices.push_back(p);
      m /= static_cast<std::size_t>(p);
    }
  for (int p : {13, 11, 7})
    for (; m % p == 0; m /= p) radices.push_back(p);
  if (order == Order::lines && (m % 3 == 0 || m % 5 == 0)) {
    std::vector<int> rest;
    cheapest(m, 0, rest);
    std::stable_sort(rest.begin(), rest.end(), [](int a, int b) {
      const auto key = [](int r) { return r % 2 ? 0 : r; };  // odd ones first, as below
      return key(a) < key(b);
    });
    radices.insert(radices.end(), rest.begin(), rest.end());
    return radices;
  }
  for (int p : {5, 3})
    for (; m % p == 0; m /= p) radices.push_back(p);
  int bits = 0;
  for (; m % 2 == 0; m /= 2) ++bits;
  int passes = (bits + 3) / 4;
  // A last pass of radix 16 would write to 16 places at once, which costs more than another pass
  // (2^15 and 2^16 points: 8 8 4 instead of 16 16 gains 10%).
  if (large_first && bits > 0 && bits == 4 * passes) ++passes;
  for (int i = 0; i < passes; ++i)
    radices.push_back(1 << (bits * (i + 1) / passes - bits * i / passes));
  if (large_first) std::sort(radices.end() - passes, radices.end(), std::greater<int>());
  return radices;
}

template <class T>
Columns<T>::Columns(std::size_t m, Order order) : m_(m), radices_(choose_radices(m, order)) {
  std::size_t count = 0, length = m;
  for (int r : radices_) {
    offsets_.push_back(count);
    length /= static_cast<std::size_t>(r);
    if (length > 1 || is_rough(r)) count += 2 * length * static_cast<std::size_t>(r - 1);
  }
  tw_ = Buffer<T>(count);
  order_ = Buffer<std::uint32_t>(m);

  const Roots roots(m);
  T* w = tw_.data();
  std::size_t done = 1;  // product of the radices before
  length = m;
  for (int radix : radices_) {
    const auto r = static_cast<std::size_t>(radix);
    length /= r;
    if (length > 1 || is_rough(radix)) {
      for (std::size_t j = 0; j < length; ++j) {
        for (std::size_t k = 1; k < r; ++k) {
          const Root z = roots[j * k * done];
          *w++ = static_cast<T>(z.re);
          *w++ = static_cast<T>(z.im);
        }
      }
    }
    done *= r;
  }

  for (int radix : radices_) {
    const auto r = static_cast<std::size_t>(is_rough(radix) ? radix : 1), h = (r - 1) / 2;
    const Roots of_prime(r);
    T* z = prime_roots_.emplace_back(2 * h * h).data();
    for (std::size_t k = 1; k <= h; ++k) {
      for (std::size_t j = 1; j <= h; ++j) {
        *z++ = static_cast<T>(of_prime[j * k].re);
        *z++ = static_cast<T>(-of_prime[j * k].im);
      }
    }
  }

  // Digits of the frequency, least significant first, are the digits of the row, most first.
  for (std::size_t k = 0; k < m; ++k) {
    std::size_t row = 0, rest = k, unit = m;
    for (int radix : radices_) {
      const auto r = static_cast<std::size_t>(radix);
      unit /= r;
      row += rest % r * unit;
      rest /= r;
    }
    order_[k] = static_cast<std::uint32_t>(row);
  }

  const auto last = static_cast<std::size_t>(radices_.empty() ? 1 : radices_.back());
  base_ = Buffer<std::uint32_t>(m / last);
  for (std::size_t k = 0; k < m; ++k)
    if (order_[k] % last == 0) base_[order_[k] / last] = static_cast<std::uint32_t>(k);
}

template <class T>
std::size_t Columns<T>::bytes() const {
  std::size_t primes = 0;
  for (const Buffer<T>& z : prime_roots_) primes += z.size();
  return (tw_.size() + primes) * sizeof(T) + (order_.size() + base_.size()) * sizeof(std::uint32_t);
}

template <class T>
std::string Columns<T>::describe() const {
  std::string text;
  for (int r : radices_) (text += ' ') += std::to_string(r);
  return text;
}

template <class T>
void Columns<T>::run_prime(std::size_t i, std::size_t blocks, std::size_t length, T* rows) const {
  const FftLanesTable<T>& lanes = kernels<FftLanesTable<T>>();
  const auto r = static_cast<std::size_t>(radices_[i]);
  const std::size_t row = 2 * static_cast<std::size_t>(lanes.width);
  Scratch<T> work(row * r);
  for (std::size_t b = 0; b < blocks; ++b, rows += row * r * length)
    lanes.prime(rows, length, r, prime_roots_[i].data(), tw_.data() + offsets_[i], work.data());
}

template <class T>
void Columns<T>::run_passes(const FftPasses<T>& passes, std::size_t begin, std::size_t end, T* rows,
                            const T* lane_tw) const {
  std::size_t blocks = 1, length = m_;
  for (std::size_t i = 0; i < end; ++i) {
    const int r = radices_[i];
    length /= static_cast<std::size_t>(r);
    if (i >= begin) {
      if (is_rough(r)) {
        run_prime(i, blocks, length, rows);
      } else if (length > 1) {
        passes.scaled[r](rows, blocks, length, tw_.data() + offsets_[i]);
      } else if (lane_tw) {
        passes.lanes[r](rows, blocks, 1, lane_tw);
      } else {
        passes.plain[r](rows, blocks, 1, nullptr);
      }
    }
    blocks *= static_cast<std::size_t>(r);
  }
}

template <class T>
void Columns<T>::run_first(const FftPasses<T>& passes, const T* x, std::ptrdiff_t stride, T conj,
                           T* rows, const T* lane_tw) const {
  const int r = radices_[0];
  const std::size_t length = m_ / static_cast<std::size_t>(r);
  if (is_rough(r)) {
    kernels<FftLanesTable<T>>().load_tile(x, stride, m_, 1, 0, rows, conj);
    run_prime(0, 1, length, rows);
  } else if (length > 1) {
    passes.first_scaled[r](x, stride, rows, length, tw_.data(), conj);
  } else if (lane_tw) {
    passes.first_lanes[r](x, stride, rows, 1, lane_tw, conj);
  } else {
    passes.first_plain[r](x, stride, rows, 1, nullptr, conj);
  }
}

template <class T>
void Columns<T>::run(const FftPasses<T>& passes, T* rows, const T* lane_tw) const {
  run_passes(passes, 0, radices_.size(), rows, lane_tw);
}

template <class T>
void Columns<T>::run_from(const FftPasses<T>& passes, const T* x, std::ptrdiff_t stride, T conj,
                          T* rows, const T* lane_tw) const {
  run_first(passes, x, stride, conj, rows, lane_tw);
  run_passes(passes, 1, radices_.size(), rows, lane_tw);
}

template <class T>
void Columns<T>::run_but_last(const FftPasses<T>& passes, T* rows) const {
  run_passes(passes, 0, radices_.size() - (ends_smooth() ? 1 : 0), rows, nullptr);
}

template <class T>
void Columns<T>::run_last(const FftPasses<T>& passes, const T* rows, std::size_t groups,
                          std::size_t group_stride, T* y, std::ptrdiff_t stride, T re_scale,
                          T im_scale) const {
  if (!ends_smooth()) {
    for (std::size_t g = 0; g < groups; ++g) {
      const std::size_t w = static_cast<std::size_t>(passes.width);
      passes.store(rows + 2 * w * group_stride * g, order_.data(), m_, y + 2 * w * g, stride,
                   re_scale, im_scale);
    }
    return;
  }
  passes.last[radices_.back()](rows, base_.data(), base_.size(), groups, group_stride, y, stride,
                               re_scale, im_scale);
}

template <class T>
void Columns<T>::run_last_streamed(const FftPasses<T>& passes, const T* rows, std::size_t groups,
                                   std::size_t group_stride, T* y, std::ptrdiff_t stride,
                                   T re_scale, T im_scale, T* carry, bool begins, bool ends) const {
  passes.last_streamed[radices_.back()](rows, base_.data(), base_.size(), groups, group_stride, y,
                                        stride, re_scale, im_scale, carry, begins, ends);
}

template <class T>
void Columns<T>::run_through(const FftPasses<T>& passes, const T* x, std::ptrdiff_t x_stride,
                             T conj, T* rows, T* y, std::ptrdiff_t y_stride, T re_scale,
                             T im_scale) const {
  run_first(passes, x, x_stride, conj, rows, nullptr);
  if (radices_.size() == 1)
    return passes.store(rows, order_.data(), m_, y, y_stride, re_scale, im_scale);
  run_passes(passes, 1, radices_.size() - (ends_smooth() ? 1 : 0), rows, nullptr);
  run_last(passes, rows, 1, 0, y, y_stride, re_scale, im_scale);
}

template class Columns<float>;
template class Columns<double>;

}  // namespace flipshift::fft

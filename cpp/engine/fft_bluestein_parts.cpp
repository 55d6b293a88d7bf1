#include "engine/fft_bluestein_parts.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "engine/dispatch.hpp"
#include "engine/fft_plan.hpp"
#include "engine/fft_turn.hpp"
#include "engine/roots.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"
#include "kernels/fft_dct.hpp"

namespace flipshift::fft {

namespace {

// From here on it takes no more time than one convolution of all points, whose scratch is 4 to 7
// times the data: 5% more on average up to 24000, then less; 10 to 50% at 2000 to 7000 (measured on
// Zen 5, 2026-11).
constexpr std::size_t shortest = 8000;
constexpr std::size_t padding = 1;  // rows; keeps the groups off each other's cache sets

template <class T>
const FftPasses<T>& passes() {
  return kernels<FftTable<T>>().passes[0];
}
template <class T>
const FftBluesteinTable<T>& steps() {
  return kernels<FftBluesteinTable<T>>();
}

// What a row costs in the passes of a transform, relative to radix 8.
double row_cost(std::size_t n) {
  constexpr double costs[] = {0,   0,   0.65, 0.85, 0.75, 1.1, 1.05, 1.45, 1,
                              1.6, 1.3, 2.5,  1.15, 3,    0,   1.7,  1.5};
  double cost = 0;
  for (int r : choose_radices(n, Order::lines)) cost += costs[r];
  return cost;
}

// n1 and n2, multiples of w whose product is at least n, that take the least time. A number has
// `bytes` bytes.
std::pair<std::size_t, std::size_t> choose_split(std::size_t n, std::size_t w, std::size_t bytes) {
  constexpr double moving = 4;  // what else is done with a row, relative to a pass
  constexpr std::size_t lopsided = 4;
  const auto root = static_cast<std::size_t>(std::sqrt(static_cast<double>(n)));
  std::pair<std::size_t, std::size_t> best{0, 0};
  double least = HUGE_VAL;
  for (std::size_t n1 = w; n1 <= lopsided * (root + w); n1 += w) {
    if (!is_smooth(n1) || n1 * lopsided < root) continue;
    std::size_t n2 = (n + n1 * w - 1) / (n1 * w) * w;
    while (!is_smooth(n2)) n2 += w;
    if (n2 > lopsided * (root + w)) continue;
    // Columns whose rows fall into the same sets of a cache.
    const std::size_t apart = n2 * bytes;
    const double colliding = apart % 4096 == 0 ? 2 : apart % 2048 == 0 ? 1 : 0;
    const double cost =
        static_cast<double>(n1 * n2) * (row_cost(n1) + row_cost(n2) + moving + colliding);
    if (cost < least) {
      least = cost;
      best = {n1, n2};
    }
  }
  return best;
}

template <class T>
void put(Buffer<T>& table, std::size_t i, const Root& z) {
  table[2 * i] = static_cast<T>(z.re);
  table[2 * i + 1] = static_cast<T>(z.im);
}

}  // namespace

template <class T>
std::unique_ptr<const BluesteinParts<T>> BluesteinParts<T>::make(std::size_t n, bool real) {
  if (n < shortest) return nullptr;
  const auto w = static_cast<std::size_t>(passes<T>().width);
  // Of real numbers 2 w points more than necessary, so that q may be a multiple of w.
  const std::size_t points = real ? (n + n / 2 + 2 * w) / 3 + 1 : n;
  const auto [n1, n2] = choose_split(points, w, 2 * sizeof(T));
  return n1 > 0 ? std::unique_ptr<const BluesteinParts>(new BluesteinParts(n, real, n1, n2))
                : nullptr;
}

template <class T>
BluesteinParts<T>::BluesteinParts(std::size_t n, bool real, std::size_t n1, std::size_t n2)
    : n_(n),
      parts_(real ? 3 : 2),
      n1_(n1),
      n2_(n2),
      m_(n1 * n2),
      w_(static_cast<std::size_t>(passes<T>().width)),
      q_(0),
      first_(n1, Order::lines),
      second_(n2, Order::lines),
      group_stride_(n2 + padding),
      chirp_(2 * (n / 2 + 1)) {
  const std::size_t all = parts_ * m_, half = all / 2;
  if (real) q_ = (n - 1 - std::min(n - 1, half) + w_ - 1) / w_ * w_;
  const auto q = static_cast<std::ptrdiff_t>(q_), length = static_cast<std::ptrdiff_t>(n);
  long_ = make_side(-q, length - q, 0, q);
  if (real) short_ = make_side(0, length / 2 + 1, q, 0);
  const Roots chirp(2 * n), roots(all);
  const auto number = [&](std::size_t k) { return chirp[k * k % (2 * n)]; };
  for (std::size_t k = 0; k <= n / 2; ++k) put(chirp_, k, number(k));
  // Of the kernel, conj (c[q] c[k]) for |k| < n.
  const Root constant = number(q_);
  for (const std::size_t r : {0, 1}) {
    Buffer<double> kernel(2 * m_);
    for (std::size_t j = 0; j < m_; ++j) {
      long double re = 0, im = 0;
      for (std::size_t i = j; i < all; i += m_) {
        const std::size_t k = i <= half ? i : all - i;
        if (k >= n) continue;
        const Root a = number(k), u = roots[r * i];
        re += a.re * u.re + a.im * u.im;
        im += a.re * u.im - a.im * u.re;
      }
      const auto points = static_cast<long double>(all);
      kernel[2 * j] = static_cast<double>((re * constant.re + im * constant.im) / points);
      kernel[2 * j + 1] = static_cast<double>((im * constant.re - re * constant.im) / points);
    }
    spectrum_[r] = kernel_spectrum<T>(std::move(kernel), r == 0        ? m_ / 2 + 1
                                                         : parts_ == 2 ? m_ / 2
                                                                       : m_);
  }
  make_factors();
}

// Points begin .. end - 1 and the number of the chirp, and of the data, that belong to point 0.
template <class T>
typename BluesteinParts<T>::Side BluesteinParts<T>::make_side(std::ptrdiff_t begin,
                                                              std::ptrdiff_t end,
                                                              std::ptrdiff_t chirp,
                                                              std::ptrdiff_t data) const {
  const auto m = static_cast<std::ptrdiff_t>(m_), n = static_cast<std::ptrdiff_t>(n_);
  const T sign = n_ % 2 ? T(-1) : T(1);  // of chirp[n - k] to chirp[k], and of chirp[n + k] too
  Side side;
  for (std::ptrdiff_t p = begin, next; p < end; p = next) {
    const std::ptrdiff_t fold = p < 0 ? -1 : p / m;
    next = std::min(end, (fold + 1) * m);
    const bool before = p + chirp < 0;
    const std::ptrdiff_t of_chirp = chirp + (before ? n : 0);  // of point 0
    side.push_back({static_cast<std::size_t>(p - fold * m), fold, fold * m + of_chirp,
                    static_cast<std::size_t>(next + of_chirp), before ? T(1) : sign,
                    data - of_chirp});
  }
  // The run that has all points first, as it makes the rows that the others are added to.
  std::stable_partition(side.begin(), side.end(), [](const Run& run) { return run.fold == 0; });
  return side;
}

// Number j = n2 j1 + j2 and frequency C (k1 + n1 k2) + r meet in the root of C m to the power
//   C m j1 k2 + C n2 j1 k1 + C n1 j2 k2 + r n2 j1 + (C k1 + r) j2,
// the last two of which belong to no transform. turn_ has r n2 j1. On the way there j2 is the lane
// plus W h: lane_ has (C k1 + r) times the lane, step_ C k1 W h, more_ r W h. On the way back k1 is
// the lane plus W g: back_lane_ has (C times the lane + r) j2, back_step_ C W g j2.
template <class T>
void BluesteinParts<T>::make_factors() {
  for (std::size_t i = 0; i < parts_; ++i) {
    const Root u = root(i, parts_);
    of_fold_[i] = {static_cast<T>(u.re), static_cast<T>(u.im)};
  }
  const Roots roots(parts_ * m_);
  step_ = Buffer<T>(4 * (m_ / w_));
  back_step_ = Buffer<T>(4 * (m_ / w_));
  T* step = step_.data();
  for (std::size_t h = 0; h < n2_ / w_; ++h)
    for (std::size_t k = 0; k < n1_; ++k) step = put_step(step, roots[parts_ * k * w_ * h]);
  step = back_step_.data();
  for (std::size_t g = 0; g < n1_ / w_; ++g)
    for (std::size_t j = 0; j < n2_; ++j) step = put_step(step, roots[parts_ * j * w_ * g]);
  for (std::size_t r = 0; r < parts_; ++r) {
    turn_[r] = Buffer<T>(2 * n1_);
    for (std::size_t j = 0; j < n1_; ++j) put(turn_[r], j, roots[r * n2_ * j]);
    more_[r] = Buffer<T>(2 * (n2_ / w_));
    for (std::size_t h = 0; h < n2_ / w_; ++h) put(more_[r], h, roots[r * w_ * h]);
    lane_[r] = Buffer<T>(2 * w_ * n1_);
    back_lane_[r] = Buffer<T>(2 * w_ * n2_);
    for (std::size_t i = 0; i < w_; ++i) {
      const std::size_t lane = passes<T>().column[i];
      const auto put_lane = [&](Buffer<T>& table, std::size_t row, const Root& z) {
        put_lane_less_one(table.data() + 2 * w_ * row, i, w_, z);
      };
      for (std::size_t k = 0; k < n1_; ++k) put_lane(lane_[r], k, roots[(parts_ * k + r) * lane]);
      for (std::size_t j = 0; j < n2_; ++j)
        put_lane(back_lane_[r], j, roots[(parts_ * lane + r) * j]);
    }
  }
}

template <class T>
void BluesteinParts<T>::run(const T* x, T* y, bool backward, T scale, std::size_t workers) const {
  const T conj = backward ? T(-1) : T(1);
  convolve(x, y, {long_, long_, 2 * n_, 0, 0, conj, scale, conj * scale}, workers);
}

template <class T>
void BluesteinParts<T>::r2c(const T* in, std::complex<T>* out, Direction direction, T scale,
                            std::size_t workers) const {
  const T im_scale = direction == Direction::forward ? scale : -scale;
  convolve(in, reinterpret_cast<T*>(out), {long_, short_, n_, 1, 0, T(1), scale, im_scale},
           workers);
  out[0] = out[0].real();
}

template <class T>
void BluesteinParts<T>::c2r(const std::complex<T>* in, T* out, Direction direction, T scale,
                            std::size_t workers) const {
  // The real part of half of the spectrum is half of the whole.
  const T conj = direction == Direction::forward ? T(1) : T(-1);
  const T zero = in[0].real() / 2;
  convolve(reinterpret_cast<const T*>(in), out,
           {short_, long_, n_ + 1, 0, 1, conj, 2 * scale, T(0), nullptr, &zero}, workers);
}

template <class T>
void BluesteinParts<T>::two(const T* x, T* y, bool sine, const T* tw, T scale) const {
  const T sign = sine ? T(-1) : T(1);
  convolve(x, y, {long_, short_, n_, 2, 2, sign, scale, sign * scale, tw}, 1);
}

template <class T>
void BluesteinParts<T>::three(const T* x, T* y, bool sine, const T* tw, T scale, T first) const {
  const T sign = sine ? T(-1) : T(1);
  const T zero = x[sine ? n_ - 1 : 0] * first / 2;
  convolve(x, y, {short_, long_, n_, 3, 1, sign, 2 * scale, T(0), tw, &zero}, 1);
  Scratch<T> v(n_);
  std::copy_n(y, n_, v.data());
  kernels<FftDctTable<T>>().unfold(v.data(), y, n_, sign);
}

template <class T>
void BluesteinParts<T>::odd_four(const T* x, T* y, bool sine, T scale) const {
  const Numbers numbers{kernels<FftBluesteinNumbersTable<T>>().odd_four[sine], n_, n_, nullptr,
                        T(1)};
  Ends ends{long_, short_, n_, 1, 0, T(1), scale, scale};
  ends.numbers = &numbers;
  ends.gap = 1;
  ends.real_first = y;
  convolve(x, y, ends, 1);
  Scratch<T> spectrum(n_ + 1);
  spectrum[0] = y[0];
  spectrum[1] = 0;
  std::copy_n(y + 1, n_ - 1, spectrum.data() + 2);
  kernels<FftDctTable<T>>().leave_odd[sine](spectrum.data(), y, n_);
}

template <class T>
void BluesteinParts<T>::one(const T* x, T* y, bool sine, T scale, T first) const {
  const std::size_t count = sine ? n_ - 1 : n_ + 1;
  const Numbers numbers{
      kernels<FftBluesteinNumbersTable<T>>().one[sine], count, n_, nullptr, first, false};
  Ends ends{long_, short_, count, 0, 0, T(1), scale, scale};
  ends.numbers = &numbers;
  ends.gap = sine ? 2 : 0;
  convolve(x, y, ends, 1);
  Scratch<T> spectrum(count);
  std::copy_n(y, count, spectrum.data());
  kernels<FftDctTable<T>>().leave_good[sine](sine ? spectrum.data() - 2 : spectrum.data(), y,
                                             n_ / 2);
}

template <class T>
void BluesteinParts<T>::run(const T* x, const Numbers& numbers, T* y, bool backward, T scale,
                            std::size_t workers) const {
  const T conj = backward ? T(-1) : T(1);
  Ends ends{long_, long_, numbers.elements, 0, 0, conj, scale, conj * scale};
  ends.numbers = &numbers;
  convolve(x, y, ends, workers);
}

template <class T>
void BluesteinParts<T>::convolve(const T* x, T* y, const Ends& ends, std::size_t workers) const {
  if (2 * parts_ * sizeof(T) * m_ < worth_sharing_convolution) workers = 1;
  const std::size_t first_groups = n1_ / w_, second_groups = n2_ / w_;
  Scratch<T> middle(2 * group_stride_ * n1_, workers);
  Scratch<T> copy(x == y ? ends.elements : 0);
  if (x == y) {
    std::copy_n(x, ends.elements, copy.data());
    x = copy.data();
  }
  const bool whole = ends.numbers && ends.numbers->fit;
  if (whole) {
    const Numbers& numbers = *ends.numbers;
    numbers.make(x, numbers.n, numbers.tw, numbers.first, 0, w_, n_, y);
  }
  for (std::size_t r = 0; r < parts_; ++r) {
    const bool from_y = whole && r == 0;
    Ends now = ends;
    if (from_y) now.numbers = nullptr;
    parallel_for(second_groups, workers, [&](std::size_t begin, std::size_t end) {
      enter(from_y ? y : x, now, r, middle.data(), begin, end);
    });
    parallel_for(first_groups, workers, [&](std::size_t begin, std::size_t end) {
      multiply(r, middle.data(), begin, end);
    });
    parallel_for(second_groups, workers, [&](std::size_t begin, std::size_t end) {
      leave(middle.data(), r, ends, y - ends.gap, begin, end);
    });
  }
}

template <class T>
std::complex<T> BluesteinParts<T>::more(std::size_t part, std::ptrdiff_t fold,
                                        const T* of_group) const {
  const std::complex<T> group{of_group[0], of_group[1]};
  const auto turns = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(part) *
                                              (fold + static_cast<std::ptrdiff_t>(parts_)));
  return turns % parts_ ? group * of_fold_[turns % parts_] : group;
}

// Groups h = begin .. end - 1 of W columns.
template <class T>
void BluesteinParts<T>::enter(const T* x, const Ends& ends, std::size_t part, T* middle,
                              std::size_t begin, std::size_t end) const {
  Scratch<T> rows(2 * w_ * n1_), made(ends.numbers ? 2 * w_ * n1_ : 0);
  for (std::size_t h = begin; h < end; ++h) {
    bool add = false;
    for (const Run& run : ends.in) {
      const std::size_t row = first_row(run.begin, h);
      const std::size_t point = w_ * h + n2_ * row;
      const std::complex<T> factor = more(part, run.fold, more_[part].data() + 2 * h);
      const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(point) + run.chirp;
      const T* from = x;
      std::ptrdiff_t shift = run.shift, step = static_cast<std::ptrdiff_t>(n2_);
      if (const Numbers* const numbers = ends.numbers) {
        numbers->make(x, numbers->n, numbers->tw, numbers->first,
                      static_cast<std::size_t>(first + shift), n2_,
                      static_cast<std::size_t>(static_cast<std::ptrdiff_t>(run.end) + shift),
                      made.data());
        from = made.data();
        shift = -first;
        step = static_cast<std::ptrdiff_t>(w_);
      }
      steps<T>().enter[ends.kind_in](from, shift, run.end, chirp_.data(), n_, run.sign, ends.in_im,
                                     ends.tw, static_cast<std::size_t>(first), n2_, n1_ - row, step,
                                     part ? turn_[part].data() + 2 * row : nullptr,
                                     reinterpret_cast<const T*>(&factor), add,
                                     rows.data() + 2 * w_ * row);
      add = true;
    }
    if (ends.zero && h == 0) {
      rows[0] = *ends.zero * chirp_[2 * q_];
      rows[w_] = *ends.zero * chirp_[2 * q_ + 1];
    }
    first_.run(passes<T>(), rows.data());
    passes<T>().turn(rows.data(), first_.order(), n1_, lane_[part].data(),
                     step_.data() + 4 * n1_ * h, middle + 2 * w_ * w_ * h, group_stride_);
  }
}

// Groups g of W frequencies k1.
template <class T>
void BluesteinParts<T>::multiply(std::size_t part, T* middle, std::size_t begin,
                                 std::size_t end) const {
  Scratch<T> rows(2 * w_ * n2_);
  const bool all = parts_ > 2 && part > 0;
  const std::size_t given = !all ? m_ / 2 : part == 1 ? m_ : 0;
  for (std::size_t g = begin; g < end; ++g) {
    T* const block = middle + 2 * w_ * group_stride_ * g;
    second_.run(passes<T>(), block);
    steps<T>().multiply(block, second_.order(), n2_, spectrum_[part > 0].data(), given,
                        part ? m_ - 1 : m_, w_ * g, n1_, rows.data());
    second_.run(passes<T>(), rows.data());
    passes<T>().turn(rows.data(), second_.order(), n2_, back_lane_[part].data(),
                     back_step_.data() + 4 * n2_ * g, block, w_);
  }
}

template <class T>
void BluesteinParts<T>::leave(const T* middle, std::size_t part, const Ends& ends, T* y,
                              std::size_t begin, std::size_t end) const {
  const std::size_t square = 2 * w_ * w_;
  Scratch<T> rows(2 * w_ * n1_);
  const T one[] = {T(1), T(0)};
  for (std::size_t h = begin; h < end; ++h) {
    const T* from = middle + square * h;
    for (std::size_t g = 0; g < n1_ / w_; ++g, from += 2 * w_ * group_stride_)
      std::memcpy(rows.data() + square * g, from, square * sizeof(T));
    first_.run(passes<T>(), rows.data());
    for (const Run& run : ends.out) {
      const std::size_t row = first_row(run.begin, h);
      const std::size_t point = w_ * h + n2_ * row;
      const std::complex<T> factor = more(part, run.fold, one);
      if (ends.gap > 0 && h == 0 && run.begin == 0 && run.chirp + run.shift == 0) {
        leave_but_first(rows.data(), part, ends, run, reinterpret_cast<const T*>(&factor), y);
        continue;
      }
      steps<T>().leave[ends.kind_out](
          rows.data(), first_.order() + row, chirp_.data(), n_, run.sign,
          static_cast<std::size_t>(static_cast<std::ptrdiff_t>(point) + run.chirp), n2_,
          part ? turn_[part].data() + 2 * row : nullptr, reinterpret_cast<const T*>(&factor),
          ends.re_scale, ends.im_scale, ends.tw, y, run.shift, run.end);
    }
  }
}

template <class T>
void BluesteinParts<T>::leave_but_first(const T* rows, std::size_t part, const Ends& ends,
                                        const Run& run, const T* factor, T* y) const {
  const auto first = static_cast<std::size_t>(run.chirp);
  const std::size_t count = std::min(w_, run.end - first);
  Scratch<T> line(2 * w_);
  line[0] = part > 0 && ends.real_first ? *ends.real_first : T(0);
  line[1] = 0;
  std::copy_n(y + 2, 2 * count - 2, line.data() + 2);
  const auto leave = [&](std::size_t row, T* to, std::ptrdiff_t shift, std::size_t end) {
    steps<T>().leave[ends.kind_out](rows, first_.order() + row, chirp_.data(), n_, run.sign,
                                    first + n2_ * row, n2_,
                                    part ? turn_[part].data() + 2 * row : nullptr, factor,
                                    ends.re_scale, ends.im_scale, ends.tw, to, shift, end);
  };
  leave(0, line.data(), run.shift, first + count);
  std::copy_n(line.data() + 2, 2 * count - 2, y + 2);
  if (ends.real_first) *ends.real_first = line[0];
  leave(1, y, run.shift, run.end);
}

// Of a group h of columns, the first row whose points are not before `begin`, a multiple of W.
template <class T>
std::size_t BluesteinParts<T>::first_row(std::size_t begin, std::size_t h) const {
  return begin > w_ * h ? (begin - w_ * h + n2_ - 1) / n2_ : 0;
}

template <class T>
std::size_t BluesteinParts<T>::bytes() const {
  std::size_t count = chirp_.size() + step_.size() + back_step_.size();
  for (const auto& spectrum : spectrum_) count += spectrum.size();
  for (std::size_t r = 0; r < parts_; ++r)
    count += turn_[r].size() + more_[r].size() + lane_[r].size() + back_lane_[r].size();
  return count * sizeof(T) + first_.bytes() + second_.bytes();
}

template <class T>
std::string BluesteinParts<T>::describe() const {
  std::string text = "Bluestein by ";
  text.append(std::to_string(parts_)).append(" times ").append(std::to_string(m_));
  text.append(": two sweeps ").append(std::to_string(n1_));
  text.append(" x ").append(std::to_string(n2_)).append(", radices");
  text.append(first_.describe()).append(" x").append(second_.describe());
  return text.append(", lanes ").append(std::to_string(w_));
}

template class BluesteinParts<float>;
template class BluesteinParts<double>;

}  // namespace flipshift::fft

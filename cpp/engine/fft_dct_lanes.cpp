// The algorithms of fft_dct.cpp on rows. Orders and signs of numbers are tables that the steps into
// the rows and out of them follow, so all that is left in between are rotations by roots.
#include "engine/fft_dct_lanes.hpp"

#include <algorithm>
#include <array>

#include "engine/dispatch.hpp"
#include "engine/fft_cache.hpp"
#include "engine/fft_plan.hpp"
#include "engine/scratch.hpp"
#include "kernels/fft_dct_lanes.hpp"
#include "kernels/fft_lanes.hpp"

namespace flipshift::fft {

namespace {

constexpr double sqrt2 = 1.41421356237309504880;

// Tables that are kept, for each kind, type and precision.
constexpr std::size_t cache_limit = std::size_t{4} << 20;

template <class T>
const FftLanesTable<T>& lanes() {
  return kernels<FftLanesTable<T>>();
}
template <class T>
const FftDctLanesTable<T>& steps() {
  return kernels<FftDctLanesTable<T>>();
}

// For FftDctLanesTable::leave_two and enter_three.
template <class T>
Buffer<T> folded_roots(std::size_t n) {
  const std::size_t count = n / 4 + 1;
  Buffer<T> tw(4 * count);
  const Roots roots(4 * n);
  for (std::size_t k = 0; k < count; ++k) {
    const Root t = roots[k], u = roots[5 * k + n];
    tw[4 * k] = static_cast<T>(t.re);
    tw[4 * k + 1] = static_cast<T>(t.im);
    tw[4 * k + 2] = static_cast<T>(u.re);
    tw[4 * k + 3] = static_cast<T>(u.im);
  }
  return tw;
}

template <class T>
void scale_row(T* rows, std::size_t row, T factor) {
  const std::size_t w = SideBySide<T>::width();
  for (std::size_t i = 0; i < w; ++i) rows[w * row + i] *= factor;
}

}  // namespace

template <class T>
std::size_t DctLanes<T>::working_length(Trigonometric kind, int type, std::size_t n) {
  if (type > 1) return n;
  return 2 * (kind == Trigonometric::sine ? n + 1 : n - 1);
}

template <class T>
bool DctLanes<T>::possible(Trigonometric kind, int type, std::size_t n) {
  const std::size_t length = working_length(kind, type, n);
  return length > 1 && (Stages<T>::possible(length) || (type > 1 && PrimeHartley<T>::possible(n)) ||
                        is_convolved(kind, type, n));
}

// Even lengths alone: others have no half to be transformed.
template <class T>
bool DctLanes<T>::is_convolved(Trigonometric kind, int type, std::size_t n) {
  const std::size_t length = working_length(kind, type, n);
  return length % 2 == 0 && !Stages<T>::possible(length);
}

template <class T>
DctLanes<T>::DctLanes(Trigonometric kind, int type, std::size_t n)
    : kind_(kind),
      type_(type),
      n_(n),
      length_(working_length(kind, type, n)),
      folded_(length_ % 2 == 0),
      prime_(type > 1 && PrimeHartley<T>::possible(n) ? std::optional<PrimeHartley<T>>(n)
                                                      : std::nullopt),
      odd_(!folded_ && !prime_ ? std::optional<OddReal<T>>(n) : std::nullopt),
      stages_(folded_ ? length_ / 2 : 1, true),
      in_place_(n),
      out_place_(n),
      in_sign_(n),
      out_sign_(n) {
  if (prime_) {
    set_prime();
    return;
  }
  const bool sine = kind == Trigonometric::sine;
  const std::uint32_t* order = stages_.order();
  const auto put = [](auto& place, auto& sign, std::size_t i, std::size_t row, bool negative) {
    place[i] = static_cast<std::uint32_t>(row);
    sign[i] = negative ? T(-1) : T(1);
  };
  if (type == 1) {
    untangling_ = untangling_factors<T>(length_);
    for (std::size_t j = 0; j < n; ++j) {
      put(in_place_, in_sign_, j, j, false);
      put(out_place_, out_sign_, j, j, false);
    }
  } else if (type < 4) {
    roots_ = folded_ ? folded_roots<T>(n) : odd_->turns(type);
    for (std::size_t j = 0; j < n; ++j) {
      // Makhoul's order on the side of the real transform, the order of the sequence on the other.
      const std::size_t v = j % 2 ? n - 1 - j / 2 : j / 2;
      const bool negative = sine && j % 2;
      const std::size_t c = sine ? n - 1 - j : j;
      if (type == 2) {
        put(in_place_, in_sign_, j, v, negative);
        put(out_place_, out_sign_, j, c, false);
      } else {
        put(in_place_, in_sign_, j, c, false);
        const bool imaginary = folded_ && v % 2;
        const std::size_t row = folded_ ? 2 * order[v / 2] + imaginary : v;
        put(out_place_, out_sign_, j, row, negative != imaginary);
      }
    }
  } else if (folded_) {
    const Roots roots(16 * n);
    roots_ = Buffer<T>(n);
    for (std::size_t k = 0; k < n / 2; ++k) {
      const Root z = roots[8 * k + 1];
      roots_[2 * k] = static_cast<T>(z.re);
      roots_[2 * k + 1] = static_cast<T>(z.im);
    }
    for (std::size_t j = 0; j < n; ++j) {
      put(in_place_, in_sign_, j, sine ? n - 1 - j : j, false);
      put(out_place_, out_sign_, j, j, false);
    }
  } else {
    std::size_t s = n, f = 0;  // n + 8 p modulo 8 n, 8 p modulo n
    for (std::size_t p = 0; p < n; ++p) {
      std::size_t t = s > 4 * n ? 8 * n - s : s;
      const bool negative = t > 2 * n;
      if (negative) t = 4 * n - t;
      const std::size_t k = t / 2;
      put(in_place_, in_sign_, sine ? n - 1 - k : k, p, negative);
      const bool mirrored = 2 * f > n;
      const auto [row, conjugate] = odd_->place(mirrored ? n - f : f);
      put(out_place_, out_sign_, k, 2 * row + (mirrored != conjugate), negative != (sine && k % 2));
      s = (s + 8) % (8 * n);
      f = (f + 8) % n;
    }
    factor_ = static_cast<T>(sqrt2);
  }
}

// In and out of Hartley rows go the sequences that the real transforms of odd length take:
// Makhoul's order and pairs c[k], c[n - k] to turn, or signed permutations alone (fft_dct.cpp).
template <class T>
void DctLanes<T>::set_prime() {
  const bool sine = kind_ == Trigonometric::sine;
  std::fill_n(in_sign_.data(), n_, T(1));
  std::fill_n(out_sign_.data(), n_, T(1));
  if (type_ == 4) {
    const bool same = n_ % 8 == 1 || n_ % 8 == 5;  // signs of the real and the imaginary part
    const bool minus = n_ % 8 == 3 || n_ % 8 == 5;
    std::size_t s = n_, f = 0;  // n + 8 p modulo 8 n, 8 p modulo n
    for (std::size_t p = 0; p < n_; ++p) {
      std::size_t t = s > 4 * n_ ? 8 * n_ - s : s;
      const bool negative = t > 2 * n_;
      if (negative) t = 4 * n_ - t;
      const std::size_t k = t / 2, j = sine ? n_ - 1 - k : k;
      in_place_[j] = static_cast<std::uint32_t>(prime_->in_row(p));
      out_place_[k] = static_cast<std::uint32_t>(prime_->out_row(same && f ? n_ - f : f));
      if (negative) in_sign_[j] = T(-1);
      if ((negative != minus) != (sine && k % 2)) out_sign_[k] = T(-1);
      s = (s + 8) % (8 * n_);
      f = (f + 8) % n_;
    }
    factor_ = static_cast<T>(sqrt2);
    return;
  }
  pairs_ = Buffer<std::uint32_t>(n_ - 1);
  roots_ = Buffer<T>(n_ - 1);
  const Roots roots(4 * n_);
  for (std::size_t k = 1; k <= n_ / 2; ++k) {
    const Root z = roots[k];
    const std::size_t i = 2 * (k - 1);
    for (const std::size_t at : {k, n_ - k}) {
      const std::size_t row = type_ == 2 ? prime_->out_row(at) : prime_->in_row(at);
      pairs_[i + (at != k)] = static_cast<std::uint32_t>(row);
    }
    roots_[i] = static_cast<T>(z.re + z.im);
    roots_[i + 1] = static_cast<T>(z.re - z.im);
  }
  for (std::size_t j = 0; j < n_; ++j) {
    const std::size_t v = j % 2 ? n_ - 1 - j / 2 : j / 2, c = sine ? n_ - 1 - j : j;
    const T sign = sine && j % 2 ? T(-1) : T(1);
    in_place_[j] = static_cast<std::uint32_t>(prime_->in_row(type_ == 2 ? v : c));
    out_place_[j] = static_cast<std::uint32_t>(prime_->out_row(type_ == 2 ? c : v));
    (type_ == 2 ? in_sign_ : out_sign_)[j] = sign;
    if (type_ == 2 && c == 0) out_sign_[j] = T(2);
  }
}

template <class T>
void DctLanes<T>::prime(const LineGroup<const T>& in, const LineGroup<T>& out, T scale,
                        bool orthogonalize) const {
  const std::size_t w = SideBySide<T>::width();
  Scratch<T> x(w * n_), y(w * n_);
  read(in, x.data());
  if (orthogonalize) scale_ends(x.data(), in_place_, true);
  if (type_ == 3) steps<T>().turn(x.data(), pairs_.data(), n_ / 2, roots_.data());
  prime_->run(x.data(), y.data());
  if (type_ == 2) steps<T>().turn(y.data(), pairs_.data(), n_ / 2, roots_.data());
  if (orthogonalize) scale_ends(y.data(), out_place_, false);
  write(y.data(), out, factor_ * scale);
}

template <class T>
std::size_t DctLanes<T>::bytes() const {
  return (prime_ ? prime_->bytes() : 0) + (odd_ ? odd_->bytes() : 0) + stages_.bytes() +
         2 * n_ * (sizeof(T) + sizeof(std::uint32_t)) +
         (untangling_.size() + roots_.size()) * sizeof(T);
}

template <class T>
void DctLanes<T>::read(const LineGroup<const T>& in, T* rows) const {
  const std::size_t w = SideBySide<T>::width();
  for (const std::size_t other : {0, 1})
    if (other ? in.apart(w, 2) : in.neighbours(w))
      return steps<T>().read_near[other](in.lines[0], in.step, n_, in_place_.data(),
                                         in_sign_.data(), rows);
  // Lanes without a line take the last one again.
  std::array<const T*, fft_max_width> from;
  for (std::size_t i = 0; i < w; ++i) from[i] = in.lines[std::min(i, in.count - 1)];
  if (in.step == 1 || in.step == 2)
    return steps<T>().read_lines[in.step - 1](from.data(), n_, in_place_.data(), in_sign_.data(),
                                              rows);
  for (std::size_t j = 0; j < n_; ++j) {
    T* row = rows + w * in_place_[j];
    for (std::size_t i = 0; i < w; ++i)
      row[i] = from[i][in.step * static_cast<std::ptrdiff_t>(j)] * in_sign_[j];
  }
}

template <class T>
void DctLanes<T>::write(const T* rows, const LineGroup<T>& out, T scale) const {
  const std::size_t w = SideBySide<T>::width();
  if (out.neighbours(w))
    return steps<T>().write_near(rows, out_place_.data(), out_sign_.data(), scale, n_, out.lines[0],
                                 out.step);
  if (out.step == 1 && out.count == w)
    return steps<T>().write_lines(rows, out_place_.data(), out_sign_.data(), scale, n_, out.lines);
  std::array<T*, fft_max_width> to{};
  std::copy_n(out.lines, out.count, to.begin());
  if (out.step == 1)
    return steps<T>().write_lines(rows, out_place_.data(), out_sign_.data(), scale, n_, to.data());
  for (std::size_t k = 0; k < n_; ++k) {
    const T* row = rows + w * out_place_[k];
    for (std::size_t i = 0; i < out.count; ++i)
      to[i][out.step * static_cast<std::ptrdiff_t>(k)] = row[i] * (scale * out_sign_[k]);
  }
}

// What `orthogonalize` asks for before type III, and after type II.
template <class T>
void DctLanes<T>::scale_ends(T* rows, const Buffer<std::uint32_t>& place, bool before) const {
  const bool sine = kind_ == Trigonometric::sine;
  if (type_ == (before ? 3 : 2))
    scale_row(rows, place[sine ? n_ - 1 : 0], before ? T(sqrt2) : T(sqrt2 / 2));
}

template <class T>
void DctLanes<T>::one(const LineGroup<const T>& in, const LineGroup<T>& out, T scale,
                      bool orthogonalize) const {
  const std::size_t w = SideBySide<T>::width(), m = length_ / 2;
  const bool sine = kind_ == Trigonometric::sine;
  const auto row = static_cast<std::ptrdiff_t>(w);
  const bool from_there = in.neighbours(w), to_there = out.neighbours(w);
  Scratch<T> rows(w * length_), line(from_there && to_there ? 0 : w * n_);
  if (!from_there) read(in, line.data());
  const T* const x = from_there ? in.lines[0] : line.data();
  const std::ptrdiff_t in_step = from_there ? in.step : row, out_step = to_there ? out.step : row;
  steps<T>().enter_one[sine](sine ? x - in_step : x, in_step, m, orthogonalize ? T(sqrt2) : T(1),
                             rows.data());
  stages_.run(rows.data());
  T* const y = to_there ? out.lines[0] : line.data();
  steps<T>().leave_one[sine](rows.data(), stages_.order(), m, untangling_.data(),
                             sine ? y - out_step : y, out_step, to_there ? scale / 2 : T(0.5),
                             orthogonalize ? T(sqrt2 / 2) : T(1));
  if (!to_there) write(line.data(), out, scale);
}

// Even lengths of types II and III leave or enter where neighbours lie.
template <class T>
void DctLanes<T>::two_folded(const LineGroup<const T>& in, const LineGroup<T>& out, T scale,
                             bool orthogonalize) const {
  const std::size_t w = SideBySide<T>::width(), h = n_ / 2;
  const T end = orthogonalize ? T(sqrt2 / 2) : T(1);
  Scratch<T> rows(2 * w * h);
  read(in, rows.data());
  stages_.run(rows.data());
  const auto leave = [&](T* y, std::ptrdiff_t step, T factor) {
    steps<T>().leave_two(rows.data(), stages_.order(), h, roots_.data(), y, step, factor, end);
  };
  if (out.neighbours(w)) {
    if (kind_ == Trigonometric::cosine) return leave(out.lines[0], out.step, scale);
    return leave(out.lines[0] + out.step * static_cast<std::ptrdiff_t>(n_ - 1), -out.step, scale);
  }
  Scratch<T> result(w * n_);
  leave(result.data(), static_cast<std::ptrdiff_t>(w), T(1));
  write(result.data(), out, scale);
}

template <class T>
void DctLanes<T>::three_folded(const LineGroup<const T>& in, const LineGroup<T>& out, T scale,
                               bool orthogonalize) const {
  const std::size_t w = SideBySide<T>::width(), h = n_ / 2;
  const T end = orthogonalize ? T(sqrt2) : T(1);
  Scratch<T> rows(2 * w * h);
  const auto enter = [&](const T* x, std::ptrdiff_t step) {
    steps<T>().enter_three(x, step, h, roots_.data(), rows.data(), end);
  };
  if (!in.neighbours(w)) {
    Scratch<T> copy(w * n_);
    read(in, copy.data());
    enter(copy.data(), static_cast<std::ptrdiff_t>(w));
  } else if (kind_ == Trigonometric::cosine) {
    enter(in.lines[0], in.step);
  } else {
    enter(in.lines[0] + in.step * static_cast<std::ptrdiff_t>(n_ - 1), -in.step);
  }
  stages_.run(rows.data());
  write(rows.data(), out, scale);
}

template <class T>
void DctLanes<T>::four_folded(const LineGroup<const T>& in, const LineGroup<T>& out,
                              T scale) const {
  const std::size_t w = SideBySide<T>::width(), h = n_ / 2;
  const bool sine = kind_ == Trigonometric::sine;
  const auto row = static_cast<std::ptrdiff_t>(w), last = static_cast<std::ptrdiff_t>(n_ - 1);
  const bool from_there = in.neighbours(w), to_there = out.neighbours(w);
  Scratch<T> rows(w * n_), line(from_there && to_there ? 0 : w * n_);
  const auto enter = [&](const T* x, std::ptrdiff_t step) {
    steps<T>().enter_four(x, step, h, roots_.data(), rows.data());
  };
  const auto leave = [&](T* y, std::ptrdiff_t step, T factor) {
    steps<T>().leave_four(rows.data(), stages_.order(), h, roots_.data(), y, step, 2 * factor,
                          sine ? 2 * factor : -2 * factor);
  };
  if (!from_there) {
    read(in, line.data());
    enter(line.data(), row);
  } else if (sine) {
    enter(in.lines[0] + in.step * last, -in.step);
  } else {
    enter(in.lines[0], in.step);
  }
  stages_.run(rows.data());
  if (to_there) return leave(out.lines[0], out.step, scale);
  leave(line.data(), row, T(1));
  write(line.data(), out, scale);
}

// Odd lengths of types II to IV.
template <class T>
void DctLanes<T>::odd(const LineGroup<const T>& in, const LineGroup<T>& out, T scale,
                      bool orthogonalize) const {
  const std::size_t w = SideBySide<T>::width();
  const bool sine = kind_ == Trigonometric::sine;
  Scratch<T> line(w * n_), rows(2 * w * odd_->rows());
  const auto last = static_cast<std::ptrdiff_t>(n_ - 1);
  if (type_ == 2) {
    const T end = orthogonalize ? T(sqrt2 / 2) : T(1);
    read(in, line.data());
    const auto leave = [&](T* y, std::ptrdiff_t step, T factor) {
      odd_->two(line.data(), rows.data(), roots_.data(), y, step, factor, end);
    };
    if (!out.neighbours(w)) {
      leave(line.data(), static_cast<std::ptrdiff_t>(w), T(2));
      return write(line.data(), out, scale);
    }
    if (sine) return leave(out.lines[0] + out.step * last, -out.step, 2 * scale);
    return leave(out.lines[0], out.step, 2 * scale);
  }
  if (type_ == 3) {
    const T end = orthogonalize ? T(sqrt2) : T(1);
    const auto enter = [&](const T* x, std::ptrdiff_t step) {
      odd_->three(x, step, roots_.data(), rows.data(), line.data(), end);
    };
    if (!in.neighbours(w)) {
      read(in, line.data());
      enter(line.data(), static_cast<std::ptrdiff_t>(w));
    } else if (sine) {
      enter(in.lines[0] + in.step * last, -in.step);
    } else {
      enter(in.lines[0], in.step);
    }
    return write(line.data(), out, scale);
  }
  read(in, line.data());
  odd_->forward(line.data(), rows.data());
  steps<T>().combine(rows.data(), odd_->rows(), n_ % 8 == 1 || n_ % 8 == 7 ? T(1) : T(-1),
                     n_ % 8 == 1 || n_ % 8 == 3 ? T(1) : T(-1));
  write(rows.data(), out, factor_ * scale);
}

template <class T>
void DctLanes<T>::run(const LineGroup<const T>& in, const LineGroup<T>& out, T scale,
                      bool orthogonalize) const {
  if (prime_) return prime(in, out, scale, orthogonalize);
  if (folded_ && type_ == 2) return two_folded(in, out, scale, orthogonalize);
  if (folded_ && type_ == 3) return three_folded(in, out, scale, orthogonalize);
  if (folded_ && type_ == 4) return four_folded(in, out, scale);
  if (odd_) return odd(in, out, scale, orthogonalize);
  return one(in, out, scale, orthogonalize);
}

namespace {

template <class T, Trigonometric kind, int type>
struct Cached final : DctLanes<T> {
  explicit Cached(std::size_t n) : DctLanes<T>(kind, type, n) {}
};

template <class T, Trigonometric kind, int type>
std::shared_ptr<const DctLanes<T>> cached(std::size_t n) {
  static Cache<Cached<T, kind, type>> cache(cache_limit);
  return cache.get(n);
}

template <class T, Trigonometric kind>
std::shared_ptr<const DctLanes<T>> cached(int type, std::size_t n) {
  switch (type) {
    case 1:
      return cached<T, kind, 1>(n);
    case 2:
      return cached<T, kind, 2>(n);
    case 3:
      return cached<T, kind, 3>(n);
    default:
      return cached<T, kind, 4>(n);
  }
}

}  // namespace

template <class T>
std::shared_ptr<const DctLanes<T>> dct_lanes(Trigonometric kind, int type, std::size_t n) {
  return kind == Trigonometric::sine ? cached<T, Trigonometric::sine>(type, n)
                                     : cached<T, Trigonometric::cosine>(type, n);
}

template class DctLanes<float>;
template class DctLanes<double>;
template std::shared_ptr<const DctLanes<float>> dct_lanes(Trigonometric, int, std::size_t);
template std::shared_ptr<const DctLanes<double>> dct_lanes(Trigonometric, int, std::size_t);

}  // namespace flipshift::fft

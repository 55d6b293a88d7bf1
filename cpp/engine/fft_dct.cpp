// One contiguous line: each type by a real or complex Fourier transform and steps around it.
//
// Of the sine transforms, II is the cosine transform of x[j] (-1)^j read backwards, III the same
// the other way round, and IV the cosine transform of x backwards, times (-1)^k.
#include "engine/fft_dct.hpp"

#include <algorithm>

#include "engine/dispatch.hpp"
#include "engine/fft.hpp"
#include "engine/fft_bluestein_parts.hpp"
#include "engine/fft_cache.hpp"
#include "engine/fft_columns.hpp"
#include "engine/fft_dct_chirp.hpp"
#include "engine/fft_dct_dense.hpp"
#include "engine/fft_dct_lanes.hpp"
#include "engine/fft_dct_line.hpp"
#include "engine/fft_plan.hpp"
#include "engine/roots.hpp"
#include "engine/scratch.hpp"
#include "kernels/fft_dct.hpp"

namespace flipshift::fft {

namespace {

// From this length on a copy takes little of the time of a convolution.
constexpr std::size_t in_place_from = 8000;

constexpr double sqrt2 = 1.41421356237309504880;

// Tables of plans that are kept, for each kind and precision.
constexpr std::size_t cache_limit = std::size_t{16} << 20;

template <class T>
const FftDctTable<T>& steps() {
  return kernels<FftDctTable<T>>();
}

// Transforms of v in place, or by way of n numbers at `other` if that takes less memory.
template <class T>
void forward(const RealLine<T>& line, T* v, std::size_t n, T* other, T scale) {
  const T* const from = line.copies() ? std::copy_n(v, n, other) - n : v;
  line.forward(from, reinterpret_cast<std::complex<T>*>(v), scale);
}
template <class T>
void backward(const RealLine<T>& line, T* v, std::size_t n, T* other, T scale) {
  T* const to = line.copies() ? other : v;
  line.backward(reinterpret_cast<const std::complex<T>*>(v), to, scale);
  if (to != v) std::copy_n(to, n, v);
}
template <class T>
void transform(const Plan<T>& plan, T* v, Direction direction, T scale) {
  auto* const z = reinterpret_cast<std::complex<T>*>(v);
  plan.run(z, z, direction, scale);
}

// Transforms the numbers that `make` makes of the n = 2 h at x, to y and from there to v, with all
// scratch but v in use before v is; false if the plan of h points is no convolution, which would
// take a tenth to a third longer for that.
template <class T>
bool transform_made(const Plan<T>& plan, typename FftBluesteinNumbersTable<T>::Numbers make,
                    const T* x, const T* tw, T first, T* y, bool backward, T scale) {
  const std::size_t h = plan.size(), n = 2 * h;
  if (const auto* const parts = plan.algorithm().parts()) {
    parts->run(x, {make, n, n, tw, first}, y, backward, scale, 1);
    return true;
  }
  if (!plan.algorithm().is_bluestein() || n < in_place_from) return false;
  {
    Scratch<T> copy(x == y ? n : 0);
    const T* const from = x == y ? std::copy_n(x, n, copy.data()) - n : x;
    const auto w = static_cast<std::size_t>(kernels<FftTable<T>>().passes[0].width);
    make(from, n, tw, first, 0, w, h, y);
  }
  transform(plan, y, backward ? Direction::backward : Direction::forward, scale);
  return true;
}
template <class T>
const FftBluesteinNumbersTable<T>& numbers() {
  return kernels<FftBluesteinNumbersTable<T>>();
}

}  // namespace

template <class T>
Buffer<T> root_table(std::size_t count, std::size_t first, std::size_t step, std::size_t order) {
  Buffer<T> tw(2 * count);
  const Roots roots(order);
  for (std::size_t k = 0; k < count; ++k) {
    const Root z = roots[first + step * k];
    tw[k] = static_cast<T>(z.re);
    tw[count + k] = static_cast<T>(z.im);
  }
  return tw;
}

// Types II and III by one real transform of n points (J. Makhoul, IEEE Trans. ASSP 28, 1980). For
// even n the steps that make it of a complex one of n / 2 points are one with the rotations.
template <class T>
class DctTwo {
 public:
  explicit DctTwo(std::size_t n) : n_(n) {
    if (n % 2 == 0 && !by_definition(n, true)) {
      complex_ = plan<T>(n / 2);
      const std::size_t count = n / 4 + 1;
      tw_ = Buffer<T>(4 * count);
      const Roots roots(4 * n);
      for (std::size_t k = 0; k < count; ++k) {
        const Root t = roots[k], u = roots[5 * k + n];
        tw_[k] = static_cast<T>(t.re);
        tw_[count + k] = static_cast<T>(t.im);
        tw_[2 * count + k] = static_cast<T>(u.re);
        tw_[3 * count + k] = static_cast<T>(u.im);
      }
    } else {
      real_ = std::make_unique<RealLine<T>>(n);
      tw_ = root_table<T>(n / 2 + 1, 0, 1, 4 * n);
    }
  }
  std::size_t size() const { return n_; }
  std::size_t bytes() const {
    return (real_ ? real_->bytes() : complex_->bytes()) + tw_.size() * sizeof(T);
  }

  void two(const T* x, T* y, Trigonometric kind, T scale, bool orthogonalize) const {
    const bool sine = kind == Trigonometric::sine;
    if (const auto* parts = real_ ? real_->parts() : nullptr) {
      parts->two(x, y, sine, tw_.data(), 2 * scale);
      if (orthogonalize) y[sine ? n_ - 1 : 0] *= T(sqrt2 / 2);
      return;
    }
    const bool made = complex_ && transform_made<T>(*complex_, numbers<T>().two[sine], x, nullptr,
                                                    T(1), y, false, T(1));
    Scratch<T> v(n_ + 2);
    if (made) {
      std::copy_n(y, n_, v.data());
    } else {
      steps<T>().fold(x, v.data(), n_, sine ? T(-1) : T(1));
    }
    if (complex_) {
      if (!made) transform(*complex_, v.data(), Direction::forward, T(1));
      return steps<T>().leave_two[sine](v.data(), y, n_ / 2, tw_.data(), scale,
                                        orthogonalize ? T(sqrt2 / 2) : T(1));
    }
    forward(*real_, v.data(), n_, y, T(1));
    steps<T>().rotate[sine](v.data(), y, n_, tw_.data(), n_ / 2 + 1, 2 * scale);
    if (orthogonalize) y[sine ? n_ - 1 : 0] *= T(sqrt2 / 2);
  }

  void three(const T* x, T* y, Trigonometric kind, T scale, bool orthogonalize) const {
    const bool sine = kind == Trigonometric::sine;
    const T first = orthogonalize ? T(sqrt2) : T(1);
    if (const auto* parts = real_ ? real_->parts() : nullptr)
      return parts->three(x, y, sine, tw_.data(), scale, first);
    const bool made = complex_ && transform_made<T>(*complex_, numbers<T>().three[sine], x,
                                                    tw_.data(), first, y, true, scale);
    Scratch<T> v(n_ + 2);
    if (made) {
      std::copy_n(y, n_, v.data());
    } else if (complex_) {
      steps<T>().enter_three[sine](x, v.data(), n_ / 2, tw_.data(), first);
      transform(*complex_, v.data(), Direction::backward, scale);
    } else {
      steps<T>().unrotate[sine](x, v.data(), n_, tw_.data(), n_ / 2 + 1, first);
      backward(*real_, v.data(), n_, y, scale);
    }
    steps<T>().unfold(v.data(), y, n_, sine ? T(-1) : T(1));
  }

 private:
  std::size_t n_;
  std::shared_ptr<const Plan<T>> complex_;
  std::unique_ptr<const RealLine<T>> real_;
  Buffer<T> tw_;
};

// Type I, of m + 1 points for the cosine and m - 1 for the sine: the spectrum of the even or odd
// sequence e of 2 m points that the definition stands for, by a complex transform of m points.
//
// Where that has no direct algorithm: for even m, the odd frequencies are a transform of type III
// of the differences x[j] - x[m-j] (sine: sums), m / 2 points, the others one of type I of the
// sums. For odd m, e is one of 2 by m points (I. J. Good, J. R. Stat. Soc. B 20, 1958), in
//   z[j] = e[j] + e[j+m] + i (-1)^j (e[j] - e[j+m]),
// whose spectrum, real and imaginary parts, is that of e at 2k and m + 2k, and even.
template <class T>
class DctOne {
 public:
  explicit DctOne(std::size_t m) : m_(m) {
    const bool halved = m % 2 == 0 && m >= shortest_halved;
    if (!halved) complex_ = plan<T>(m);
    const bool rough = complex_ && complex_->algorithm().is_bluestein();
    if (rough) complex_.reset();
    if (halved || (rough && m % 2 == 0)) {
      three_ = std::make_unique<DctTwo<T>>(m / 2);
      half_ = std::make_unique<DctOne<T>>(m / 2);
    } else if (rough) {
      parts_ = BluesteinParts<T>::make(m, true);
      if (!parts_) chirp_ = std::make_unique<Chirp<T>>(m);
    } else {
      tw_ = root_table<T>(m / 2 + 1, 0, 1, 2 * m);
    }
  }
  std::size_t size() const { return m_; }
  std::size_t bytes() const {
    if (parts_) return parts_->bytes();
    if (chirp_) return chirp_->bytes();
    if (half_) return three_->bytes() + half_->bytes();
    return complex_->bytes() + tw_.size() * sizeof(T);
  }

  void run(const T* x, T* y, Trigonometric kind, T scale, bool orthogonalize) const {
    const bool sine = kind == Trigonometric::sine;
    if (sine) orthogonalize = false;
    if (chirp_ || parts_) {
      const T first = orthogonalize ? T(sqrt2) : T(1);
      parts_ ? parts_->one(x, y, sine, scale, first) : chirp_->good(x, y, sine, scale, first);
      if (orthogonalize) scale_ends(y);
      return;
    }
    if (half_) return halves(x, y, kind, scale, orthogonalize);
    Scratch<T> scratch(2 * m_);
    auto* z = reinterpret_cast<std::complex<T>*>(scratch.data());
    steps<T>().enter_one[sine](x, scratch.data(), m_, orthogonalize ? T(sqrt2) : T(1));
    complex_->run(z, z, Direction::forward, T(1));
    steps<T>().leave_one[sine](scratch.data(), y, m_, tw_.data(), scale / 2,
                               orthogonalize ? T(sqrt2 / 2) : T(1));
  }

 private:
  void halves(const T* x, T* y, Trigonometric kind, T scale, bool orthogonalize) const {
    const bool sine = kind == Trigonometric::sine;
    const std::size_t h = m_ / 2;
    const T first = orthogonalize ? T(sqrt2) : T(1);
    // Sums, or differences for sine, at the beginning of y, the others in scratch; their transforms
    // at the two ends of y.
    const std::size_t evens = h + 1 - 2 * sine;
    T* const odd = y + evens;
    {
      Scratch<T> others(h);
      const T* const z = x - sine;
      if (sine) {
        others[h - 1] = 2 * x[h - 1];
        steps<T>().split_one(z, others.data() - 1, y - 1, m_, h);
      } else {
        const T sum = (x[0] + x[m_]) * first, middle = 2 * x[h];
        others[0] = (x[0] - x[m_]) * first;
        steps<T>().split_one(z, y, others.data(), m_, h);
        y[0] = sum;
        y[h] = middle;
      }
      three_->three(others.data(), odd, kind, scale, false);
    }
    half_->run(y, y, kind, scale, false);
    Scratch<T> even(evens);
    std::copy_n(y, evens, even.data());
    if (sine) {
      steps<T>().interleave(odd, even.data(), y, evens);
      y[2 * evens] = y[m_ - 2];
    } else {
      steps<T>().interleave(even.data(), odd, y, h);
      y[m_] = even[h];
    }
    if (orthogonalize) scale_ends(y);
  }

  void scale_ends(T* y) const {
    y[0] *= T(sqrt2 / 2);
    y[m_] *= T(sqrt2 / 2);
  }

  // From here on halves take less time than one transform, for which that of a real sequence that
  // is even would be enough (0.6 of it at 8192, measured on Zen 5, 2026-11).
  static constexpr std::size_t shortest_halved = 4096;
  std::size_t m_;
  std::shared_ptr<const Plan<T>> complex_;
  std::unique_ptr<const BluesteinParts<T>> parts_;
  std::unique_ptr<const Chirp<T>> chirp_;
  std::unique_ptr<const DctTwo<T>> three_;
  std::unique_ptr<const DctOne<T>> half_;
  Buffer<T> tw_;
};

// Type IV. Even n: a complex transform of n / 2 points between two rotations by the same roots.
//
// Odd n: a real transform of n points (after S. C. Chan and K. L. Ho, IEE Proc. F 137, 1990). The
// sum is one over products s t of odd numbers s = 2j + 1, t = 2k + 1 in cos(2 pi s t / 8n), which
// only changes its sign if s or t is replaced by itself plus 4n, and not even that if by its
// negative. One of these four is n + 4p modulo 8n with 0 <= p < n; with t = n + 4q likewise
//   cos(2 pi s t / 8n) = (-1)^(p+q) cos(2 pi (n / 8 + 2 p q / n)),
// so that a permutation with signs on either side of a transform in 2p, at frequency q, is all.
template <class T>
class DctFour {
 public:
  explicit DctFour(std::size_t n) : n_(n) {
    if (n % 2 == 0) {
      complex_ = plan<T>(n / 2);
      tw_ = root_table<T>(n / 2, 1, 8, 16 * n);
      return;
    }
    real_ = std::make_unique<RealLine<T>>(n);
  }
  std::size_t size() const { return n_; }
  std::size_t bytes() const {
    return (complex_ ? complex_->bytes() : real_->bytes()) + tw_.size() * sizeof(T);
  }

  void run(const T* x, T* y, Trigonometric kind, T scale) const {
    const bool sine = kind == Trigonometric::sine;
    if (const auto* parts = real_ ? real_->parts() : nullptr)
      return parts->odd_four(x, y, sine, static_cast<T>(sqrt2 * scale));
    const bool made = complex_ && transform_made<T>(*complex_, numbers<T>().four[sine], x,
                                                    tw_.data(), T(1), y, false, T(1));
    Scratch<T> scratch(n_ + n_ % 2);
    if (real_) {
      steps<T>().enter_odd[sine](x, scratch.data(), n_);
      // 2 cos(pi n / 4) and its sine are both sqrt 2 but for the sign.
      forward(*real_, scratch.data(), n_, y, static_cast<T>(sqrt2 * scale));
      scratch[1] = 0;
      return steps<T>().leave_odd[sine](scratch.data(), y, n_);
    }
    if (made) {
      std::copy_n(y, n_, scratch.data());
    } else {
      steps<T>().enter[sine](x, scratch.data(), n_ / 2, tw_.data());
      transform(*complex_, scratch.data(), Direction::forward, T(1));
    }
    steps<T>().leave[sine](scratch.data(), y, n_ / 2, tw_.data(), 2 * scale);
  }

 private:
  std::size_t n_;
  std::shared_ptr<const Plan<T>> complex_;   // even n
  std::unique_ptr<const RealLine<T>> real_;  // odd n
  Buffer<T> tw_;
};

namespace {

template <class P>
std::shared_ptr<const P> cached(std::size_t n) {
  static Cache<P> cache(cache_limit);
  return cache.get(n);
}

}  // namespace

// Short rough lengths go by the matrix, in double for single precision too, where a sum of that
// many products would err more than what others do.
template <class T>
DctPlan<T>::DctPlan(Trigonometric kind, int type, std::size_t n, bool orthogonalize)
    : kind_(kind), type_(type), n_(n), orthogonalize_(orthogonalize) {
  const std::size_t length = type > 1 ? n : kind == Trigonometric::sine ? n + 1 : n - 1;
  const bool smooth = is_smooth(length);
  if (n <= DctDense<T>::longest() || (!smooth && sizeof(T) == 8 && n <= dct_longest_dense)) {
    dense_ = dct_dense<T>(kind, type, n, orthogonalize);
  } else if (!smooth && sizeof(T) == 4 && n <= dct_longest_dense) {
    precise_ = std::make_shared<DctPlan<double>>(kind, type, n, orthogonalize);
  } else if (type == 1) {
    one_ = cached<DctOne<T>>(kind == Trigonometric::sine ? n + 1 : n - 1);
  } else if (type == 4) {
    four_ = cached<DctFour<T>>(n);
  } else {
    two_ = cached<DctTwo<T>>(n);
  }
}

template <class T>
void DctPlan<T>::run(const T* x, T* y, T scale) const {
  if (dense_) return dense_->lines(x, 0, y, 0, 1, scale);
  if (precise_) {
    Scratch<double> line(n_);
    std::copy_n(x, n_, line.data());
    precise_->run(line.data(), line.data(), scale);
    std::transform(line.data(), line.data() + n_, y, [](double a) { return static_cast<T>(a); });
    return;
  }
  switch (type_) {
    case 1:
      return one_->run(x, y, kind_, scale, orthogonalize_);
    case 2:
      return two_->two(x, y, kind_, scale, orthogonalize_);
    case 3:
      return two_->three(x, y, kind_, scale, orthogonalize_);
    default:
      return four_->run(x, y, kind_, scale);
  }
}

template class DctPlan<float>;
template class DctPlan<double>;

template Buffer<float> root_table(std::size_t, std::size_t, std::size_t, std::size_t);
template Buffer<double> root_table(std::size_t, std::size_t, std::size_t, std::size_t);

}  // namespace flipshift::fft

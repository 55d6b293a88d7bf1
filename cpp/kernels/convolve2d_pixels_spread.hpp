// Sums of pixels in double precision, back in the samples' width without their fractions: each
// product rounded before it is added, from the first sample of the first row to the last.
//
// Samples lie in words of 64 bits, and vector c of a group takes sample c of each word. So to widen
// is to shift, what stands `step` columns further on is another vector of the same row, not one
// across two lines of the cache, and a row of outputs is put together by shifts, all without an
// exchange between lanes.
#pragma once

#include <type_traits>

#include "kernels/convolve2d_pixels.hpp"
#include "kernels/pixel_lanes.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

#define FLIPSHIFT_STEP(i) [&](auto i) __attribute__((always_inline))

// For samples of X that become integers of the same width, their sums being below 2^31.
template <class X>
class Spread {
 public:
  static constexpr int W = max_width<double>;
  static constexpr int vectors = 8 / static_cast<int>(sizeof(X));  // of a group
  static constexpr std::size_t cols = W * vectors;

  explicit Spread(const PixelRectangle<X>& p) : p_(p) {
    width_ = vectors + (p.kernel_cols - 1) * static_cast<std::size_t>(p.step);
    const std::size_t rows = width_ > capacity ? 0 : capacity / width_;
    most_rows_ = rows < p.kernel_rows ? 0 : rows - (p.kernel_rows - 1);
    if (most_rows_ > 16) most_rows_ = 16;
    most_rows_ -= most_rows_ % together;
  }

  // Whether the samples under some rows of outputs fit where they are kept.
  bool fits() const { return most_rows_ > 0; }

  // Whether samples and sums stay in registers: takes little longer than single precision.
  bool in_registers() const {
    return FLIPSHIFT_VECTOR_REGISTERS == 32 && p_.kernel_rows == 3 && p_.kernel_cols == 3 &&
           (p_.step == 1 || p_.step == 3);
  }

  // Columns of the narrowest rectangles: several rows of them share a group.
  static constexpr std::size_t least_cols =
      max_width<float> * sizeof(X) < 8 ? cols : max_width<float>;

  // Outputs of rows row .. row + rows - 1 and columns col .. end - 1, at least least_cols of them.
  void run(const double* taps, std::size_t row, std::size_t rows, std::size_t col,
           std::size_t end) const {
    constexpr int parts = static_cast<int>(cols / least_cols);
    if (end >= cols)
      pieces<1>(taps, row, rows, col, end);
    else if constexpr (parts > 1)
      pieces<parts>(taps, row, rows, col, end);
  }

 private:
  static constexpr int bits = 8 * static_cast<int>(sizeof(X));
  // Rows of outputs that meet a sample while it is in a register.
  static constexpr std::size_t together = FLIPSHIFT_VECTOR_REGISTERS == 32 || vectors == 4 ? 2 : 1;
  static constexpr std::size_t capacity = 512;  // vectors
  using D = Vec<double, W>;
  using Word = Vec<std::uint64_t, W>;
  static constexpr bool has_sign = X(-1) < X(0);

  // A group of outputs: columns side by side, or `Parts` times as few columns of rows that lie
  // x_jump and y_jump apart.
  struct Place {
    const X* x;
    X* y;
    std::ptrdiff_t x_jump, y_jump;
  };

  template <int Parts>
  static FLIPSHIFT_INLINE Word load_words(const X* x, [[maybe_unused]] std::ptrdiff_t jump) {
    constexpr int n = W / Parts;  // words of a part
    const auto part = [&](int i) __attribute__((always_inline)) {
      return (Vec<std::uint64_t, n>)loadu<X, n * vectors>(x + i * jump);
    };
    if constexpr (Parts == 1) {
      return part(0);
    } else if constexpr (n == 1) {
      std::uint64_t word[Parts];
      for (int i = 0; i < Parts; ++i) std::memcpy(word + i, x + i * jump, 8);
      return loadu<std::uint64_t, W>(word);
    } else if constexpr (Parts == 2 && n == 2) {
      return __builtin_shufflevector(part(0), part(1), 0, 1, 2, 3);
    } else if constexpr (Parts == 2) {
      return __builtin_shufflevector(part(0), part(1), 0, 1, 2, 3, 4, 5, 6, 7);
    } else {
      const auto low = __builtin_shufflevector(part(0), part(1), 0, 1, 2, 3);
      const auto high = __builtin_shufflevector(part(2), part(3), 0, 1, 2, 3);
      return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7);
    }
  }
  template <int Parts>
  static FLIPSHIFT_INLINE void store_words(X* y, [[maybe_unused]] std::ptrdiff_t jump, Word out) {
    if constexpr (Parts == 1) {
      storeu<X, W * vectors>(y, (Vec<X, W * vectors>)out);
    } else {
      alignas(FLIPSHIFT_VECTOR_BYTES) X outputs[cols];
      store<X, W * vectors>(outputs, (Vec<X, W * vectors>)out);
      for (int i = 0; i < Parts; ++i)
        std::memcpy(y + i * jump, outputs + i * (cols / Parts), sizeof(Word) / Parts);
    }
  }

  template <int Parts>
  void pieces(const double* taps, std::size_t row, std::size_t rows, std::size_t col,
              std::size_t end) const {
    constexpr std::size_t width = cols / Parts;
    // Parts of as many rows, one after the other.
    const std::size_t jump = Parts > 1 ? rows / Parts : 0, some = rows - (Parts - 1) * jump;
    for (std::size_t j = col; j < end; j += width) {
      // What does not fit ends with the rectangle, in part again.
      const std::size_t at = j + width <= end ? j : end - width;
      const Place place{p_.x + static_cast<std::ptrdiff_t>(row) * p_.x_stride + at,
                        static_cast<X*>(p_.y) + static_cast<std::ptrdiff_t>(row) * p_.y_stride + at,
                        static_cast<std::ptrdiff_t>(jump) * p_.x_stride,
                        static_cast<std::ptrdiff_t>(jump) * p_.y_stride};
#if FLIPSHIFT_VECTOR_REGISTERS == 32
      if (in_registers()) {
        if (p_.step == 1)
          three<1, Parts>(taps, place, some);
        else
          three<3, Parts>(taps, place, some);
        continue;
      }
#endif
      for (std::size_t i = 0; i < some; i += most_rows_) {
        const auto down = static_cast<std::ptrdiff_t>(i);
        block<Parts>(taps,
                     {place.x + down * p_.x_stride, place.y + down * p_.y_stride, place.x_jump,
                      place.y_jump},
                     some - i < most_rows_ ? some - i : most_rows_);
      }
    }
  }

  // Sample C of each word.
  template <int C>
  static FLIPSHIFT_INLINE D widened_sample(Word w) {
    constexpr int up = 64 - bits * (C + 1), down = 64 - bits;
#if defined(__AVX512DQ__)
    if constexpr (has_sign)
      return (D)_mm512_maskz_cvtepi64_pd(0xff, (__m512i)((Vec<std::int64_t, W>)(w << up) >> down));
    // One shuffle in the place of two shifts.
    Vec<std::uint8_t, 8 * W> from = {};
    for (std::size_t i = 0; i < 8 * W; ++i)
      from[i] = i % 8 < sizeof(X) ? (i % 16 / 8) * 8 + C * sizeof(X) + i % 8 : 128;
    const __m512i sample = _mm512_maskz_shuffle_epi8(~__mmask64{0}, (__m512i)w, (__m512i)from);
    return (D)_mm512_maskz_cvtepi64_pd(0xff, sample);
#else
    // In the low bits of 2^52; negative ones would borrow, so all are made positive.
    constexpr std::uint64_t bias = has_sign ? std::uint64_t{1} << (bits - 1) : 0;
    constexpr std::uint64_t exponent = 0x4330000000000000;
    const Word sample = (((w << up) >> down) ^ bias) | exponent;
    return (D)sample - (0x1p52 + static_cast<double>(bias));
#endif
  }

  // Sums without their fractions, right in the low bits.
  static FLIPSHIFT_INLINE Word whole_sums(D sum) {
#if defined(__AVX512DQ__)
    return (Word)_mm512_maskz_cvttpd_epi64(0xff, (__m512d)sum);
#elif defined(__AVX2__)
    return (Word)((D)_mm256_round_pd((__m256d)sum, 3) + 0x1.8p52);
#elif defined(__SSE4_1__)
    return (Word)((D)_mm_round_pd((__m128d)sum, 3) + 0x1.8p52);
#else
    return (Word) __builtin_convertvector(sum, Vec<std::int64_t, W>);
#endif
  }
  // Puts outputs into their place, that of sample C, which is 0 in all words.
  template <int C>
  static FLIPSHIFT_INLINE void put(Word& out, D sum) {
    constexpr std::uint64_t mask = ((std::uint64_t{1} << bits) - 1) << C * bits;
    const Word w = whole_sums(sum) << C * bits;
#if defined(__AVX512F__)
    // w where the mask is 1.
    out = (Word)_mm512_ternarylogic_epi64((__m512i)out, (__m512i)w, (__m512i)(Word{} + mask), 0xd8);
#else
    out |= w & mask;
#endif
  }

  // A row of samples to width_ vectors. The last words are moved back to end with the samples.
  template <int Parts>
  FLIPSHIFT_INLINE void widen(const X* x, std::ptrdiff_t jump, double* to) const {
    const std::size_t whole = width_ / vectors * vectors;
    for (std::size_t t = 0; t < whole; t += vectors) {
      const Word w = load_words<Parts>(x + t, jump);
      unroll<vectors>(FLIPSHIFT_STEP(c) {
        store<double, W>(to + (t + static_cast<std::size_t>(c)) * W, widened_sample<c>(w));
      });
    }
    if (whole == width_) return;
    const std::size_t t = width_ - vectors;
    const Word w = load_words<Parts>(x + t, jump);
    unroll<vectors>(FLIPSHIFT_STEP(c) {
      if (t + static_cast<std::size_t>(c) >= whole)
        store<double, W>(to + (t + static_cast<std::size_t>(c)) * W, widened_sample<c>(w));
    });
  }

  template <int Parts>
  __attribute__((noinline)) void block(const double* taps, Place to, std::size_t rows) const {
    alignas(FLIPSHIFT_VECTOR_BYTES) double wide[capacity * W];
    const X* x = to.x;
    for (std::size_t i = 0; i < rows + p_.kernel_rows - 1; ++i, x += p_.x_stride)
      widen<Parts>(x, to.x_jump, wide + i * width_ * W);
    for (std::size_t i = 0; i < rows; i += together) {
      if constexpr (together > 1)
        if (i + together > rows) {
          sums<1, Parts>(wide + i * width_ * W, taps, to.y, to.y_jump);
          return;
        }
      sums<together, Parts>(wide + i * width_ * W, taps, to.y, to.y_jump);
      to.y += static_cast<std::ptrdiff_t>(together) * p_.y_stride;
    }
  }

  // `First`: rows of outputs First .. Last - 1 of a tile meet this row of samples, by their own
  // rows of taps.
  template <int First, int Last, int R>
  FLIPSHIFT_INLINE void add(const double* sample, const double* taps, D (&sum)[R][vectors]) const {
    const auto n = static_cast<std::ptrdiff_t>(p_.kernel_cols);
    const std::ptrdiff_t step = p_.step * W;
#pragma GCC unroll 1
    for (std::ptrdiff_t b = 0; b < n; ++b, sample += step) {
      D tap[R];
      unroll<R>(FLIPSHIFT_STEP(r) {
        if constexpr (r >= First && r < Last) {
          tap[r] = broadcast<double, W>(taps[b - r * n]);
          keep(tap[r]);
        }
      });
      unroll<vectors>(FLIPSHIFT_STEP(v) {
        D s = load<double, W>(sample + v * W);
        if constexpr (Last - First > 1) keep(s);
        unroll<R>(FLIPSHIFT_STEP(r) {
          if constexpr (r >= First && r < Last) {
            D product = tap[r] * s;
            keep(product);  // no fused multiply-add
            sum[r][v] += product;
          }
        });
      });
    }
  }

  template <int R, int Parts>
  FLIPSHIFT_INLINE void sums(const double* wide, const double* taps, X* y,
                             std::ptrdiff_t jump) const {
    static_assert(R <= 2);
    D sum[R][vectors];
    unroll<R>(FLIPSHIFT_STEP(r) { unroll<vectors>(FLIPSHIFT_STEP(v) { sum[r][v] = D{}; }); });
    const std::size_t row = width_ * W;
    if constexpr (R == 2) {
      add<0, 1, R>(wide, taps, sum);
      wide += row;
      taps += p_.kernel_cols;
    }
    for (std::size_t a = R - 1; a < p_.kernel_rows; ++a, wide += row, taps += p_.kernel_cols)
      add<0, R, R>(wide, taps, sum);
    if constexpr (R == 2) add<1, 2, R>(wide, taps, sum);
    unroll<R>(FLIPSHIFT_STEP(r) {
      Word out{};
      unroll<vectors>(FLIPSHIFT_STEP(v) { put<v>(out, sum[r][v]); });
      store_words<Parts>(y + r * p_.y_stride, jump, out);
    });
  }

#if FLIPSHIFT_VECTOR_REGISTERS == 32
  // A kernel of 3 x 3 on samples that are neighbours stays in registers, as do the sums that a row
  // of samples takes part in: it is the last row of some, which are complete then, the middle one
  // of others, and begins the next.
  struct Three {
    D tap[9];
    D middle[vectors], last[vectors];
  };
  template <int Step, int Parts, bool First, bool Middle, bool Last>
  static FLIPSHIFT_INLINE void three_rows(const Place& to, Three& k) {
    constexpr int width = vectors + 2 * Step, words = (width + vectors - 1) / vectors;
    // The last words end with the samples.
    constexpr auto at = [](int word) {
      return word * vectors < width - vectors ? word * vectors : width - vectors;
    };
    Word w[words], out{};
    unroll<words>(FLIPSHIFT_STEP(i) { w[i] = load_words<Parts>(to.x + at(i), to.x_jump); });
    D first[vectors];
    // One after the other the samples that meet the same sums: few are under way at a time.
    unroll<Step>(FLIPSHIFT_STEP(c) {
      unroll<(width - c + Step - 1) / Step>(FLIPSHIFT_STEP(n) {
        constexpr int t = c + n * Step, word = t / vectors;
        const D sample = widened_sample<t - at(word)>(w[word]);
        const auto times = [&](int i) __attribute__((always_inline)) {
          D product = k.tap[i] * sample;
          pin(product);  // no fused multiply-add
          return product;
        };
        unroll<3>(FLIPSHIFT_STEP(i) {
          constexpr int b = 2 - i, v = t - b * Step;
          if constexpr (v >= 0 && v < vectors) {
            if constexpr (Last) k.last[v] += times(6 + b);
            if constexpr (Last && b == 2) put<v>(out, k.last[v]);
            if constexpr (Middle) k.middle[v] += times(3 + b);
            if constexpr (First && b > 0) first[v] += times(b);
            if constexpr (First && b == 0) first[v] = times(b);
            if constexpr (b == 2) {
              k.last[v] = k.middle[v];
              if constexpr (First) k.middle[v] = first[v];
            }
          }
        });
      });
    });
    if constexpr (Last) store_words<Parts>(to.y, to.y_jump, out);
  }

  template <int Step, int Parts>
  __attribute__((noinline)) void three(const double* taps, Place to, std::size_t rows) const {
    Three k;
    for (int i = 0; i < 9; ++i) k.tap[i] = broadcast<double, W>(taps[i]);
    const auto next = [&] { to.x += p_.x_stride; };
    three_rows<Step, Parts, true, false, false>(to, k);
    next();
    if (rows > 1) {
      three_rows<Step, Parts, true, true, false>(to, k);
      next();
      for (std::size_t i = 2; i < rows; ++i, to.y += p_.y_stride, next())
        three_rows<Step, Parts, true, true, true>(to, k);
      three_rows<Step, Parts, false, true, true>(to, k);
      to.y += p_.y_stride;
    } else {
      three_rows<Step, Parts, false, true, false>(to, k);
    }
    next();
    three_rows<Step, Parts, false, false, true>(to, k);
  }
#endif

  const PixelRectangle<X>& p_;
  std::size_t width_, most_rows_;
};

}  // namespace
}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE

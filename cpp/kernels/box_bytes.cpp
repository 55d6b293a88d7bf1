// Means over boxes of bytes.
//
// Bytes are taken as 16-bit lanes that hold two neighbours: the even ones are what a mask leaves,
// the odd ones what a shift does, and no byte has to be moved to another lane. Short windows along
// a line are summed byte by byte, longer ones are the difference of two sums from the line's
// beginning, modulo 2^16, which need only be made for pairs.
#include "kernels/box_bytes.hpp"

#include <algorithm>
#include <utility>

#include "kernels/simd.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

using std::size_t;
using std::uint16_t;
using std::uint8_t;

constexpr int W = max_width<uint16_t>;
constexpr size_t bytes = 2 * W;
using V = Vec<uint16_t, W>;

FLIPSHIFT_INLINE V load_pairs(const uint8_t* p) {
  return loadu<uint16_t, W>(reinterpret_cast<const uint16_t*>(p));
}
FLIPSHIFT_INLINE void store_pairs(uint8_t* p, V v) {
  storeu<uint16_t, W>(reinterpret_cast<uint16_t*>(p), v);
}
// The first `count` bytes, which is less than a vector; the others 0.
FLIPSHIFT_INLINE V load_some(const uint8_t* p, size_t count) {
#if defined(__AVX512BW__)
  return (V)_mm512_maskz_loadu_epi8((std::uint64_t{1} << count) - 1, p);
#else
  V v{};
  std::memcpy(&v, p, count);
  return v;
#endif
}
FLIPSHIFT_INLINE void store_some(uint8_t* p, V v, size_t count) {
#if defined(__AVX512BW__)
  _mm512_mask_storeu_epi8(p, (std::uint64_t{1} << count) - 1, (__m512i)v);
#else
  std::memcpy(p, &v, count);
#endif
}
FLIPSHIFT_INLINE V even(V v) { return v & uint16_t{0xff}; }
FLIPSHIFT_INLINE V odd(V v) { return v >> uint16_t{8}; }

FLIPSHIFT_INLINE V high_half(V a, V b) {
#if defined(__AVX512BW__)
  return (V)_mm512_mulhi_epu16((__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
  return (V)_mm256_mulhi_epu16((__m256i)a, (__m256i)b);
#elif defined(__SSE2__)
  return (V)_mm_mulhi_epu16((__m128i)a, (__m128i)b);
#else
  typedef std::uint32_t Wide __attribute__((vector_size(4 * W)));
  return __builtin_convertvector(
      (__builtin_convertvector(a, Wide) * __builtin_convertvector(b, Wide)) >> 16, V);
#endif
}

struct Divide {
  V factor, bias;
  int shift;
  explicit Divide(ByteQuotient q)
      : factor(broadcast<uint16_t, W>(q.factor)),
        bias(broadcast<uint16_t, W>(q.bias)),
        shift(q.shift) {}
  FLIPSHIFT_INLINE V operator()(V sum) const {
#if defined(__AVX512BW__)
    return (V)_mm512_srl_epi16((__m512i)high_half(sum + bias, factor), _mm_cvtsi32_si128(shift));
#else
    return high_half(sum + bias, factor) >> static_cast<uint16_t>(shift);
#endif
  }
  FLIPSHIFT_INLINE V operator()(V evens, V odds) const {
    return (*this)(evens) | (*this)(odds) << uint16_t{8};
  }
};

// ---- Down the rows

void add_rows(const uint8_t* const* rows, size_t count, size_t cols, uint16_t* sums) {
  for (size_t c = 0; c < cols; c += bytes, sums += bytes) {
    V evens{}, odds{};
    const size_t left = cols - c;
    for (size_t k = 0; k < count; ++k) {
      const V x = left >= bytes ? load_pairs(rows[k] + c) : load_some(rows[k] + c, left);
      evens += even(x);
      odds += odd(x);
    }
    store<uint16_t, W>(sums, evens);
    store<uint16_t, W>(sums + W, odds);
  }
}

void slide(const uint8_t* enters, const uint8_t* leaves, size_t cols, uint16_t* sums,
           ByteQuotient quotient, uint8_t* y) {
  const Divide divide(quotient);
  const auto step = [&](V in, V out, size_t c) __attribute__((always_inline)) {
    uint16_t* s = sums + c;
    const V evens = load<uint16_t, W>(s) + even(in), odds = load<uint16_t, W>(s + W) + odd(in);
    store_pairs(y + c, divide(evens, odds));
    store<uint16_t, W>(s, evens - even(out));
    store<uint16_t, W>(s + W, odds - odd(out));
  };
  size_t c = 0;
  for (; c + bytes <= cols; c += bytes) {
    V in = load_pairs(enters + c), out = load_pairs(leaves + c);
    keep(in);
    keep(out);
    step(in, out, c);
  }
  if (c < cols) step(load_some(enters + c, cols - c), load_some(leaves + c, cols - c), c);
}

// ---- Along a line

template <class F>
FLIPSHIFT_INLINE void for_results(uint8_t* y, size_t count, const F& result) {
  size_t i = 0;
  for (; i + bytes <= count; i += bytes) store_pairs(y + i, result(i));
  if (i < count) store_some(y + i, result(i), count - i);
}

// N is n, or 0 if that is not known beforehand.
template <int N>
FLIPSHIFT_INLINE void one_by_one(const uint8_t* x, size_t n, size_t step, uint8_t* y, size_t count,
                                 const Divide& divide) {
  for_results(y, count, [&](size_t i) __attribute__((always_inline)) {
    V both{}, odds{};  // both modulo 2^16
#pragma GCC unroll 5
    for (size_t k = 0; k < (N ? N : n); ++k) {
      V v = load_pairs(x + i + k * step);
      keep(v);
      both += v;
      odds += odd(v);
    }
    return divide(both - (odds << uint16_t{8}), odds);
  });
}

// Lane l becomes the sum of lanes 0 ... l.
template <int K = 1>
FLIPSHIFT_INLINE V from_start(V v) {
  if constexpr (K < W) {
    const V shifted = [&]<int... L>(std::integer_sequence<int, L...>)
                          __attribute__((always_inline)) {
                            return __builtin_shufflevector(V{}, v, (L < K ? 0 : W + L - K)...);
                          }(std::make_integer_sequence<int, W>{});
    return from_start<2 * K>(v + shifted);
  } else {
    return v;
  }
}
FLIPSHIFT_INLINE V last_of(V v) {
  return [&]<int... L>(std::integer_sequence<int, L...>) __attribute__((always_inline)) {
    return __builtin_shufflevector(v, v, (L * 0 + W - 1)...);
  }(std::make_integer_sequence<int, W>{});
}

constexpr size_t chunk = 4096;  // bytes of a line whose sums stay in the first-level cache

void by_differences(const uint8_t* x, size_t n, uint8_t* y, size_t count, const Divide& divide,
                    uint16_t* scratch) {
  // Sums up to each pair, the one before the first being 0.
  uint16_t* to = scratch + W;
  V carry{};
  store<uint16_t, W>(scratch, carry);
  for (size_t i = 0; i < count + n; i += bytes) {
    const V pairs = load_pairs(x + i);
    const V sums = from_start(even(pairs) + odd(pairs));
    store<uint16_t, W>(to + i / 2, sums + carry);
    carry += last_of(sums);
  }
  const size_t m = n / 2;
  const auto sum_to = [&](size_t i)
                          __attribute__((always_inline)) { return loadu<uint16_t, W>(to + i); };
  if (n % 2) {
    for_results(y, count, [&](size_t i) __attribute__((always_inline)) {
      const size_t p = i / 2;
      return divide(sum_to(p + m - 1) - sum_to(p - 1) + even(load_pairs(x + i + 2 * m)),
                    sum_to(p + m) - sum_to(p) + odd(load_pairs(x + i)));
    });
  } else {
    for_results(y, count, [&](size_t i) __attribute__((always_inline)) {
      const size_t p = i / 2;
      const V end = sum_to(p + m - 1);
      return divide(end - sum_to(p - 1),
                    end - sum_to(p) + odd(load_pairs(x + i)) + even(load_pairs(x + i + 2 * m)));
    });
  }
}

// Sums over 2, 4, 8, ... samples from one another, lanes being neighbours of either parity.
void by_doubling(const uint8_t* x, size_t n, size_t step, uint8_t* y, size_t count,
                 const Divide& divide, uint16_t* scratch) {
  const size_t size = (chunk + n * step + 2 * bytes) & ~(bytes - 1);
  uint16_t* sums = scratch;
  uint16_t* part = scratch + size;
  const size_t numbers = count + (n - 1) * step;
  for (size_t i = 0; i < numbers; ++i) sums[i] = x[i];
  for (size_t i = 0; i < count; ++i) part[i] = 0;
  size_t length = 1, offset = 0;
  for (size_t left = n;; left /= 2) {
    if (left % 2) {
      for (size_t i = 0; i < count; i += W)
        store<uint16_t, W>(
            part + i, load<uint16_t, W>(part + i) + loadu<uint16_t, W>(sums + i + offset * step));
      offset += length;
    }
    if (left == 1) break;
    for (size_t i = 0; i < numbers; i += W)
      store<uint16_t, W>(
          sums + i, load<uint16_t, W>(sums + i) + loadu<uint16_t, W>(sums + i + length * step));
    length *= 2;
  }
  for (size_t i = 0; i < count; i += W)
    store<uint16_t, W>(part + i, divide(load<uint16_t, W>(part + i)));
  for (size_t i = 0; i < count; ++i) y[i] = static_cast<uint8_t>(part[i]);
}

size_t scratch_for(size_t n, size_t step) { return 2 * (chunk + n * step + 4 * bytes); }

void lines(const uint8_t* x, size_t x_row, size_t rows, size_t n, size_t step, uint8_t* y,
           size_t y_row, size_t count, ByteQuotient quotient, uint16_t* scratch) {
  const Divide divide(quotient);
  for (size_t row = 0; row < rows; ++row, x += x_row, y += y_row) {
    if (n <= (step == 1 ? 9 : 24)) {
      if (n == 3)
        one_by_one<3>(x, n, step, y, count, divide);
      else if (n == 5)
        one_by_one<5>(x, n, step, y, count, divide);
      else
        one_by_one<0>(x, n, step, y, count, divide);
      continue;
    }
    for (size_t i = 0; i < count; i += chunk) {
      const size_t some = std::min(chunk, count - i);
      if (step == 1)
        by_differences(x + i, n, y + i, some, divide, scratch);
      else
        by_doubling(x + i, n, step, y + i, some, divide, scratch);
    }
  }
}

// ---- Past the caches

void stream_rows(const void* x, size_t x_row, size_t rows, size_t count, void* y, size_t y_row) {
  const auto* from = static_cast<const uint8_t*>(x);
  auto* to = static_cast<uint8_t*>(y);
  for (size_t row = 0; row < rows; ++row, from += x_row, to += y_row) {
    size_t i = std::min(count, -reinterpret_cast<std::uintptr_t>(to) % bytes);
    std::memcpy(to, from, i);
    for (; i + bytes <= count; i += bytes)
      stream<uint16_t, W>(reinterpret_cast<uint16_t*>(to + i), load_pairs(from + i));
    std::memcpy(to + i, from + i, count - i);
  }
}

void end_streaming() { end_streams(); }

}  // namespace

void fill(BoxBytesTable& table) {
  table.add_rows = add_rows;
  table.slide = slide;
  table.lines = lines;
  table.stream = stream_rows;
  table.end_streaming = end_streaming;
  table.scratch = scratch_for;
}

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE

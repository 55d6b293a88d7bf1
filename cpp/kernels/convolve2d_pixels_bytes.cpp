// Sums of bytes with weights of 8 bits, two products in one 16-bit addition.
//
// A tile is R rows of one vector of outputs. Two rows of samples are interleaved, which makes two
// vectors of pairs; one instruction multiplies the pairs with a pair of weights and adds the two
// products. Sums of the low and of the high halves of the lanes stand apart until packing, the
// inverse of interleaving, brings them together. Rows of samples are paired from the first row of
// the tile on, so its odd rows need pairs of weights that are shifted by one.
#include "kernels/convolve2d_pixels.hpp"
#include "kernels/pixel_lanes.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

using std::ptrdiff_t;
using std::size_t;

#define FLIPSHIFT_STEP(i) [&](auto i) __attribute__((always_inline))

constexpr bool many = FLIPSHIFT_VECTOR_REGISTERS == 32;
#if defined(__SANITIZE_ADDRESS__)
constexpr int R = 2, Qmax = 3;
#else
constexpr int R = many ? 8 : 4;
constexpr int Qmax = 5;  // with more, registers spill
#endif

constexpr int W = FLIPSHIFT_VECTOR_BYTES;
using Bytes = Vec<std::uint8_t, W>;
using Words = Vec<std::uint16_t, W / 2>;

// a[2 i] w[2 i] + a[2 i + 1] w[2 i + 1], the bytes of w being signed.
FLIPSHIFT_INLINE Words add_products(Bytes a, Words w) {
#if defined(__AVX512BW__)
  return (Words)_mm512_maddubs_epi16((__m512i)a, (__m512i)w);
#elif defined(__AVX2__)
  return (Words)_mm256_maddubs_epi16((__m256i)a, (__m256i)w);
#elif defined(__SSSE3__)
  return (Words)_mm_maddubs_epi16((__m128i)a, (__m128i)w);
#else
  using Signed = Vec<std::int16_t, W / 2>;
  const Words pairs = (Words)a;
  const Signed even = (Signed)(w << 8) >> 8, odd = (Signed)w >> 8;
  return (pairs & 0xff) * (Words)even + (pairs >> 8) * (Words)odd;
#endif
}

template <int Half>
FLIPSHIFT_INLINE Bytes interleaved(Bytes a, Bytes b) {
  return shuffle<std::uint8_t, W, UnpackMap<std::uint8_t, W, Half>>(a, b);
}

// The low bytes of the words of two vectors of pairs, in the order before interleaving.
FLIPSHIFT_INLINE Bytes packed(Words low, Words high) {
#if defined(__AVX512BW__)
  return (Bytes)_mm512_packus_epi16((__m512i)(low & 0xff), (__m512i)(high & 0xff));
#elif defined(__AVX2__)
  return (Bytes)_mm256_packus_epi16((__m256i)(low & 0xff), (__m256i)(high & 0xff));
#elif defined(__SSE2__)
  return (Bytes)_mm_packus_epi16((__m128i)(low & 0xff), (__m128i)(high & 0xff));
#else
  return shuffle<std::uint8_t, W, SplitMap<std::uint8_t, W, 0>>((Bytes)low, (Bytes)high);
#endif
}

FLIPSHIFT_INLINE Words high_product(Words a, Words b) {
#if defined(__AVX512BW__)
  return (Words)_mm512_mulhi_epu16((__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
  return (Words)_mm256_mulhi_epu16((__m256i)a, (__m256i)b);
#elif defined(__SSE2__)
  return (Words)_mm_mulhi_epu16((__m128i)a, (__m128i)b);
#else
  using Wide = Vec<std::uint32_t, W / 2>;
  return __builtin_convertvector(
      (__builtin_convertvector(a, Wide) * __builtin_convertvector(b, Wide)) >> 16, Words);
#endif
}

// Outputs 0 .. W / 2 - 1 (Half 0) or the others of two vectors of words, in order: the 128-bit
// lanes of both in turn.
template <int Half>
struct NaturalMap {
  static constexpr int of(int i) {
    const int lane = Half * (W / 32) + i / 4;
    const int number = lane * 2 + i % 2;
    return i / 2 % 2 ? number + W / 8 : number;
  }
};
template <int Half>
FLIPSHIFT_INLINE Words natural(Words low, Words high) {
  if constexpr (W == 16) return Half ? high : low;
  using Quads = Vec<std::uint64_t, W / 8>;
  return (Words)shuffle<std::uint64_t, W / 8, NaturalMap<Half>>((Quads)low, (Quads)high);
}

template <int Q>
FLIPSHIFT_INLINE void add_rows(const std::uint8_t* x, ptrdiff_t x_stride, const PixelByteTaps& k,
                               const std::uint32_t* pairs, Words (&low)[R], Words (&high)[R]) {
  constexpr int even = (Q + 1) / 2, odd = Q / 2 + 1, rows = R + Q - 1;
#pragma GCC unroll 1
  for (size_t c = 0; c < k.columns; ++c, pairs += Q + 1) {
    const std::uint8_t* row = x + k.offsets[c];
    Words tap[even + odd];
    unroll<even + odd>(FLIPSHIFT_STEP(q) {
      tap[q] = (Words)broadcast<std::uint32_t, W / 4>(pairs[q]);
      if constexpr (many) keep(tap[q]);
    });
    unroll<(rows + 1) / 2>(FLIPSHIFT_STEP(p) {
      constexpr int u = 2 * p;
      Bytes upper = loadu<std::uint8_t, W>(row), lower = upper;
      keep(upper);
      if constexpr (u + 1 < rows) {
        lower = loadu<std::uint8_t, W>(row + x_stride);
        keep(lower);
      }
      const Bytes left = interleaved<0>(upper, lower), right = interleaved<1>(upper, lower);
      unroll<R>(FLIPSHIFT_STEP(r) {
        constexpr int i = (u + r % 2 - r) / 2;  // of the pair of weights
        if constexpr (u + r % 2 >= r && i < (r % 2 ? odd : even)) {
          const Words t = tap[r % 2 ? even + i : i];
          low[r] += add_products(left, t);
          high[r] += add_products(right, t);
        }
      });
      row += 2 * x_stride;
    });
  }
}

template <int Q>
FLIPSHIFT_INLINE void add_chunk(size_t q, const std::uint8_t* x, ptrdiff_t x_stride,
                                const PixelByteTaps& k, const std::uint32_t* pairs, Words (&low)[R],
                                Words (&high)[R]) {
  if (q == Q) {
    add_rows<Q>(x, x_stride, k, pairs, low, high);
  } else if constexpr (Q > 1) {
    add_chunk<Q - 1>(q, x, x_stride, k, pairs, low, high);
  }
}

FLIPSHIFT_INLINE void store_single(float* y, Words words, std::int32_t least, float inverse) {
  constexpr int N = max_width<float>;
  std::uint16_t buffer[W / 2];
  storeu<std::uint16_t, W / 2>(buffer, words);
  unroll<W / 2 / N>(FLIPSHIFT_STEP(v) {
    const auto sum = widened<std::uint16_t, N>(buffer + v * N) + least;
    storeu<float, N>(y + v * N, __builtin_convertvector(sum, Vec<float, N>) * inverse);
  });
}

template <PixelOut Out>
__attribute__((noinline)) void tile(const PixelRectangle<std::uint8_t>& p, const PixelByteTaps& k,
                                    const std::uint8_t* x, char* y) {
  Words low[R], high[R];
  // Sums that are floating numbers later stand above the least one.
  const Words first = Words{} - static_cast<std::uint16_t>(k.least);
  unroll<R>(FLIPSHIFT_STEP(r) { low[r] = high[r] = first; });
  const std::uint32_t* pairs = k.pairs;
  for (size_t left = p.kernel_rows; left > 0;) {
    const size_t q = chunk_rows(left, Qmax);
    add_chunk<Qmax>(q, x, p.x_stride, k, pairs, low, high);
    x += static_cast<ptrdiff_t>(q) * p.x_stride;
    pairs += k.columns * (q + 1);
    left -= q;
  }
  if constexpr (Out == PixelOut::float32) {
    float* row = reinterpret_cast<float*>(y);
    unroll<R>(FLIPSHIFT_STEP(r) {
      store_single(row, natural<0>(low[r], high[r]), k.least, k.inverse);
      store_single(row + W / 2, natural<1>(low[r], high[r]), k.least, k.inverse);
      row += p.y_stride;
    });
  } else if constexpr (Out == PixelOut::bits16) {
    std::uint16_t* row = reinterpret_cast<std::uint16_t*>(y);
    unroll<R>(FLIPSHIFT_STEP(r) {
      storeu<std::uint16_t, W / 2>(row, natural<0>(low[r], high[r]));
      storeu<std::uint16_t, W / 2>(row + W / 2, natural<1>(low[r], high[r]));
      row += p.y_stride;
    });
  } else {
    std::uint8_t* row = reinterpret_cast<std::uint8_t*>(y);
    if (k.multiplier != 0) {
      const Words multiplier = Words{} + k.multiplier;
      unroll<R>(FLIPSHIFT_STEP(r) {
        low[r] = high_product(low[r], multiplier) >> k.shift;
        high[r] = high_product(high[r], multiplier) >> k.shift;
      });
    }
    unroll<R>(FLIPSHIFT_STEP(r) {
      storeu<std::uint8_t, W>(row, packed(low[r], high[r]));
      row += p.y_stride;
    });
  }
}

// The last tiles are moved back to fit: some outputs are computed twice, with equal results.
template <PixelOut Out>
void cover(const PixelRectangle<std::uint8_t>& p, const PixelByteTaps& taps) {
  const auto size = static_cast<ptrdiff_t>(item_size(p.out));
  for (size_t i = 0; i < p.rows; i += R) {
    const auto row = static_cast<ptrdiff_t>(i + R <= p.rows ? i : p.rows - R);
    for (size_t j = 0; j < p.cols; j += W) {
      const auto col = static_cast<ptrdiff_t>(j + W <= p.cols ? j : p.cols - W);
      tile<Out>(p, taps, p.x + row * p.x_stride + col,
                static_cast<char*>(p.y) + (row * p.y_stride + col) * size);
    }
  }
}

void run(const PixelRectangle<std::uint8_t>& p, const PixelByteTaps& taps) {
  if (p.out == PixelOut::bits8) {
    cover<PixelOut::bits8>(p, taps);
  } else if (p.out == PixelOut::bits16) {
    cover<PixelOut::bits16>(p, taps);
  } else {
    cover<PixelOut::float32>(p, taps);
  }
}

}  // namespace

void fill(PixelByteTable& table) {
  table.min_rows = R;
  table.min_cols = W;
  table.most_rows = Qmax;
  table.run = run;
}

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE

// Sums of pixels that single precision leaves undecided, made again in double precision.
//
// In pictures these are some percent of all, in no order: sums are next to integers where a kernel
// of sum 1 is on equal samples or, if it is symmetric, on a slope. So their places are collected,
// and as many as keep the adders busy are made at once, their samples being brought together from
// all of these places, eight bytes of a row at a time.
#pragma once

#include <type_traits>

#include "kernels/convolve2d_pixels.hpp"
#include "kernels/pixel_lanes.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

constexpr int place_lanes = max_width<std::uint32_t>;
using Places = Vec<std::uint32_t, place_lanes>;

FLIPSHIFT_INLINE Places first_places() {
  Places places;
  for (int l = 0; l < place_lanes; ++l) places[l] = static_cast<std::uint32_t>(l);
  return places;
}

// Writes first + l for each bit l of `lanes`, with room for a vector. Returns how many.
FLIPSHIFT_INLINE std::size_t put_places(std::uint32_t* to, std::uint32_t lanes,
                                        std::uint32_t first) {
#if defined(__AVX512F__)
  const Places all = first_places() + first;
  storeu<std::uint32_t, place_lanes>(
      to, (Places)_mm512_maskz_compress_epi32(static_cast<__mmask16>(lanes), (__m512i)all));
#elif defined(__AVX2__)
  // The numbers of the bits, four bits for each.
  const std::uint32_t numbers = _pext_u32(0x76543210, _pdep_u32(lanes, 0x11111111) * 15);
  const Places all = (Places{} + numbers) >> (first_places() * 4) & 15;
  storeu<std::uint32_t, place_lanes>(to, all + first);
#else
  for (std::uint32_t l = 0; l < place_lanes; ++l) {
    *to = first + l;
    to += lanes >> l & 1;
  }
#endif
  return static_cast<std::size_t>(__builtin_popcount(lanes));
}

template <class X, class Y>
class Again {
 public:
  // Tiles of outputs have rows of this many places.
  static constexpr int tile_cols = 4 * place_lanes;

  Again(const PixelRectangle<X>& p, const double* taps) : p_(p), taps_(taps) {
    const auto down = static_cast<std::ptrdiff_t>(p.rows + p.kernel_rows - 2) * p.x_stride;
    const auto across = static_cast<std::ptrdiff_t>(p.cols + (p.kernel_cols - 1) * step());
    end_ = reinterpret_cast<const char*>(p.x + down + across);
  }

  // Whether places of a tile of so many rows can be told by their distance.
  bool takes_tiles(std::ptrdiff_t rows) const {
    return p_.x_stride < most / rows && p_.y_stride < most / rows;
  }

  // n places of the tile at (row, col), with room for a vector behind them.
  void append(const std::uint32_t* places, std::size_t n, std::ptrdiff_t row, std::ptrdiff_t col) {
    count_ += n;
    while (n > 0) {
      const std::size_t some = n < room ? n : room;
      append_some(places, some, row, col);
      places += some;
      n -= some;
    }
  }

  // How many there were.
  std::size_t finish() {
    flush();
    return count_;
  }

 private:
  static constexpr int W = max_width<double>, N = 4, lanes = W * N;
  static constexpr std::size_t capacity = 512, room = 64;
  static constexpr std::ptrdiff_t most = 0x3fffff00;
  using Word = Vec<std::uint64_t, W>;
  using D = Vec<double, W>;
  static constexpr std::uint64_t bits = 8 * sizeof(X);
  // Added to samples, so that they are not negative.
  static constexpr std::uint64_t bias = X(-1) < X(0) ? std::uint64_t{1} << (bits - 1) : 0;

  std::size_t step() const { return static_cast<std::size_t>(p_.step); }

  void append_some(const std::uint32_t* places, std::size_t n, std::ptrdiff_t row,
                   std::ptrdiff_t col) {
    std::ptrdiff_t from = row * p_.x_stride + col - from0_, to = row * p_.y_stride + col - to0_;
    // The last tiles of a row and the last row are moved back.
    if (n_ == 0 || n_ + n > capacity || from < 0 || to < 0 || from > most || to > most) {
      flush();
      from0_ = row * p_.x_stride;
      to0_ = row * p_.y_stride;
      from = to = col;
      if (col > most) {
        from0_ += col;
        to0_ += col;
        from = to = 0;
      }
    }
    for (std::size_t i = 0; i < n; i += place_lanes) {
      const Places place = loadu<std::uint32_t, place_lanes>(places + i);
      const Places down = place / tile_cols, across = place % tile_cols;
      storeu<std::uint32_t, place_lanes>(from_ + n_ + i,
                                         down * static_cast<std::uint32_t>(p_.x_stride) + across +
                                             static_cast<std::uint32_t>(from));
      storeu<std::uint32_t, place_lanes>(
          to_ + n_ + i,
          down * static_cast<std::uint32_t>(p_.y_stride) + across + static_cast<std::uint32_t>(to));
    }
    n_ += n;
  }

  void flush() {
    if (n_ == 0) return;
    for (std::size_t l = 0; l < lanes; ++l) {
      from_[n_ + l] = from_[n_ - 1];
      to_[n_ + l] = to_[n_ - 1];
    }
    for (std::size_t i = 0; i < n_; i += lanes) make(i);
    n_ = 0;
  }

  // Eight bytes at each of W places, counted in samples from p; beyond the end of all, anything.
  template <bool AtTheEnd>
  FLIPSHIFT_INLINE Word words_at(const char* p, const std::uint32_t* places) const {
#if defined(__AVX2__)
    constexpr int size = static_cast<int>(sizeof(X));
    if constexpr (!AtTheEnd) {
      const auto* base = reinterpret_cast<const long long*>(p);
#if defined(__AVX512F__)
      // Without a mask, GCC 12 warns of its own header.
      if constexpr (W == 8)
        return (Word)_mm512_mask_i32gather_epi64(
            __m512i{}, 0xff, (__m256i)loadu<std::uint32_t, 8>(places), base, size);
#endif
      if constexpr (W == 4)
        return (Word)_mm256_i32gather_epi64(base, (__m128i)loadu<std::uint32_t, 4>(places), size);
    }
#endif
    std::uint64_t word[W];
    for (int l = 0; l < W; ++l) {
      const char* at = p + std::size_t{places[l]} * sizeof(X);
      const std::ptrdiff_t missing = AtTheEnd ? 8 - (end_ - at) : 0;
      std::memcpy(word + l, missing > 0 ? end_ - 8 : at, 8);
      if (missing > 0) word[l] >>= 8 * missing;
    }
    return loadu<std::uint64_t, W>(word);
  }

  __attribute__((noinline)) void make(std::size_t first) const {
    std::uint32_t last = 0;
    for (std::size_t l = 0; l < lanes; ++l)
      last = from_[first + l] > last ? from_[first + l] : last;
    const auto reach = static_cast<std::ptrdiff_t>(p_.kernel_rows - 1) * p_.x_stride +
                       static_cast<std::ptrdiff_t>(p_.kernel_cols * step()) +
                       static_cast<std::ptrdiff_t>(last);
    const auto* x = reinterpret_cast<const char*>(p_.x + from0_);
    std::int32_t sums[lanes];  // small where single precision is tried
    if (end_ - x >= reach * static_cast<std::ptrdiff_t>(sizeof(X)) + 8)
      add<false>(x, from_ + first, sums);
    else
      add<true>(x, from_ + first, sums);
    Y* const y = static_cast<Y*>(p_.y) + to0_;
    const std::uint32_t* to = to_ + first;
    for (std::size_t l = 0; l < lanes; ++l) y[to[l]] = static_cast<Y>(sums[l]);
  }

  template <bool AtTheEnd>
  FLIPSHIFT_INLINE void add(const char* x, const std::uint32_t* places, std::int32_t* sums) const {
    const std::size_t bytes = step() * sizeof(X);
    const std::size_t most_taps = bytes <= 8 - sizeof(X) ? 1 + (8 - sizeof(X)) / bytes : 1;
    const double* taps = taps_;
    D sum[N] = {};
    for (std::size_t a = 0; a < p_.kernel_rows; ++a) {
      const char* at = x;
      for (std::size_t left = p_.kernel_cols; left > 0;) {
        Word word[N];
        for (int v = 0; v < N; ++v) word[v] = words_at<AtTheEnd>(at, places + v * W);
        const std::size_t n = left < most_taps ? left : most_taps;
#pragma GCC unroll 1
        for (std::size_t t = 0; t < n; ++t) {
          const D tap = broadcast<double, W>(*taps++);
          for (int v = 0; v < N; ++v) {
            constexpr std::uint64_t exponent = 0x4330000000000000;  // of 2^52
            const Word sample = (word[v] & ((std::uint64_t{1} << bits) - 1)) ^ bias;
            D product = tap * ((D)(sample | exponent) - (0x1p52 + static_cast<double>(bias)));
            keep(product);  // no fused multiply-add
            sum[v] += product;
            word[v] >>= 8 * bytes % 64;
          }
        }
        left -= n;
        at += n * bytes;
      }
      x += p_.x_stride * static_cast<std::ptrdiff_t>(sizeof(X));
    }
    for (int v = 0; v < N; ++v)
      storeu<std::int32_t, W>(sums + v * W, __builtin_convertvector(sum[v], Vec<std::int32_t, W>));
  }

  const PixelRectangle<X>& p_;
  const double* taps_;
  const char* end_;
  std::ptrdiff_t from0_ = 0, to0_ = 0;  // where places are counted from
  std::size_t n_ = 0, count_ = 0;
  std::uint32_t from_[capacity + room], to_[capacity + room];
};

}  // namespace
}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE

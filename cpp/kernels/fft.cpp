// The passes of the complex transform; what each does is said in kernels/fft.hpp.
#include "kernels/fft.hpp"

#include "kernels/fft_composite.hpp"
#include "kernels/near_scalar.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

enum class Twiddle { plain, scaled, lanes };

// The twiddled store of output k at `row`; tw points at the factor of this output.
template <class T, int W, Twiddle kind>
FLIPSHIFT_INLINE void emit_row(T* row, Vec<T, W> re, Vec<T, W> im, const T* tw) {
  if constexpr (kind == Twiddle::plain) {
    store_row<T, W>(row, re, im);
  } else {
    Vec<T, W> c, s;
    if constexpr (kind == Twiddle::scaled) {
      c = broadcast<T, W>(tw[0]);
      s = broadcast<T, W>(tw[1]);
    } else {
      c = load<T, W>(tw);
      s = load<T, W>(tw + W);
    }
    store_row<T, W>(row, re * c - im * s, im * c + re * s);
  }
}

// A row that stays in registers. GCC keeps a whole struct on the stack, with stores that nobody
// reads and that take longer than the butterfly, if a member of it is pinned.
template <class T, int W>
FLIPSHIFT_INLINE Pair<Vec<T, W>> pinned_row(const T* row) {
  auto re = load<T, W>(row), im = load<T, W>(row + W);
  keep(re);
  keep(im);
  return {re, im};
}

// One butterfly over rows base, base + m, ...; `input` loads row k as a Pair.
template <class T, int W, int R, Twiddle kind, class Input>
FLIPSHIFT_INLINE void column(T* base, std::size_t m, const T* tw, Input&& input) {
  using V = Vec<T, W>;
  any_butterfly<T, V, R>(input, [&](int k, V re, V im) __attribute__((always_inline)) {
    T* row = base + 2 * W * (static_cast<std::size_t>(k) * m);
    if (kind == Twiddle::lanes) {
      emit_row<T, W, Twiddle::lanes>(row, re, im, tw + 2 * W * k);
    } else if (kind == Twiddle::plain || k == 0) {
      emit_row<T, W, Twiddle::plain>(row, re, im, tw);
    } else {
      emit_row<T, W, Twiddle::scaled>(row, re, im, tw + 2 * (k - 1));
    }
  });
}

template <class T, int W, int R, Twiddle kind>
void pass(T* rows, std::size_t blocks, std::size_t m, const T* tw) {
  for (std::size_t b = 0; b < blocks; ++b) {
    const T* w = tw;
    for (std::size_t j = 0; j < m; ++j) {
      T* base = rows + 2 * W * j;
      column<T, W, R, kind>(base, m, w, [&](int k) __attribute__((always_inline)) {
        return pinned_row<T, W>(base + 2 * W * (static_cast<std::size_t>(k) * m));
      });
      w += 2 * (R - 1);
    }
    rows += 2 * W * R * m;
    if constexpr (kind == Twiddle::lanes) tw += 2 * W * R;
  }
}

template <class T, int W, int R, Twiddle kind>
void first(const T* x, std::ptrdiff_t stride, T* rows, std::size_t m, const T* tw, T conj) {
  using V = Vec<T, W>;
  const V sign = broadcast<T, W>(conj);
  for (std::size_t j = 0; j < m; ++j) {
    const T* from = x + 2 * stride * static_cast<std::ptrdiff_t>(j);
    const std::ptrdiff_t step = 2 * stride * static_cast<std::ptrdiff_t>(m);
    column<T, W, R, kind>(rows + 2 * W * j, m, tw, [&](int k) __attribute__((always_inline)) {
      const Complex<T, W> c = load_split<T, W>(from + k * step);
      V re = c.re, im = c.im * sign;
      keep(re);
      keep(im);
      return Pair<V>{re, im};
    });
    tw += 2 * (R - 1);
  }
}

template <class T, int W>
void finish(const T* rows, const std::uint32_t* order, std::size_t m, T* y, T re_scale,
            T im_scale) {
  using V = Vec<T, W>;
  const V rs = broadcast<T, W>(re_scale), is = broadcast<T, W>(im_scale);
  for (std::size_t k = 0;;) {
    V re[W], im[W];
    unroll<W>([&](auto i) __attribute__((always_inline)) {
      re[i] = load<T, W>(rows + 2 * W * order[k + split_order<T, W>(i)]);
    });
    transpose<T, W>(re);
    unroll<W>([&](auto i) __attribute__((always_inline)) {
      im[i] = load<T, W>(rows + 2 * W * order[k + split_order<T, W>(i)] + W);
    });
    transpose<T, W>(im);
    if constexpr (W == 1) {
      store_interleaved<T, W>(y + 2 * k, re[0] * rs, im[0] * is);
    } else {
      Pair<V> x[W];
      unroll<W>([&](auto i)
                    __attribute__((always_inline)) { x[split_order<T, W>(i)] = {re[i], im[i]}; });
      butterfly<T, V, W>([&](int j) __attribute__((always_inline)) { return x[j]; },
                         [&](int l, V a, V b) __attribute__((always_inline)) {
                           store_interleaved<T, W>(y + 2 * (k + static_cast<std::size_t>(l) * m),
                                                   a * rs, b * is);
                         });
    }
    if (k + W >= m) break;
    k = k + 2 * W <= m ? k + W : m - W;  // the last tile may overlap the one before
  }
}

template <class T, int W, int R>
void last(const T* rows, const std::uint32_t* base, std::size_t blocks, std::size_t groups,
          std::size_t group_stride, T* y, std::ptrdiff_t stride, T re_scale, T im_scale) {
  using V = Vec<T, W>;
  const V rs = broadcast<T, W>(re_scale), is = broadcast<T, W>(im_scale);
  const std::ptrdiff_t step = 2 * stride * static_cast<std::ptrdiff_t>(blocks);
  for (std::size_t b = 0; b < blocks; ++b) {
    const T* from = rows + 2 * W * R * b;
    T* to = y + 2 * stride * static_cast<std::ptrdiff_t>(base[b]);
    for (std::size_t g = 0; g < groups; ++g) {
      any_butterfly<T, V, R>(
          [&](int k) __attribute__((always_inline)) { return pinned_row<T, W>(from + 2 * W * k); },
          [&](int k, V re, V im) __attribute__((always_inline)) {
            store_interleaved<T, W>(to + k * step, re * rs, im * is);
          });
      from += 2 * W * group_stride;
      to += 2 * W;
    }
  }
}

// The n elements that follow those W of `carry` at `run` - W: to any address, in whole lines.
template <class T, int W>
FLIPSHIFT_INLINE void stream_run(T* run, T* to, std::ptrdiff_t n, T* carry, bool begins,
                                 bool ends) {
  constexpr std::uintptr_t bytes = W * sizeof(T);
  const auto head = static_cast<std::ptrdiff_t>(
      (bytes - reinterpret_cast<std::uintptr_t>(to) % bytes) % bytes / sizeof(T));
  std::ptrdiff_t i = head;
  if (begins) {
    for (std::ptrdiff_t j = 0; j < head; ++j) to[j] = run[j];
  } else if (head > 0) {
    store<T, W>(run - W, load<T, W>(carry));
    i -= W;
  }
  for (; i + W <= n; i += W) stream<T, W>(to + i, loadu<T, W>(run + i));
  if (ends) {
    for (; i < n; ++i) to[i] = run[i];
  } else {
    store<T, W>(carry, load<T, W>(run + n - W));
  }
}

template <class T, int W, int R>
void last_streamed(const T* rows, const std::uint32_t* base, std::size_t blocks, std::size_t groups,
                   std::size_t group_stride, T* y, std::ptrdiff_t stride, T re_scale, T im_scale,
                   T* carry, bool begins, bool ends) {
  using V = Vec<T, W>;
  const V rs = broadcast<T, W>(re_scale), is = broadcast<T, W>(im_scale);
  const std::ptrdiff_t step = 2 * stride * static_cast<std::ptrdiff_t>(blocks);
  constexpr int run = W + 2 * W * fft_max_together;
  alignas(64) T buffer[R * run];
  for (std::size_t b = 0; b < blocks; ++b) {
    const T* from = rows + 2 * W * R * b;
    for (std::size_t g = 0; g < groups; ++g, from += 2 * W * group_stride) {
      butterfly<T, V, R>(
          [&](int k) __attribute__((always_inline)) { return pinned_row<T, W>(from + 2 * W * k); },
          [&](int k, V re, V im) __attribute__((always_inline)) {
            store_interleaved<T, W>(buffer + k * run + W + 2 * W * g, re * rs, im * is);
          });
    }
    T* to = y + 2 * stride * static_cast<std::ptrdiff_t>(base[b]);
    for (int k = 0; k < R; ++k, carry += W)
      stream_run<T, W>(buffer + k * run + W, to + k * step,
                       static_cast<std::ptrdiff_t>(2 * W * groups), carry, begins, ends);
  }
  end_streams();
}

template <class T, int W>
void store_lanes(const T* rows, const std::uint32_t* order, std::size_t n, T* y,
                 std::ptrdiff_t stride, T re_scale, T im_scale) {
  const Vec<T, W> rs = broadcast<T, W>(re_scale), is = broadcast<T, W>(im_scale);
  for (std::size_t k = 0; k < n; ++k, y += 2 * stride) {
    const Complex<T, W> v = load_row<T, W>(rows + 2 * W * (order ? order[k] : k));
    store_interleaved<T, W>(y, v.re * rs, v.im * is);
  }
}

template <class T, int W, bool whole>
FLIPSHIFT_INLINE void turn_rows(const T* rows, const std::uint32_t* order, std::size_t n1,
                                const T* lane_tw, const T* step_tw, T* out,
                                std::size_t group_stride) {
  using V = Vec<T, W>;
  for (std::size_t k = 0;; out += 2 * W * group_stride) {
    V re[W], im[W];
    unroll<W>([&](auto i) __attribute__((always_inline)) {
      const std::size_t f = k + split_order<T, W>(i);
      const Complex<T, W> x = load_row<T, W>(rows + 2 * W * order[f]);
      const Complex<T, W> l = load_row<T, W>(lane_tw + 2 * W * f);
      const Complex<T, W> w = whole ? l : near_scalar<T, W>(l, step_tw + 4 * f);
      re[i] = x.re * w.re - x.im * w.im;
      im[i] = x.im * w.re + x.re * w.im;
    });
    transpose<T, W>(re);
    transpose<T, W>(im);
    unroll<W>([&](auto i) __attribute__((always_inline)) {
      store_row<T, W>(out + 2 * W * split_order<T, W>(i), re[i], im[i]);
    });
    if (k + W >= n1) break;
    k = k + 2 * W <= n1 ? k + W : n1 - W;
  }
}

template <class T, int W>
void turn(const T* rows, const std::uint32_t* order, std::size_t n1, const T* lane_tw,
          const T* step_tw, T* out, std::size_t group_stride) {
  step_tw ? turn_rows<T, W, false>(rows, order, n1, lane_tw, step_tw, out, group_stride)
          : turn_rows<T, W, true>(rows, order, n1, lane_tw, step_tw, out, group_stride);
}

template <class T, int W, int R>
void fill_passes(FftPasses<T>& p) {
  p.plain[R] = pass<T, W, R, Twiddle::plain>;
  p.scaled[R] = pass<T, W, R, Twiddle::scaled>;
  p.first_plain[R] = first<T, W, R, Twiddle::plain>;
  p.first_scaled[R] = first<T, W, R, Twiddle::scaled>;
  if constexpr (W > 1) p.last[R] = last<T, W, R>;
}
template <class T, int W, int R>
void fill_radix(FftPasses<T>& p) {
  fill_passes<T, W, R>(p);
  if constexpr (W > 1) {
    p.lanes[R] = pass<T, W, R, Twiddle::lanes>;
    p.first_lanes[R] = first<T, W, R, Twiddle::lanes>;
    if constexpr (W == max_width<T>) p.last_streamed[R] = last_streamed<T, W, R>;
  }
}

template <class T, int W>
void fill_family(FftPasses<T>& p) {
  p.width = W;
  for (int i = 0; i < W; ++i) p.column[i] = static_cast<std::uint8_t>(split_order<T, W>(i));
  fill_radix<T, W, 2>(p);
  fill_radix<T, W, 3>(p);
  fill_radix<T, W, 4>(p);
  fill_radix<T, W, 5>(p);
  fill_radix<T, W, 7>(p);
  fill_radix<T, W, 8>(p);
  fill_radix<T, W, 11>(p);
  fill_radix<T, W, 13>(p);
  fill_radix<T, W, 16>(p);
  if constexpr (W == max_width<T>) {  // many lines side by side
    fill_passes<T, W, 6>(p);
    fill_passes<T, W, 9>(p);
    fill_passes<T, W, 10>(p);
    fill_passes<T, W, 12>(p);
    fill_passes<T, W, 15>(p);
  }
  p.finish = finish<T, W>;
  p.store = store_lanes<T, W>;
  p.turn = turn<T, W>;
}

// The widest family first, then half as wide down to 4 (2 in double on 128-bit vectors), then 1.
template <class T, int W>
void fill_families(FftTable<T>& t) {
  if constexpr (W >= per_lane<T> && W > 1) {
    fill_family<T, W>(t.passes[t.families++]);
    if constexpr (W > 4) fill_families<T, W / 2>(t);
  }
}

template <class T>
void fill_table(FftTable<T>& t) {
  t.families = 0;
  fill_families<T, max_width<T>>(t);
  fill_family<T, 1>(t.passes[t.families++]);
}

}  // namespace

void fill(FftTable<float>& t) { fill_table(t); }
void fill(FftTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE

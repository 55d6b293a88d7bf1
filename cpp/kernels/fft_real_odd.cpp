// Steps of real transforms of odd length; what each does is said in kernels/fft_real_odd.hpp.
#include "kernels/fft_real_odd.hpp"

#include "kernels/shuffle.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

template <class T, int W>
void load_pair(const T* a, const T* b, std::ptrdiff_t stride, std::size_t n, T* rows) {
  for (std::size_t j = 0; j < n; ++j, a += stride, b += stride, rows += 2 * W)
    store_row<T, W>(rows, load_adjacent<T, W>(a), load_adjacent<T, W>(b));
}

template <class T, int W>
void store_pair(const T* rows, const std::uint32_t* order, std::size_t n, T* a, T* b,
                std::ptrdiff_t stride, T scale) {
  const Vec<T, W> s = broadcast<T, W>(scale);
  for (std::size_t j = 0; j < n; ++j, a += stride, b += stride) {
    const Complex<T, W> v = load_row<T, W>(rows + 2 * W * order[j]);
    store_adjacent<T, W>(a, v.re * s);
    store_adjacent<T, W>(b, v.im * s);
  }
}

template <class T, int W>
void untangle(T* rows, const std::uint32_t* order, std::size_t n) {
  T* first = rows + 2 * W * order[0];
  const Complex<T, W> v = load_row<T, W>(first);
  store_row<T, W>(first, v.re + v.re, Vec<T, W>{});
  store_row<T, W>(rows + 2 * W * n, v.im + v.im, Vec<T, W>{});
  for (std::size_t k = 1; k <= n / 2; ++k) {
    T *p = rows + 2 * W * order[k], *q = rows + 2 * W * order[n - k];
    const Complex<T, W> x = load_row<T, W>(p), y = load_row<T, W>(q);
    store_row<T, W>(p, x.re + y.re, x.im - y.im);
    store_row<T, W>(q, x.im + y.im, y.re - x.re);
  }
}

template <class T, int W>
void tangle(const T* a, const T* b, std::size_t n, T* rows) {
  store_row<T, W>(rows, load<T, W>(a), load<T, W>(b));
  T* mate = rows + 2 * W * n;
  for (std::size_t k = 1; k <= n / 2; ++k) {
    a += 2 * W;
    b += 2 * W;
    rows += 2 * W;
    mate -= 2 * W;
    const Complex<T, W> p = load_row<T, W>(a), q = load_row<T, W>(b);
    store_row<T, W>(rows, p.re - q.im, p.im + q.re);
    store_row<T, W>(mate, p.re + q.im, q.re - p.im);
  }
}

template <class T, int W>
void load_half(const T* x, std::size_t start, std::size_t stride, std::size_t count, T* rows,
               T conj) {
  const Vec<T, W> sign = broadcast<T, W>(conj);
  const T* up = x + 2 * start;
  for (std::size_t j = 0; j <= count / 2; ++j, up += 2 * stride, rows += 2 * W) {
    const Complex<T, W> v = load_split<T, W>(up);
    store_row<T, W>(rows, v.re, v.im * sign);
  }
  const T* down = x + 2 * (stride * (count / 2) - start - W + 1);
  for (std::size_t j = count / 2 + 1; j < count; ++j, down -= 2 * stride, rows += 2 * W) {
    const Complex<T, W> v = reverse<T, W>(load_split<T, W>(down));
    store_row<T, W>(rows, v.re, -(v.im * sign));
  }
}

template <class T, int W>
void store_half(const T* rows, const std::uint32_t* order, std::size_t count, std::size_t groups,
                std::size_t group_stride, T* y, std::size_t start, std::size_t stride, T re_scale,
                T im_scale) {
  const Vec<T, W> rs = broadcast<T, W>(re_scale), is = broadcast<T, W>(im_scale);
  T* up = y + 2 * start;
  for (std::size_t j = 0; j <= count / 2; ++j, up += 2 * stride) {
    const T* row = rows + 2 * W * order[j];
    for (std::size_t g = 0; g < groups; ++g, row += 2 * W * group_stride) {
      const Complex<T, W> v = load_row<T, W>(row);
      store_interleaved<T, W>(up + 2 * W * g, v.re * rs, v.im * is);
    }
  }
  T* down = y + 2 * (stride * (count / 2) - start - W + 1);
  for (std::size_t j = count / 2 + 1; j < count; ++j, down -= 2 * stride) {
    const T* row = rows + 2 * W * order[j];
    T* to = down;
    for (std::size_t g = 0; g < groups; ++g, row += 2 * W * group_stride, to -= 2 * W) {
      const Complex<T, W> v = reverse<T, W>(load_row<T, W>(row));
      store_interleaved<T, W>(to, v.re * rs, -(v.im * is));
    }
  }
}

template <class T, int W>
void fill_steps(FftRealOddSteps<T>* s) {
  if constexpr (W >= per_lane<T> && W > 1) {
    s->width = W;
    s->load_pair = load_pair<T, W>;
    s->store_pair = store_pair<T, W>;
    s->untangle = untangle<T, W>;
    s->tangle = tangle<T, W>;
    s->load_half = load_half<T, W>;
    s->store_half = store_half<T, W>;
    if constexpr (W > 4) fill_steps<T, W / 2>(s + 1);
  }
}

}  // namespace

void fill(FftRealOddTable<float>& t) { fill_steps<float, max_width<float>>(t.steps); }
void fill(FftRealOddTable<double>& t) { fill_steps<double, max_width<double>>(t.steps); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE

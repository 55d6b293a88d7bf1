#include "engine/convolve2d.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "engine/convolve.hpp"
#include "engine/convolve2d_cost.hpp"
#include "engine/convolve2d_direct.hpp"
#include "engine/convolve2d_fft.hpp"
#include "engine/convolve2d_pixels.hpp"
#include "engine/convolve2d_separable.hpp"

namespace flipshift::convolve2d {

namespace {

template <class T>
Size size_of(const Problem<T>& p) {
  const bool zeros = zeros_outside(p);
  return {extent(p.x.rows, p.h.rows, p.out.rows, p.row_start, zeros),
          extent(p.x.cols, p.h.cols, p.out.cols, p.col_start, zeros), p.outer, p.inner};
}

// A kernel whose terms are worth while, if there are any.
template <class T>
LowRank<T> cheaper_terms(const Problem<T>& p, const Size& size, double others) {
  // The second convolution of several terms would need a fill value for each.
  const bool filled = p.outside.cols == Boundary::fill && p.outside.fillvalue != T(0);
  return low_rank(p.h, std::min<std::size_t>(most_terms<T>(size, others), filled ? 1 : 8));
}

template <class T>
void by_transforms_where_finite(const Problem<T>& p, const Blocks& blocks) {
  by_transforms<T>(p, blocks, [&](const Part& part) {
    if (!is_finite(p, part)) directly(p, part);
  });
}

// One row or column with another one, zeros outside, is left to the choice and kernels of one
// dimension. Their zeros take no part in sums: what is not finite in h would tell.
template <class T>
bool as_one_line(const Problem<T>& p) {
  const bool row = p.x.rows == 1 && p.h.rows == 1 && p.out.rows == 1 && p.row_start == 0;
  const bool column = p.x.cols == 1 && p.h.cols == 1 && p.out.cols == 1 && p.col_start == 0;
  if ((!row && !column) || p.outer != 1 || p.inner != 1 || !zeros_outside(p)) return false;
  const std::size_t n = p.x.rows * p.x.cols, m = p.h.rows * p.h.cols;
  const auto finite = [](T v) {
    return std::isfinite(std::real(v)) && std::isfinite(std::imag(v));
  };
  if (!std::all_of(p.h.data, p.h.data + m, finite)) return false;
  convolve::run(p.x.data, n, p.h.data, m, p.out.data, p.out.rows * p.out.cols,
                row ? p.col_start : p.row_start, convolve::Method::automatic, p.workers);
  return true;
}

// To look at the costs would take longer than to err, but for narrow images.
template <class T>
bool is_small(const Problem<T>& p) {
  constexpr std::size_t few_products = 2048, few_rows = 64;
  const std::size_t outputs = p.outer * p.out.rows * p.out.cols * p.inner;
  return p.out.rows <= few_rows && outputs * p.h.rows * p.h.cols < few_products;
}

template <class T>
void convolve_floating(const Problem<T>& p, Method method) {
  if (method == Method::automatic && as_one_line(p)) return;
  if (method == Method::direct) return Direct<T>(p).run();
  if (method == Method::separable) {
    const LowRank<T> terms = factors(p.h);
    return terms.terms > 0 ? by_terms(p, terms) : Direct<T>(p).run();
  }
  const bool any = method == Method::automatic;
  if (any && is_small(p)) return Direct<T>(p).run();
  const Size size = size_of(p);
  if (method == Method::fft) return by_transforms<T>(p, best_blocks<T>(size), [](const Part&) {});
  const double direct = direct_ns<T>(size);
  if (direct < least_ns) return Direct<T>(p).run();
  Blocks blocks{};
  blocks.ns = direct;
  if (!any || direct >= least_fourier_ns) blocks = best_blocks<T>(size);
  if (any) {
    const LowRank<T> terms = cheaper_terms(p, size, std::min(direct, blocks.ns));
    if (terms.terms > 0) return by_terms(p, terms);
  }
  return blocks.ns < direct ? by_transforms_where_finite(p, blocks) : Direct<T>(p).run();
}

}  // namespace

template <class T>
Choice choice(const Problem<T>& p) {
  const Size size = size_of(p);
  const Blocks b = best_blocks<T>(size);
  Choice c{};
  c.direct_ns = direct_ns<T>(size);
  c.fourier_ns = b.ns;
  c.block_rows = b.rows.size;
  c.block_cols = b.cols.size;
  c.blocks = b.rows.blocks * b.cols.blocks * size.images;
  c.method = Method::direct;
  if (is_small(p) || c.direct_ns < least_ns) return c;
  const bool any = c.direct_ns >= least_fourier_ns;
  c.terms = cheaper_terms(p, size, any ? std::min(c.direct_ns, b.ns) : c.direct_ns).terms;
  if (c.terms > 0) {
    c.separable_ns = separable_ns<T>(size, c.terms);
    c.method = Method::separable;
  } else if (any && c.fourier_ns < c.direct_ns) {
    c.method = Method::fft;
  }
  return c;
}

template <class T>
void convolve2d(const Problem<T>& p, Method method) {
  if constexpr (std::is_floating_point_v<Real<T>>) {
    convolve_floating(p, method);
  } else if constexpr (sizeof(T) == 1) {
    // Sums modulo 2^8 of whole weights: two products an instruction there.
    const std::vector<double> taps(p.h.data, p.h.data + p.h.rows * p.h.cols);
    convolve2d_pixels(PixelProblem<T>{
        p.x.data, p.x.rows, p.x.cols, taps.data(), p.h.rows, p.h.cols, p.out.data, PixelOut::bits8,
        p.out.rows, p.out.cols, p.row_start, p.col_start, p.outside, p.outer, p.inner, p.workers});
  } else {
    Direct<T>(p).run();
  }
}

template Choice choice(const Problem<float>&);
template Choice choice(const Problem<double>&);
template Choice choice(const Problem<std::complex<float>>&);
template Choice choice(const Problem<std::complex<double>>&);

template void convolve2d(const Problem<float>&, Method);
template void convolve2d(const Problem<double>&, Method);
template void convolve2d(const Problem<std::complex<float>>&, Method);
template void convolve2d(const Problem<std::complex<double>>&, Method);
template void convolve2d(const Problem<std::uint8_t>&, Method);
template void convolve2d(const Problem<std::uint16_t>&, Method);
template void convolve2d(const Problem<std::uint32_t>&, Method);
template void convolve2d(const Problem<std::uint64_t>&, Method);

}  // namespace flipshift::convolve2d

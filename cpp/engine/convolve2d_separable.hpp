// 2-D convolution by the terms of its kernel, and what of a result is computed again directly.
#pragma once

#include <algorithm>
#include <complex>
#include <cstddef>
#include <vector>

#include "engine/convolve2d.hpp"
#include "engine/convolve2d_direct.hpp"
#include "engine/convolve2d_fft.hpp"
#include "engine/low_rank.hpp"
#include "engine/scratch.hpp"
#include "engine/separable2d.hpp"
#include "engine/threads.hpp"
#include "kernels/convolve2d_fft.hpp"

namespace flipshift::convolve2d {

// A problem whose outputs are a part of those of p, elsewhere in memory.
template <class T>
Problem<T> part_of(const Problem<T>& p, const Part& part, T* out) {
  Problem<T> one = p;
  one.outer = one.workers = 1;
  one.x.data += part.image * p.x.rows * p.x.cols * p.inner;
  one.row_start += static_cast<std::ptrdiff_t>(part.row_begin);
  one.col_start += static_cast<std::ptrdiff_t>(part.col_begin);
  one.out = {out, part.row_end - part.row_begin, part.col_end - part.col_begin};
  return one;
}

// The sums themselves, for some outputs of one image.
template <class T>
void directly(const Problem<T>& p, const Part& part) {
  const std::size_t rows = part.row_end - part.row_begin;
  const std::size_t samples = (part.col_end - part.col_begin) * p.inner;
  const std::size_t stride = p.out.cols * p.inner;
  Scratch<T> sums(rows * samples);
  Direct<T>(part_of(p, part, sums.data())).run();
  T* out =
      p.out.data + (part.image * p.out.rows + part.row_begin) * stride + part.col_begin * p.inner;
  for (std::size_t i = 0; i < rows; ++i)
    std::copy_n(sums.data() + i * samples, samples, out + i * stride);
}

template <class T>
bool is_finite(const Problem<T>& p, const Part& part) {
  using R = Real<T>;
  const auto finite = kernels<Convolve2dFftTable<R>>().finite;
  const std::size_t stride = p.out.cols * p.inner;
  const T* out = p.out.data + part.image * p.out.rows * stride + part.col_begin * p.inner;
  const std::size_t samples = (part.col_end - part.col_begin) * p.inner * (sizeof(T) / sizeof(R));
  const std::size_t rows = part.row_end - part.row_begin;
  out += part.row_begin * stride;
  if (part.col_end - part.col_begin == p.out.cols)
    return finite(reinterpret_cast<const R*>(out), rows * samples);
  for (std::size_t i = 0; i < rows; ++i)
    if (!finite(reinterpret_cast<const R*>(out + i * stride), samples)) return false;
  return true;
}

// By terms, band by band of outputs that stay in the cache until they are looked at: where they are
// not finite, the direct sum may be.
template <class T>
void by_terms(const Problem<T>& p, const LowRank<T>& terms) {
  constexpr std::size_t band_bytes = std::size_t{256} << 10;
  const std::size_t row_bytes = p.out.cols * p.inner * sizeof(T);
  const std::size_t height = std::clamp<std::size_t>(band_bytes / row_bytes, 32, p.out.rows);
  const std::size_t bands = (p.out.rows + height - 1) / height;
  const auto run = [&](const Problem<T>& one, std::size_t first, std::size_t count) {
    const T* const column = terms.columns.data() + first * p.h.rows;
    T sum(0);  // what the continuation to the sides becomes by the first convolution
    for (std::size_t k = 0; k < p.h.rows; ++k) sum += column[k];
    separable2d(SeparableProblem<T>{one.x, column, p.h.rows, terms.rows.data() + first * p.h.cols,
                                    p.h.cols, count, one.out, one.row_start, one.col_start,
                                    p.outside.rows, p.outside.cols, p.outside.fillvalue,
                                    p.outside.fillvalue * sum, one.outer, one.inner, 1});
  };
  const bool together =
      terms.terms == 1 || p.outside.cols != Boundary::fill || p.outside.fillvalue == T(0);
  parallel_for(p.outer * bands, p.workers, [&](std::size_t begin, std::size_t end) {
    for (; begin < end; ++begin) {
      const std::size_t i = begin % bands * height;
      const Part part{begin / bands, i, std::min(i + height, p.out.rows), 0, p.out.cols};
      const std::size_t n = (part.row_end - i) * p.out.cols * p.inner;
      T* const out = p.out.data + (part.image * p.out.rows + i) * p.out.cols * p.inner;
      run(part_of(p, part, out), 0, together ? terms.terms : 1);
      if (!together) {
        Scratch<T> sums(n);
        for (std::size_t r = 1; r < terms.terms; ++r) {
          run(part_of(p, part, sums.data()), r, 1);
          for (std::size_t j = 0; j < n; ++j) out[j] += sums[j];
        }
      }
      if (!is_finite(p, part)) directly(p, part);
    }
  });
}

}  // namespace flipshift::convolve2d

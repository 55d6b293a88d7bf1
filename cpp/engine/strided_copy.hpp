// Copies of parts of strided arrays into other strides: how lines reach the kernels that want them
// as neighbours, wherever they lie.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <type_traits>
#include <utility>

#include "engine/array.hpp"
#include "engine/dispatch.hpp"
#include "kernels/strided_copy.hpp"
#include "kernels/transpose.hpp"

namespace flipshift {

// One axis of a copy; steps are counted in elements and may be negative or zero.
struct CopyAxis {
  std::size_t size;
  std::ptrdiff_t from, to;
};

// Copies n rows of N adjacent numbers, for few N.
inline constexpr std::size_t most_in_a_row = 16;
template <class X>
using RowCopy = void (*)(const X* from, std::ptrdiff_t from_step, std::size_t n, X* to,
                         std::ptrdiff_t to_step);
template <class X, std::size_t... N>
RowCopy<X> row_copy(std::size_t count, std::index_sequence<N...>) {
  static constexpr RowCopy<X> copies[] = {
      [](const X* from, std::ptrdiff_t from_step, std::size_t n, X* to, std::ptrdiff_t to_step) {
        for (std::size_t j = 0; j < n; ++j, from += from_step, to += to_step)
          std::memcpy(static_cast<void*>(to), from, N * sizeof(X));
      }...};
  return copies[count];
}
template <class X>
void copy_rows(const X* from, std::ptrdiff_t from_step, std::size_t n, std::size_t count, X* to,
               std::ptrdiff_t to_step) {
  if (count <= most_in_a_row)
    return row_copy<X>(count, std::make_index_sequence<most_in_a_row + 1>())(from, from_step, n, to,
                                                                             to_step);
  for (std::size_t j = 0; j < n; ++j, from += from_step, to += to_step)
    std::memcpy(static_cast<void*>(to), from, count * sizeof(X));
}

// Copies rows of n numbers that are `step` apart to where they are contiguous.
template <class X>
void compact_rows(const X* from, std::ptrdiff_t from_row, std::size_t rows, std::size_t n,
                  std::ptrdiff_t step, X* to, std::ptrdiff_t to_row) {
  using Bits = std::conditional_t<sizeof(X) == 4, float, double>;
  const StridedCopyTable<Bits>& k = kernels<StridedCopyTable<Bits>>();
  (sizeof(X) == 16 ? k.rows_of_pairs : k.rows)(reinterpret_cast<const Bits*>(from), from_row, rows,
                                               n, step, reinterpret_cast<Bits*>(to), to_row);
}

namespace copying {

// transpose() of few columns.
inline constexpr std::size_t most_columns = 8;
template <class X, std::size_t... N>
auto few_columns(std::size_t columns, std::index_sequence<N...>) {
  using Copy = void (*)(const X*, std::ptrdiff_t, std::size_t, X*, std::ptrdiff_t);
  static constexpr Copy copies[] = {
      [](const X* from, std::ptrdiff_t from_step, std::size_t rows, X* to, std::ptrdiff_t to_step) {
        for (std::size_t r = 0; r < rows; ++r, ++from, to += to_step) {
          X numbers[N + 1];
          for (std::size_t c = 0; c < N; ++c)
            numbers[c] = from[static_cast<std::ptrdiff_t>(c) * from_step];
          for (std::size_t c = 0; c < N; ++c) to[c] = numbers[c];
        }
      }...};
  return copies[columns];
}

// rows x columns numbers; the columns are adjacent in `to`, the rows in `from`.
template <class X>
void transpose(const X* from, std::ptrdiff_t from_step, std::size_t rows, std::size_t columns,
               X* to, std::ptrdiff_t to_step) {
  // Narrower than this the squares of the kernel do not pay.
  constexpr std::size_t least = 4;
  if constexpr (sizeof(X) <= 8) {
    using Bits = std::conditional_t<sizeof(X) == 4, float, double>;
    if (rows >= least && columns >= least && from_step > 0 && to_step > 0)
      return kernels<TransposeTable<Bits>>().run(
          reinterpret_cast<const Bits*>(from), static_cast<std::size_t>(from_step), columns, rows,
          reinterpret_cast<Bits*>(to), static_cast<std::size_t>(to_step));
  }
  if (columns <= most_columns)
    return few_columns<X>(columns, std::make_index_sequence<most_columns + 1>())(from, from_step,
                                                                                 rows, to, to_step);
  for (std::size_t r = 0; r < rows; ++r, ++from, to += to_step) {
    const X* x = from;
    for (std::size_t c = 0; c < columns; ++c, x += from_step) to[c] = *x;
  }
}

template <class X>
void scalars(const X* from, std::ptrdiff_t from_step, std::size_t n, X* to,
             std::ptrdiff_t to_step) {
  if (to_step == 1 && from_step == 0) return void(std::fill_n(to, n, *from));
  for (std::size_t i = 0; i < n; ++i, from += from_step, to += to_step) *to = *from;
}

// The two innermost axes.
template <class X>
void plane(const X* from, X* to, const CopyAxis& outer, const CopyAxis& inner) {
  if (inner.from == 1 && inner.to == 1)
    return copy_rows(from, outer.from, outer.size, inner.size, to, outer.to);
  if (inner.to == 1 && outer.from == 1)
    return transpose(from, inner.from, outer.size, inner.size, to, outer.to);
  if (inner.to == 1 && inner.from != 0)
    return compact_rows(from, outer.from, outer.size, inner.size, inner.from, to, outer.to);
  for (std::size_t i = 0; i < outer.size; ++i, from += outer.from, to += outer.to)
    scalars(from, inner.from, inner.size, to, inner.to);
}

template <class X>
void along(const X* from, X* to, const CopyAxis* axes, std::size_t count) {
  if (count == 2) return plane(from, to, axes[0], axes[1]);
  for (std::size_t i = 0; i < axes->size; ++i, from += axes->from, to += axes->to)
    along(from, to, axes + 1, count - 1);
}

}  // namespace copying

// Copies `count` axes, which are brought into an order that suits the copy. At most max_dims of
// them; the two memories do not overlap.
template <class X>
void copy_strided(const X* from, X* to, CopyAxis* axes, std::size_t count) {
  const auto last =
      std::remove_if(axes, axes + count, [](const CopyAxis& a) { return a.size == 1; });
  count = static_cast<std::size_t>(last - axes);
  std::sort(axes, last, [](const CopyAxis& a, const CopyAxis& b) {
    return std::abs(a.to) != std::abs(b.to) ? std::abs(a.to) > std::abs(b.to)
                                            : std::abs(a.from) > std::abs(b.from);
  });
  // Axes that follow each other without a gap are one.
  std::size_t kept = 0;
  for (std::size_t d = 1; d < count; ++d) {
    const auto size = static_cast<std::ptrdiff_t>(axes[d].size);
    if (axes[kept].from == size * axes[d].from && axes[kept].to == size * axes[d].to) {
      axes[kept] = {axes[kept].size * axes[d].size, axes[d].from, axes[d].to};
    } else {
      axes[++kept] = axes[d];
    }
  }
  if (count > 0) count = kept + 1;
  if (count == 0) return void(*to = *from);
  if (count == 1) return copying::plane(from, to, {1, 0, 0}, axes[0]);
  // Beside the axis that is contiguous in `to`, the one that is so in `from`; else the longest, so
  // that the loops within are not called for little. An innermost axis that is short, but is
  // contiguous nowhere, is better taken outside.
  CopyAxis& inner = axes[count - 1];
  std::size_t second = count - 2;
  for (std::size_t d = 0; d + 1 < count; ++d) {
    if (axes[d].from == 1 && inner.from != 1) {
      second = d;
      break;
    }
    if (axes[d].size > axes[second].size) second = d;
  }
  std::swap(axes[second], axes[count - 2]);
  if (inner.size < (inner.to == 1 ? 4 : axes[count - 2].size / 2) && inner.from != 1 &&
      axes[count - 2].from != 1)
    std::swap(inner, axes[count - 2]);
  copying::along(from, to, axes, count);
}

}  // namespace flipshift

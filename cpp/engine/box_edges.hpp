// What stands left and right of the columns of an image, written beside each row in a buffer.
#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/boundary.hpp"
#include "kernels/box_lines.hpp"

namespace flipshift::box {

// From so many bytes of results on, they go past the caches. They fill lines that then need not be
// read first, and are too many to be found there again.
inline constexpr std::size_t stream_from = std::size_t{8} << 20;

template <class S>
class Edges {
 public:
  // For columns from .. to of pixels of `inner` samples, of which left .. right are there and the
  // others are to be made. For 'fill', samples alternate between two values.
  Edges(Boundary boundary, std::ptrdiff_t cols, std::ptrdiff_t inner, const S* fill,
        std::ptrdiff_t from, std::ptrdiff_t left, std::ptrdiff_t right, std::ptrdiff_t to)
      : boundary_(boundary),
        cols_(cols),
        inner_(inner),
        fill_{fill[0], fill[1]},
        sides_{side(from, std::min(left, to)), side(std::max(right, from), to)} {}

  // Which numbers, from column 0 on, stand where: their count if that is at most `most` and they
  // are some of the row's, else 0.
  std::size_t list(BoxEdge* edges, std::ptrdiff_t most) const {
    std::ptrdiff_t pixels = 0;
    for (const Side& s : sides_) pixels += s.end - s.begin;
    if (pixels * inner_ > most || constant()) return 0;
    BoxEdge* e = edges;
    for (const Side& s : sides_)
      for (std::ptrdiff_t i = s.begin; i < s.end; ++i) {
        const std::ptrdiff_t from = index_inside(i, cols_, boundary_) * inner_;
        for (std::ptrdiff_t c = 0; c < inner_; ++c) *e++ = {i * inner_ + c, from + c};
      }
    return static_cast<std::size_t>(e - edges);
  }

  // Whether all rows have the same beside them.
  bool constant() const { return boundary_ == Boundary::fill; }

  // `row` is where column 0 is or would be.
  void write(S* row) const {
    for (const Side& s : sides_) write(row, s);
  }

 private:
  enum class Kind { none, fill, copy, backwards, beside, pixels };
  struct Side {
    Kind kind;
    std::ptrdiff_t begin, end;
    std::ptrdiff_t source;  // the least column that is copied
  };

  Side side(std::ptrdiff_t begin, std::ptrdiff_t end) const {
    if (begin >= end) return {Kind::none, 0, 0, 0};
    if (boundary_ == Boundary::fill) return {Kind::fill, begin, end, 0};
    const std::ptrdiff_t first = index_inside(begin, cols_, boundary_);
    const std::ptrdiff_t last = index_inside(end - 1, cols_, boundary_);
    const std::ptrdiff_t distance = end - 1 - begin;
    if (last - first == distance) return {Kind::copy, begin, end, first};
    if (inner_ == 1 && first - last == distance) return {Kind::backwards, begin, end, last};
    return {begin == cols_ || end == 0 ? Kind::beside : Kind::pixels, begin, end, 0};
  }

  void write(S* row, const Side& s) const {
    const std::ptrdiff_t pixels = s.end - s.begin;
    S* to = row + s.begin * inner_;
    switch (s.kind) {
      case Kind::none:
        return;
      case Kind::fill:
        for (std::ptrdiff_t i = 0; i < pixels; ++i)
          for (std::ptrdiff_t c = 0; c < inner_; ++c) *to++ = fill_[c % 2];
        return;
      case Kind::copy:
        std::copy_n(row + s.source * inner_, pixels * inner_, to);
        return;
      case Kind::backwards:
        std::reverse_copy(row + s.source, row + s.source + pixels, to);
        return;
      case Kind::beside:
        return write_from_neighbours(row, s);
      case Kind::pixels:
        for (std::ptrdiff_t i = s.begin; i < s.end; ++i)
          to = std::copy_n(row + index_inside(i, cols_, boundary_) * inner_, inner_, to);
        return;
    }
  }

  // From the edge on: mirrored once, then from a period nearer to it.
  void write_from_neighbours(S* row, const Side& s) const {
    const bool once = boundary_ == Boundary::wrap || boundary_ == Boundary::nearest || cols_ == 1;
    const std::ptrdiff_t repeated = boundary_ == Boundary::symm ? 1 : 0;
    const std::ptrdiff_t mirrored = once ? 0 : cols_ - 1 + repeated;
    const std::ptrdiff_t period = boundary_ == Boundary::wrap ? cols_ : once ? 1 : 2 * mirrored;
    const bool right = s.begin > 0;
    const std::ptrdiff_t sign = right ? 1 : -1, edge = right ? cols_ - 1 : 0;
    for (std::ptrdiff_t k = 1; k <= s.end - s.begin; ++k) {
      const std::ptrdiff_t to = edge + sign * k;
      const std::ptrdiff_t from = k <= mirrored ? edge - sign * (k - repeated) : to - sign * period;
      if (inner_ == 1)
        row[to] = row[from];
      else
        std::copy_n(row + from * inner_, inner_, row + to * inner_);
    }
  }

  Boundary boundary_;
  std::ptrdiff_t cols_, inner_;
  S fill_[2];
  Side sides_[2];
};

}  // namespace flipshift::box

// The lines of an array along one axis, in an order that keeps memory accesses close together.
#pragma once

#include <cstdlib>

#include "engine/array.hpp"

namespace flipshift {

// Of all arrays whose axes are gone through one by one; what NumPy takes.
inline constexpr std::size_t max_dims = 64;

// Offsets of line i in two arrays of the same shape but for the axis, counted in their elements.
class Lines {
 public:
  struct Offsets {
    std::ptrdiff_t in, out;
  };
  struct Dim {
    std::size_t size;
    std::ptrdiff_t in, out;
  };

  // In the order of the output, or else of the input.
  Lines(const Shape& shape, const Strides& in, const Strides& out, std::size_t axis,
        bool by_input = false) {
    const Strides& by = by_input ? in : out;
    for (std::size_t d = 0; d < shape.size(); ++d) {
      if (d == axis || shape[d] == 1) continue;
      count_ *= shape[d];
      // The axis with the shortest steps varies fastest.
      std::size_t at = ndim_++;
      for (; at > 0; --at) {
        const Dim& before = dims_[at - 1];
        if (std::abs(by_input ? before.in : before.out) >= std::abs(by[d])) break;
        dims_[at] = before;
      }
      dims_[at] = {shape[d], in[d], out[d]};
    }
    // Axes that follow each other without a gap are one.
    std::size_t last = 0;
    for (std::size_t d = 1; d < ndim_; ++d) {
      const Dim& inner = dims_[d];
      const auto size = static_cast<std::ptrdiff_t>(inner.size);
      if (dims_[last].in == size * inner.in && dims_[last].out == size * inner.out) {
        dims_[last] = {dims_[last].size * inner.size, inner.in, inner.out};
      } else {
        dims_[++last] = inner;
      }
    }
    if (ndim_ > 0) ndim_ = last + 1;
  }

  std::size_t count() const { return count_; }
  // The axes of the lines, the one that varies fastest last.
  const Dim* dims() const { return dims_; }
  std::size_t ndim() const { return ndim_; }
  // The first lines, of regular ones.
  Lines first(std::size_t count) const {
    Lines some = *this;
    some.count_ = some.dims_[0].size = count;
    return some;
  }

  // Whether each line is as far from the one before as all others, and how far.
  bool regular() const { return ndim_ == 1; }
  Offsets apart() const { return {dims_[0].in, dims_[0].out}; }
  // Whether all lines lie side by side, in both arrays.
  bool neighbours() const { return regular() && run() == count_; }
  // How many lines lie side by side, in both arrays, before there is a gap; 1 if none do.
  std::size_t run() const {
    if (ndim_ == 0) return 1;
    const Dim& inner = dims_[ndim_ - 1];
    return inner.in == 1 && inner.out == 1 ? inner.size : 1;
  }

  Offsets operator[](std::size_t i) const {
    Offsets o{0, 0};
    for (std::size_t d = ndim_; d-- > 0;) {
      const std::size_t rest = d ? i / dims_[d].size : 0;
      const auto k = static_cast<std::ptrdiff_t>(i - rest * dims_[d].size);
      i = rest;
      o.in += k * dims_[d].in;
      o.out += k * dims_[d].out;
    }
    return o;
  }

  // Calls f(i, offsets) for i = 0 .. count - 1, the offsets being those of line first + i.
  template <class F>
  void each(std::size_t first, std::size_t count, F&& f) const {
    if (ndim_ == 0) return count ? f(std::size_t{0}, Offsets{0, 0}) : void();
    const Dim& inner = dims_[ndim_ - 1];
    for (std::size_t i = 0; i < count;) {
      Offsets o = (*this)[first + i];
      const std::size_t left = inner.size - (ndim_ == 1 ? first + i : (first + i) % inner.size);
      for (const std::size_t end = count - i < left ? count : i + left; i < end; ++i) {
        f(i, o);
        o.in += inner.in;
        o.out += inner.out;
      }
    }
  }

 private:
  Dim dims_[max_dims];  // set up to ndim_
  std::size_t ndim_ = 0, count_ = 1;
};

}  // namespace flipshift

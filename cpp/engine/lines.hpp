// The lines of an array along one axis, in an order that keeps memory accesses close together.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "engine/array.hpp"

namespace flipshift {

// Offsets of line i in two arrays of the same shape but for the axis, counted in their elements.
class Lines {
 public:
  Lines(const Shape& shape, const Strides& in, const Strides& out, std::size_t axis) {
    std::vector<std::size_t> dims;
    for (std::size_t d = 0; d < shape.size(); ++d)
      if (d != axis && shape[d] != 1) dims.push_back(d);
    // The axis with the shortest steps in the output varies fastest.
    std::stable_sort(dims.begin(), dims.end(), [&](std::size_t a, std::size_t b) {
      return std::abs(out[a]) > std::abs(out[b]);
    });
    for (std::size_t d : dims) {
      count_ *= shape[d];
      dims_.push_back({shape[d], in[d], out[d]});
    }
  }

  std::size_t count() const { return count_; }

  struct Offsets {
    std::ptrdiff_t in, out;
  };
  Offsets operator[](std::size_t i) const {
    Offsets o{0, 0};
    for (std::size_t d = dims_.size(); d-- > 0;) {
      const auto k = static_cast<std::ptrdiff_t>(i % dims_[d].size);
      i /= dims_[d].size;
      o.in += k * dims_[d].in;
      o.out += k * dims_[d].out;
    }
    return o;
  }

 private:
  struct Dim {
    std::size_t size;
    std::ptrdiff_t in, out;
  };
  std::vector<Dim> dims_;
  std::size_t count_ = 1;
};

}  // namespace flipshift

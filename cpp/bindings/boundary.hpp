// Boundaries by the names that python/flipshift/_backend.py gives them.
#pragma once

#include <string>

#include "bindings/arrays.hpp"
#include "engine/boundary.hpp"

namespace flipshift::bindings {

inline Boundary boundary_of(const std::string& name) {
  if (name == "fill") return Boundary::fill;
  if (name == "wrap") return Boundary::wrap;
  if (name == "symm") return Boundary::symm;
  if (name == "mirror") return Boundary::mirror;
  if (name == "nearest") return Boundary::nearest;
  throw bad_argument("boundary", "is none of 'fill', 'wrap', 'symm', 'mirror', 'nearest'");
}

}  // namespace flipshift::bindings

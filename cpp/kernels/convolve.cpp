#include "kernels/simd.hpp"

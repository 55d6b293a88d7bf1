#include "engine/convolve2d.hpp"

#include <complex>
#include <cstdint>

#include "engine/convolve2d_direct.hpp"

namespace flipshift::convolve2d {

template <class T>
void convolve2d(const Problem<T>& problem, Method) {
  Direct<T>(problem).run();
}

template void convolve2d(const Problem<float>&, Method);
template void convolve2d(const Problem<double>&, Method);
template void convolve2d(const Problem<std::complex<float>>&, Method);
template void convolve2d(const Problem<std::complex<double>>&, Method);
template void convolve2d(const Problem<std::uint8_t>&, Method);
template void convolve2d(const Problem<std::uint16_t>&, Method);
template void convolve2d(const Problem<std::uint32_t>&, Method);
template void convolve2d(const Problem<std::uint64_t>&, Method);

}  // namespace flipshift::convolve2d

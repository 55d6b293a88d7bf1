#include "engine/fft.hpp"

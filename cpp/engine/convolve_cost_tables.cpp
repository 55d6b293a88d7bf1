// Tables as `python -m flipshift calibrate` prints them, and the reader of such tables.
//
// A line is a dtype, what it is about, and numbers in nanoseconds: `direct` a call, an output, a
// multiply-add, a tap, a tap beyond an end of x; `transforms` a call, (a ratio) the making of the
// kernel's spectrum in blocks of the same length, an output; `1`, `3`, `5`, `7`, `9`, `15` a block
// of so many times 2^k samples, from 32, 48, 40, 56, 72, 60 on, each twice as long as the one
// before. Neighbours differ by more than their lengths: 512 samples may take less time than 384.
//
// Those built in: AMD Zen 5 at 3.65 GHz, one thread, 2026-11, fitted to calls at thousands of
// random lengths, which they meet within 7 to 9% (root of the mean square), on two processors that
// others shared: what they took of it was found from all times of a moment, and taken out. On other
// processors the ratio of the methods is what matters. Those of v2 are of an older measurement,
// with the calls of today; some short lengths, 3 2^16 in complex128 and its direct sums are set by
// races of the methods since. Of the longest lengths, where other programs disturb most, v3 and v2
// have at most 1.5 and 3 times the times of v4, as at the shorter ones.
#include "engine/convolve_cost_tables.hpp"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "engine/dispatch.hpp"

namespace flipshift::convolve {

namespace {

constexpr const char* v2 = R"(flipshift-costs 2 v2
float32 direct 223.7 0.02734 0.04229 0.5606 1.726
float32 transforms 273.4 0.463 0.0481
float32 1 61.42 109.7 239.2 365.4 749.6 1623 3416 7279 1.625e+04 3.495e+04 7.584e+04 1.632e+05
   3.579e+05 7.64e+05 1.805e+06 5.664e+06 1.341e+07
float32 3 201.4 192.8 324.8 623.9 1302 2667 5520 1.205e+04 2.624e+04 5.508e+04 1.182e+05 2.621e+05
   5.725e+05 1.251e+06 3.036e+06 7.217e+06
float32 5 154.2 176.3 320.6 531.9 1064 2252 4670 9804 2.127e+04 4.809e+04 9.674e+04 2.091e+05
float32 7 220.1 244.1 446 773.4 1553 3304 6872 1.513e+04 3.271e+04 6.974e+04 1.414e+05 3.112e+05
float32 9 319.5 298.1 520.2 1014 2065 4403 9248 1.987e+04 4.339e+04 9.202e+04 1.887e+05
float32 15 232.2 238.9 471.8 894 1760 3566 7745 1.643e+04 3.521e+04 7.509e+04 1.615e+05
float64 direct 169.7 0.05724 0.08343 1.251 2.434
float64 transforms 257.7 0.445 0.0721
float64 1 90.82 200.5 335.7 689.5 1554 3339 7018 1.583e+04 3.223e+04 6.865e+04 1.6e+05 3.348e+05
   7.512e+05 1.649e+06 6.698e+06 1.484e+07 3.537e+07
float64 3 262.6 302.6 599.6 1234 2549 5356 1.149e+04 2.483e+04 5.512e+04 1.097e+05 2.4e+05
   5.688e+05 1.186e+06 3.162e+06 1.052e+07 2.51e+07
float64 5 205.9 275.3 498.3 1005 2118 4460 9430 2.058e+04 4.316e+04 9.774e+04 1.945e+05 4.32e+05
float64 7 312.2 391.4 741.9 1504 3199 6725 1.489e+04 3.234e+04 6.296e+04 1.432e+05 2.893e+05
   6.534e+05
float64 9 313.4 500.3 968.5 2064 4271 8836 1.875e+04 3.95e+04 8.409e+04 1.945e+05 3.86e+05
float64 15 337.4 451.8 828.6 1645 3483 7353 1.56e+04 3.46e+04 6.866e+04 1.483e+05 3.407e+05
complex64 direct 237.5 0.2966 0.1758 1.031 3.838
complex64 transforms 263.6 0.48 0.0535
complex64 1 83.86 188.7 320.7 666.6 1463 3166 6777 1.517e+04 3.268e+04 7.111e+04 1.542e+05
   3.394e+05 7.368e+05 1.582e+06 7.882e+06 1.628e+07 3.947e+07
complex64 3 162.3 291.7 602 1198 2470 5163 1.122e+04 2.45e+04 5.194e+04 1.115e+05 2.459e+05
   5.438e+05 1.21e+06 2.623e+06 8.816e+06 2.143e+07
complex64 5 155.8 264.1 478.6 1012 2097 4357 9181 1.983e+04 4.522e+04 9.098e+04 1.973e+05 4.41e+05
complex64 7 214.7 375.5 701.7 1466 3094 6446 1.41e+04 3.05e+04 6.581e+04 1.335e+05 2.928e+05
   6.511e+05
complex64 9 267.4 463.9 926.5 1963 4118 8656 1.858e+04 4.069e+04 8.705e+04 1.778e+05 3.926e+05
complex64 15 203.5 430.2 810.7 1629 3381 7248 1.535e+04 3.296e+04 7.087e+04 1.523e+05 3.148e+05
complex128 direct 195.9 0.7612 0.3858 2.845 6.693
complex128 transforms 282.9 0.473 0.205
complex128 1 177.4 289.4 600.6 1402 3105 6375 1.451e+04 2.974e+04 6.294e+04 1.481e+05 3.117e+05
   6.961e+05 1.558e+06 3.729e+06 1.053e+07 2.881e+07 7.227e+07
complex128 3 270.5 538 1107 2324 4881 1.059e+04 2.287e+04 5.119e+04 1.02e+05 2.236e+05 5.292e+05
   1.12e+06 2.73e+06 9.669e+06 2.218e+07 5.279e+07
complex128 5 244.2 446.5 906.5 1940 4059 8591 1.891e+04 3.995e+04 9.064e+04 1.791e+05 4.078e+05
   9.412e+05
complex128 7 344.5 672 1368 2929 6155 1.369e+04 2.998e+04 5.831e+04 1.332e+05 2.672e+05 6.092e+05
   1.397e+06
complex128 9 457.3 877.6 1903 3912 8113 1.726e+04 3.659e+04 7.782e+04 1.802e+05 3.601e+05
   8.136e+05
complex128 15 408.7 759.3 1505 3196 6743 1.435e+04 3.209e+04 6.347e+04 1.371e+05 3.19e+05
   6.369e+05
)";

constexpr const char* v3 = R"(flipshift-costs 2 v3
float32 direct 231.7 0.02272 0.01555 0.1854 7.234
float32 transforms 207.4 0.543 0.0225
float32 1 75.58 79.53 133 216.1 377.8 734.6 1482 3106 6997 1.527e+04 3.2e+04 7.725e+04 1.612e+05
   3.736e+05 8.481e+05 2.542e+06 6.754e+06
float32 3 142.7 164.2 230.3 340.9 642.1 1200 2424 5262 1.103e+04 2.437e+04 5.102e+04 1.13e+05
   2.607e+05 5.412e+05 1.371e+06 3.653e+06
float32 5 128.2 144.6 213.3 326.4 543.1 1077 2105 4405 9462 2.056e+04 4.419e+04 9.312e+04
float32 7 153.5 204.9 299.2 449.7 792.9 1592 3146 6741 1.465e+04 3.07e+04 6.657e+04 1.401e+05
float32 9 237 207.9 336.7 525 937.1 1930 3847 8139 1.791e+04 3.91e+04 8.372e+04
float32 15 149.2 200.2 252.8 480.6 864.7 1606 3413 6947 1.484e+04 3.155e+04 7.054e+04
float64 direct 210.4 0.06502 0.02809 1.426 0
float64 transforms 207.4 0.526 0.0708
float64 1 77.99 110.7 215.8 320.5 648.9 1328 2796 6547 1.492e+04 3.041e+04 7.414e+04 1.587e+05
   3.352e+05 9.07e+05 3.375e+06 8.293e+06 1.971e+07
float64 3 231.3 186.8 303.1 569.1 1106 2247 4901 1.063e+04 2.405e+04 4.886e+04 1.058e+05 2.644e+05
   6.253e+05 1.62e+06 5.388e+06 1.172e+07
float64 5 164.2 182.6 277.4 489.7 981.1 1951 4111 9012 1.931e+04 4.235e+04 9.02e+04 1.962e+05
float64 7 226 248 390 717.6 1447 2949 6342 1.384e+04 2.83e+04 6.471e+04 1.347e+05 2.99e+05
float64 9 293.7 283.3 459.2 857.2 1777 3601 7636 1.742e+04 3.594e+04 8.495e+04 1.746e+05
float64 15 243.4 232.2 432 789.6 1467 3174 6568 1.41e+04 3.042e+04 6.409e+04 1.556e+05
complex64 direct 251.8 0.1122 0.06899 0.367 0
complex64 transforms 209.6 0.549 0.0487
complex64 1 72.44 106.6 186.4 332.2 625 1359 2880 6643 1.443e+04 2.974e+04 7.128e+04 1.519e+05
   3.519e+05 8.144e+05 2.086e+06 4.07e+06 1.013e+07
complex64 3 153.5 203.6 305.4 582.8 1107 2269 4970 1.051e+04 2.289e+04 4.678e+04 1.038e+05
   2.442e+05 5.216e+05 1.243e+06 4.305e+06 1.119e+07
complex64 5 135.8 194.6 291.6 495.9 994.1 1971 4148 9017 1.947e+04 4.033e+04 8.523e+04 1.876e+05
complex64 7 191.5 260.3 411.1 729 1482 2977 6398 1.383e+04 2.857e+04 6.101e+04 1.294e+05 2.837e+05
complex64 9 193.1 300.8 480 861.2 1811 3610 7686 1.695e+04 3.601e+04 7.674e+04 1.66e+05
complex64 15 174.3 229.8 434.8 806.7 1497 3234 6622 1.408e+04 2.943e+04 6.35e+04 1.407e+05
complex128 direct 227 0.3031 0.1331 1.855 0
complex128 transforms 204.4 0.546 0.104
complex128 1 92.87 192.5 281.3 578.5 1207 2567 6094 1.391e+04 2.841e+04 6.793e+04 1.446e+05
   3.171e+05 7.695e+05 2.193e+06 6.057e+06 1.574e+07 3.844e+07
complex128 3 169 278.7 521.7 1011 2077 4549 9881 2.265e+04 4.569e+04 9.723e+04 2.437e+05 5.81e+05
   1.434e+06 5.008e+06 1.141e+07 2.704e+07
complex128 5 165.8 253.6 437 900 1806 3803 8461 1.798e+04 3.942e+04 8.247e+04 1.81e+05 4.559e+05
complex128 7 231.8 359.7 651.8 1349 2746 5912 1.291e+04 2.651e+04 6.042e+04 1.243e+05 2.784e+05
   7.034e+05
complex128 9 261.2 418.8 790.1 1655 3322 7197 1.633e+04 3.352e+04 7.764e+04 1.594e+05 3.562e+05
complex128 15 214.4 391.8 714.6 1363 2970 6077 1.322e+04 2.838e+04 5.958e+04 1.442e+05 2.975e+05
)";

constexpr const char* v4 = R"(flipshift-costs 2 v4
float32 direct 227.4 0.02521 0.008277 0.2384 2.586
float32 transforms 200.7 0.647 0.0292
float32 1 66 70 96 147 266.5 489.4 900.6 1831 4303 1.015e+04 2.257e+04 5.027e+04
   1.125e+05 2.498e+05 6.153e+05 1.93e+06 4.592e+06
float32 3 130.9 145.9 201.9 322.8 469.1 798.7 1510 3189 7037 1.609e+04 3.686e+04 8.174e+04
   1.847e+05 4.163e+05 1.016e+06 2.422e+06
float32 5 118.6 142.8 200.6 300.9 471.3 710 1319 2592 5668 1.275e+04 3.008e+04 6.51e+04
float32 7 138.3 175.1 234.1 373.3 539.2 945.9 1845 3838 8470 1.882e+04 4.396e+04 9.47e+04
float32 9 155.3 188.5 306.3 463.6 711.7 1200 2462 5275 1.186e+04 2.709e+04 5.854e+04
float32 15 142.8 177.7 250.2 433.8 623.2 1059 2000 4301 9688 2.139e+04 4.771e+04
float64 direct 208.1 0.01373 0.01713 0.826 1.418
float64 transforms 198.1 0.591 0.062
float64 1 74.8 92.07 135 245 427.3 805.8 1685 4067 9295 1.897e+04 4.455e+04 1.055e+05 2.334e+05
   5.614e+05 2.296e+06 5.104e+06 1.218e+07
float64 3 144.6 175.2 215 377.9 707.2 1391 2978 6922 1.586e+04 3.246e+04 7.432e+04 1.734e+05
   4.06e+05 8.941e+05 3.183e+06 7.857e+06
float64 5 131.4 168.1 248.1 357.4 591.6 1184 2414 5582 1.168e+04 2.87e+04 5.642e+04 1.333e+05
float64 7 144.6 213.5 294 475.1 815.9 1702 3661 8434 1.667e+04 4.273e+04 8.619e+04 1.984e+05
float64 9 213.6 233 376.9 584.6 1064 2292 5076 1.095e+04 2.307e+04 5.546e+04 1.246e+05
float64 15 156.6 215.9 286.1 532.1 934.9 1812 4075 9417 1.911e+04 4.342e+04 1.065e+05
complex64 direct 247.5 0.102 0.03454 0.7741 0
complex64 transforms 234.1 0.599 0.0423
complex64 1 62 74 115 227.8 445.5 822.3 1716 4189 1.002e+04 2.086e+04 4.737e+04 1.101e+05
   2.48e+05 6.017e+05 1.602e+06 3.283e+06 7.932e+06
complex64 3 142.6 174.5 274.6 430.1 744 1434 3072 6983 1.61e+04 3.385e+04 7.951e+04 1.778e+05
   4.103e+05 9.506e+05 3.177e+06 7.733e+06
complex64 5 142 179.3 262.6 425.5 649.2 1243 2499 5576 1.277e+04 2.765e+04 6.187e+04 1.408e+05
complex64 7 159.5 204.9 334.6 498.3 884.3 1767 3758 8393 1.855e+04 4.059e+04 9.427e+04 2.068e+05
complex64 9 172.7 265.1 424.8 669.9 1134 2395 5192 1.184e+04 2.519e+04 5.552e+04 1.332e+05
complex64 15 172.5 221.3 384.5 571.3 997.3 1895 4225 9509 1.984e+04 4.458e+04 1.057e+05
complex128 direct 219.5 0.1293 0.0737 1.817 1.186
complex128 transforms 231 0.557 0.0819
complex128 1 74.95 100 206 387.6 744.7 1566 3894 9041 1.826e+04 4.257e+04 9.963e+04 2.264e+05
   5.372e+05 1.687e+06 4.42e+06 1.166e+07 2.873e+07
complex128 3 150.7 226.8 345.8 658.5 1332 2850 6743 1.55e+04 3.066e+04 7.017e+04 1.642e+05
   3.983e+05 9.9e+05 2.641e+06 6.159e+06 1.478e+07
complex128 5 154 222.3 320.6 543.1 1137 2316 5379 1.144e+04 2.709e+04 5.48e+04 1.27e+05 3.128e+05
complex128 7 193.3 265.7 427.2 765.8 1632 3542 8185 1.637e+04 4.016e+04 8.166e+04 1.876e+05
   4.606e+05
complex128 9 217.5 349.3 541.8 1008 2184 4937 1.067e+04 2.195e+04 5.456e+04 1.192e+05 2.586e+05
complex128 15 207.8 267.1 503.7 885.5 1725 3940 9136 1.861e+04 4.111e+04 1.003e+05 2.179e+05
)";

const char* built_in() {
  switch (isa()) {
#if defined(__x86_64__)
    case Isa::v4:
      return v4;
    case Isa::v3:
      return v3;
    default:
      return v2;
#else
    default:
      return v2;  // not measured: vectors of the same length
#endif
  }
}

[[noreturn]] void refuse(const std::string& source, const std::string& what) {
  throw std::invalid_argument("FLIPSHIFT_COSTS is '" + source + "', which " + what +
                              "; `python -m flipshift calibrate --out FILE` writes one");
}

// Words up to the next one that is not a number.
void read_numbers(std::istream& in, const std::string& source, const std::string& name, double* to,
                  std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (!(in >> to[i]) || !std::isfinite(to[i]) || to[i] < 0)
      refuse(source, "has no " + std::to_string(count) + " numbers for '" + name + "'");
  }
}

CostTable read(std::istream& in, const std::string& source, bool same_isa) {
  std::string word, version, isa_word;
  if (!(in >> word >> version >> isa_word) || word != "flipshift-costs" || version != "2")
    refuse(source, "is not a table of costs of version 2");
  if (same_isa && isa_word != isa_name(isa()))
    refuse(source, "is for the instruction set " + isa_word + ", not for " + isa_name(isa()));
  CostTable table;
  table.source = source;
  struct Named {
    const char* name;
    Costs* costs;
  };
  for (const Named& dtype :
       {Named{"float32", &table.float32}, Named{"float64", &table.float64},
        Named{"complex64", &table.complex64}, Named{"complex128", &table.complex128}}) {
    Costs& c = *dtype.costs;
    const auto line = [&](const std::string& about, auto... numbers) {
      const std::string name = dtype.name + (" " + about);
      std::string first, second;
      if (!(in >> first >> second) || first + " " + second != name)
        refuse(source, "has no line '" + name + "' where it belongs");
      read_numbers(in, source, name, numbers...);
    };
    double direct[5], transforms[3];
    line("direct", direct, std::size(direct));
    line("transforms", transforms, std::size(transforms));
    for (std::size_t i = 0; i < std::size(Costs::rows); ++i)
      line(std::to_string(Costs::rows[i].odd), c.blocks[i], Costs::rows[i].count);
    c.call = direct[0], c.output = direct[1], c.product = direct[2], c.tap = direct[3];
    c.beyond = direct[4];
    c.transforms = transforms[0], c.kernel = transforms[1], c.copied = transforms[2];
  }
  return table;
}

CostTable load() {
  const char* const path = std::getenv("FLIPSHIFT_COSTS");
  if (path == nullptr || *path == '\0') {
    std::istringstream in(built_in());
    return read(in, "built in", false);
  }
  std::ifstream in(path);
  if (!in) refuse(path, "cannot be read");
  return read(in, path, true);
}

}  // namespace

const CostTable& cost_table() {
  static const CostTable table = load();
  return table;
}

}  // namespace flipshift::convolve

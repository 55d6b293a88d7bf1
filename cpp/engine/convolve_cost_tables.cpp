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
// processors the ratio of the methods is what matters. Of the longest lengths, where other programs disturb most,
// v3 and v2 have at most 1.5 and 3 times the times of v4, as at the shorter ones.
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
float32 direct 221.9 0.03544 0.04302 0.8098 0
float32 transforms 300.8 0.444 -0.013
float32 1 18.86 105.9 226.7 377.9 771.5 1690 3549 7442 1.683e+04 3.6e+04 7.885e+04 1.706e+05
   3.72e+05 7.942e+05 1.876e+06 5.888e+06 1.394e+07
float32 3 192.1 183.9 348.8 662.6 1331 2742 5652 1.227e+04 2.637e+04 5.629e+04 1.219e+05 2.712e+05
   5.924e+05 1.294e+06 3.141e+06 7.467e+06
float32 5 144 164.7 290.1 547.1 1132 2310 4777 1.004e+04 2.171e+04 4.907e+04 9.9e+04 2.15e+05
float32 7 192.2 213.2 418.4 805.8 1627 3405 7028 1.544e+04 3.346e+04 7.239e+04 1.45e+05 3.18e+05
float32 9 324.1 302.4 518.7 1030 2103 4444 9245 1.986e+04 4.425e+04 9.462e+04 1.91e+05
float32 15 197.9 203.6 482.3 881.8 1765 3647 7810 1.64e+04 3.531e+04 7.721e+04 1.653e+05
float64 direct 191.2 0.07887 0.08268 1.379 5.165
float64 transforms 259.2 0.427 0.0293
float64 1 93.63 206.7 346.1 715.6 1605 3464 7159 1.63e+04 3.338e+04 7.13e+04 1.662e+05 3.499e+05
   7.838e+05 1.72e+06 6.988e+06 1.548e+07 3.69e+07
float64 3 274.4 316.2 610.4 1262 2600 5508 1.186e+04 2.522e+04 5.709e+04 1.125e+05 2.488e+05
   5.941e+05 1.219e+06 3.25e+06 1.081e+07 2.58e+07
float64 5 214.4 286.6 518.8 1042 2182 4589 9753 2.123e+04 4.449e+04 1.011e+05 1.982e+05 4.521e+05
float64 7 309.6 388.2 761.2 1556 3284 6824 1.53e+04 3.349e+04 6.483e+04 1.485e+05 2.963e+05
   6.701e+05
float64 9 309.7 494.3 976.1 2014 4274 8907 1.89e+04 4.015e+04 8.584e+04 1.974e+05 3.904e+05
float64 15 318.7 426.7 840.4 1679 3489 7468 1.574e+04 3.544e+04 6.971e+04 1.493e+05 3.516e+05
complex64 direct 211.5 0.3814 0.1746 1.404 27.34
complex64 transforms 254.6 0.481 0.0592
complex64 1 86.66 219.3 326.9 675.5 1511 3217 6768 1.534e+04 3.33e+04 7.236e+04 1.576e+05
   3.482e+05 7.645e+05 1.65e+06 8.22e+06 1.698e+07 4.116e+07
complex64 3 165.3 293.5 589.9 1183 2480 5119 1.126e+04 2.437e+04 5.211e+04 1.117e+05 2.485e+05
   5.51e+05 1.215e+06 2.634e+06 8.852e+06 2.152e+07
complex64 5 159.9 257.7 474.3 1030 2087 4332 9245 2.008e+04 4.559e+04 9.149e+04 1.992e+05 4.46e+05
complex64 7 208.8 363.9 704.9 1462 3077 6456 1.419e+04 3.083e+04 6.622e+04 1.337e+05 2.976e+05
   6.585e+05
complex64 9 272.8 462.3 914 1901 4042 8507 1.828e+04 4.061e+04 8.71e+04 1.759e+05 3.918e+05
complex64 15 219.5 425.2 785.6 1591 3356 7146 1.513e+04 3.282e+04 7.092e+04 1.523e+05 3.163e+05
complex128 direct 223.1 0.6964 0.3975 1.54 0
complex128 transforms 245.1 0.465 0.0987
complex128 1 197.4 305.2 631.5 1448 3156 6521 1.495e+04 3.077e+04 6.554e+04 1.527e+05 3.22e+05
   7.29e+05 1.652e+06 3.953e+06 1.116e+07 3.054e+07 7.662e+07
complex128 3 281.6 550.5 1133 2370 5026 1.084e+04 2.323e+04 5.241e+04 1.038e+05 2.285e+05
   5.467e+05 1.13e+06 2.882e+06 1.021e+07 2.341e+07 5.572e+07
complex128 5 244.4 462.8 936.2 1996 4190 8931 1.953e+04 4.096e+04 9.411e+04 1.825e+05 4.147e+05
   9.788e+05
complex128 7 350.5 697.7 1414 3020 6278 1.414e+04 3.101e+04 5.991e+04 1.371e+05 2.736e+05
   6.221e+05 1.427e+06
complex128 9 442.3 873.2 1833 3923 8127 1.736e+04 3.711e+04 7.928e+04 1.846e+05 3.613e+05
   8.412e+05
complex128 15 390 745 1517 3183 6834 1.447e+04 3.257e+04 6.377e+04 1.382e+05 3.253e+05 6.414e+05
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
complex64 1 72.44 106.6 186.4 332.2 663 1359 2880 6643 1.443e+04 2.974e+04 7.128e+04 1.519e+05
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
float32 1 76.25 81.01 110.1 165.9 266.5 489.4 900.6 1831 4303 1.015e+04 2.257e+04 5.027e+04
   1.125e+05 2.498e+05 6.153e+05 1.93e+06 4.592e+06
float32 3 130.9 145.9 201.9 322.8 469.1 798.7 1510 3189 7037 1.609e+04 3.686e+04 8.174e+04
   1.847e+05 4.163e+05 1.016e+06 2.422e+06
float32 5 118.6 142.8 200.6 300.9 471.3 710 1319 2592 5668 1.275e+04 3.008e+04 6.51e+04
float32 7 138.3 175.1 234.1 373.3 539.2 945.9 1845 3838 8470 1.882e+04 4.396e+04 9.47e+04
float32 9 155.3 188.5 306.3 463.6 711.7 1200 2462 5275 1.186e+04 2.709e+04 5.854e+04
float32 15 142.8 177.7 250.2 433.8 623.2 1059 2000 4301 9688 2.139e+04 4.771e+04
float64 direct 208.1 0.01373 0.01713 0.826 1.418
float64 transforms 198.1 0.591 0.062
float64 1 74.8 92.07 135 236.7 427.3 805.8 1685 4067 9295 1.897e+04 4.455e+04 1.055e+05 2.334e+05
   5.614e+05 2.296e+06 5.104e+06 1.218e+07
float64 3 144.6 175.2 252.6 377.9 707.2 1391 2978 6922 1.586e+04 3.246e+04 7.432e+04 1.734e+05
   4.06e+05 8.941e+05 3.183e+06 7.857e+06
float64 5 131.4 168.1 248.1 357.4 591.6 1184 2414 5582 1.168e+04 2.87e+04 5.642e+04 1.333e+05
float64 7 144.6 213.5 294 475.1 815.9 1702 3661 8434 1.667e+04 4.273e+04 8.619e+04 1.984e+05
float64 9 213.6 233 376.9 584.6 1064 2292 5076 1.095e+04 2.307e+04 5.546e+04 1.246e+05
float64 15 156.6 215.9 286.1 532.1 934.9 1812 4075 9417 1.911e+04 4.342e+04 1.065e+05
complex64 direct 247.5 0.102 0.03454 0.7741 0
complex64 transforms 234.1 0.599 0.0423
complex64 1 69.22 85.39 136.9 227.8 445.5 822.3 1716 4189 1.002e+04 2.086e+04 4.737e+04 1.101e+05
   2.48e+05 6.017e+05 1.602e+06 3.283e+06 7.932e+06
complex64 3 142.6 174.5 274.6 430.1 744 1434 3072 6983 1.61e+04 3.385e+04 7.951e+04 1.778e+05
   4.103e+05 9.506e+05 3.177e+06 7.733e+06
complex64 5 142 179.3 262.6 425.5 649.2 1243 2499 5576 1.277e+04 2.765e+04 6.187e+04 1.408e+05
complex64 7 159.5 204.9 334.6 498.3 884.3 1767 3758 8393 1.855e+04 4.059e+04 9.427e+04 2.068e+05
complex64 9 172.7 265.1 424.8 669.9 1134 2395 5192 1.184e+04 2.519e+04 5.552e+04 1.332e+05
complex64 15 172.5 221.3 384.5 571.3 997.3 1895 4225 9509 1.984e+04 4.458e+04 1.057e+05
complex128 direct 219.5 0.1293 0.07118 1.817 1.186
complex128 transforms 231 0.557 0.0819
complex128 1 74.95 111.5 206 387.6 744.7 1566 3894 9041 1.826e+04 4.257e+04 9.963e+04 2.264e+05
   5.372e+05 1.687e+06 4.42e+06 1.166e+07 2.873e+07
complex128 3 150.7 226.8 345.8 658.5 1332 2850 6743 1.55e+04 3.066e+04 7.017e+04 1.642e+05
   3.983e+05 9.295e+05 2.641e+06 6.159e+06 1.478e+07
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

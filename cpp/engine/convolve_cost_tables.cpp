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

constexpr const char* v2 = R"(flipshift-costs 3 v2
float32 direct 139.7 0.0308 0.4289 0.02789 0.5618 10.89 31.11
float32 transforms 135.3 0.04997 0
float32 kernel 0.6138 0.6169 0.6077 0.5892 0.5471 0.5123 0.4958 0.4889 0.4887 0.4889 0.4904 0.49
   0.4902 0.5134 0.5377 0.5628 0.5741
float32 1 59.43 104.2 253.8 346.2 724.3 1524 3181 6758 1.502e+04 3.198e+04 7.038e+04 1.523e+05
   3.275e+05 6.958e+05 1.456e+06 3.8e+06 8.823e+06
float32 3 194 179.3 309 587.9 1196 2445 5057 1.104e+04 2.384e+04 5.104e+04 1.089e+05 2.371e+05
   5.124e+05 1.111e+06 2.379e+06 6.212e+06
float32 5 147 169 261.2 510.5 999.3 2098 4306 9092 1.946e+04 4.388e+04 8.891e+04 1.916e+05
float32 7 212.2 251.1 375.2 757.3 1456 3063 6298 1.373e+04 2.965e+04 6.404e+04 1.303e+05 2.817e+05
float32 9 285.9 272.8 466.6 913.4 1846 3954 8220 1.771e+04 3.965e+04 8.458e+04 1.718e+05
float32 15 222.9 220.3 426.8 786.9 1596 3271 7039 1.49e+04 3.202e+04 6.902e+04 1.505e+05
float64 direct 120.6 0.07284 1.012 0.03179 1.126 1.919 1.919
float64 transforms 77.84 0.04459 0
float64 kernel 0.6022 0.5935 0.5703 0.5485 0.5266 0.5166 0.5041 0.5014 0.5022 0.4949 0.4976 0.487
   0.4862 0.5439 0.5514 0.5731 0.5866
float64 1 111.1 274.5 340.7 706.2 1558 3383 6786 1.514e+04 3.086e+04 6.553e+04 1.512e+05 3.225e+05
   6.991e+05 1.518e+06 4.015e+06 8.88e+06 1.986e+07
float64 3 271.8 309.7 585.4 1185 2400 5097 1.088e+04 2.305e+04 5.177e+04 1.041e+05 2.255e+05
   5.183e+05 1.072e+06 2.499e+06 6.528e+06 1.38e+07
float64 5 221.1 275 501 1014 2045 4263 8935 1.938e+04 4.036e+04 9.268e+04 1.8e+05 3.976e+05
float64 7 325.4 367.1 734.5 1496 3052 6338 1.4e+04 3.046e+04 5.894e+04 1.344e+05 2.688e+05
   5.776e+05
float64 9 469.9 458.3 900.3 1843 3914 8167 1.728e+04 3.675e+04 7.732e+04 1.777e+05 3.491e+05
float64 15 343.9 409.5 769.6 1546 3163 6829 1.44e+04 3.211e+04 6.385e+04 1.375e+05 3.171e+05
complex64 direct 137.7 0.288 0.3576 0.09194 1.723 9.062 9.062
complex64 transforms 120.1 0.0658 0
complex64 kernel 0.611 0.5922 0.5749 0.5598 0.5368 0.5177 0.5127 0.5074 0.5091 0.5091 0.5062
   0.5073 0.5142 0.5271 0.563 0.5638 0.5572
complex64 1 80.96 253.2 304.3 635.6 1398 2959 6241 1.407e+04 3.06e+04 6.625e+04 1.449e+05
   3.193e+05 6.843e+05 1.48e+06 3.853e+06 8.9e+06 1.842e+07
complex64 3 155.1 275.5 510.2 1092 2291 4710 1.033e+04 2.236e+04 4.801e+04 1.032e+05 2.296e+05
   5.013e+05 1.08e+06 2.45e+06 6.11e+06 1.338e+07
complex64 5 151.8 235.7 445.7 914.7 1941 4019 8474 1.83e+04 4.124e+04 8.338e+04 1.841e+05
   4.049e+05
complex64 7 228 341.5 668.3 1341 2829 5855 1.298e+04 2.856e+04 6.066e+04 1.23e+05 2.688e+05
   5.951e+05
complex64 9 254.1 420 841.6 1737 3740 7828 1.681e+04 3.761e+04 7.948e+04 1.61e+05 3.517e+05
complex64 15 199.7 382.9 714.6 1482 3058 6662 1.392e+04 3.009e+04 6.459e+04 1.4e+05 2.846e+05
complex128 direct 131.5 0.9361 1.556 0.1722 2.285 23.55 23.55
complex128 transforms 111.8 0 0
complex128 kernel 0.604 0.5774 0.5523 0.5395 0.5277 0.5154 0.5176 0.521 0.5156 0.5039 0.4985
   0.4939 0.5014 0.5384 0.5443 0.5421 0.5406
complex128 1 251.2 293 624.9 1386 2982 6155 1.386e+04 2.827e+04 6.017e+04 1.405e+05 2.991e+05
   6.45e+05 1.44e+06 3.537e+06 8.588e+06 1.924e+07 3.983e+07
complex128 3 276.4 518.6 1066 2224 4690 9977 2.12e+04 4.759e+04 9.443e+04 2.034e+05 4.772e+05
   1.007e+06 2.24e+06 5.943e+06 1.355e+07 2.918e+07
complex128 5 230.8 451.6 889.1 1873 3863 8209 1.803e+04 3.726e+04 8.481e+04 1.685e+05 3.688e+05
   8.69e+05
complex128 7 342.2 664.8 1355 2828 5829 1.301e+04 2.806e+04 5.522e+04 1.246e+05 2.491e+05 5.41e+05
   1.275e+06
complex128 9 401.8 821.3 1687 3644 7576 1.611e+04 3.426e+04 7.269e+04 1.685e+05 3.347e+05
   7.286e+05
complex128 15 375.4 694 1428 2951 6324 1.341e+04 2.999e+04 5.914e+04 1.271e+05 2.969e+05 5.888e+05
)";

constexpr const char* v3 = R"(flipshift-costs 3 v3
float32 direct 131.5 0.01352 0.3997 0.01364 0.221 24.95 14.96
float32 transforms 106.9 0.03879 0
float32 kernel 0.6019 0.5831 0.6015 0.6158 0.5861 0.543 0.5219 0.5029 0.4963 0.4954 0.5003 0.5011
   0.5024 0.521 0.5257 0.5305 0.5311
float32 1 55.09 80.76 119.8 223.9 335.5 689.9 1349 2835 6496 1.425e+04 2.961e+04 7.202e+04
   1.487e+05 3.376e+05 7.475e+05 2.048e+06 5.23e+06
float32 3 126.2 156.4 218.6 320.7 589.1 1078 2192 4845 1.015e+04 2.252e+04 4.627e+04 9.996e+04
   2.314e+05 4.836e+05 1.141e+06 3.737e+06
float32 5 109.5 151.8 210.2 313.9 509.5 1014 1974 4163 8863 1.933e+04 4.081e+04 8.558e+04
float32 7 136.8 199.8 272 430.7 736 1472 2944 6269 1.357e+04 2.862e+04 6.051e+04 1.291e+05
float32 9 180.8 201.1 303.7 483.2 862.1 1781 3587 7634 1.693e+04 3.633e+04 7.587e+04
float32 15 143.4 188.7 252.2 447.5 779.6 1465 3128 6383 1.383e+04 2.924e+04 6.354e+04
float64 direct 103.4 0.01573 0.7563 0.01981 0.5791 0 22.64
float64 transforms 92.82 0.07581 0
float64 kernel 0.6011 0.5793 0.5605 0.5508 0.541 0.5209 0.5063 0.4998 0.4958 0.4935 0.4924 0.4922
   0.4964 0.5148 0.5371 0.5453 0.5453
float64 1 68.26 101 240.7 289.6 590.1 1226 2574 6091 1.392e+04 2.878e+04 6.72e+04 1.459e+05
   3.03e+05 6.899e+05 2.11e+06 6.205e+06 1.134e+07
float64 3 178.5 171.2 280 530.6 1004 2053 4543 9753 2.279e+04 4.597e+04 9.911e+04 2.359e+05
   5.095e+05 1.298e+06 3.825e+06 8.425e+06
float64 5 144.5 172.1 256.4 449 910.4 1821 3821 8372 1.796e+04 3.914e+04 8.095e+04 1.757e+05
float64 7 198.1 226.4 361.5 649.6 1330 2685 5907 1.272e+04 2.648e+04 5.919e+04 1.228e+05 2.632e+05
float64 9 267.5 255.9 419.1 780.8 1642 3294 7044 1.623e+04 3.354e+04 7.581e+04 1.569e+05
float64 15 201.2 214.9 399.7 724.7 1352 2946 6075 1.294e+04 2.801e+04 5.857e+04 1.392e+05
complex64 direct 134.3 0.1251 0.3706 0.04758 0.8758 0 36.35
complex64 transforms 105.5 0.07903 0
complex64 kernel 0.6209 0.6007 0.584 0.5818 0.5735 0.5477 0.5297 0.5114 0.5113 0.5187 0.527 0.5237
   0.5248 0.5321 0.5347 0.5347 0.5345
complex64 1 61.24 94.95 209.5 290.7 606.6 1216 2591 5919 1.301e+04 2.71e+04 6.83e+04 1.443e+05
   3.324e+05 7.214e+05 1.919e+06 5.032e+06 1.1e+07
complex64 3 146.2 189.9 287.3 540.8 1000 2083 4509 9520 2.13e+04 4.405e+04 9.6e+04 2.213e+05
   4.679e+05 1.059e+06 3.561e+06 7.685e+06
complex64 5 144.1 189.9 267.5 462.3 911.5 1825 3809 8277 1.813e+04 3.762e+04 7.85e+04 1.721e+05
complex64 7 179.9 254.2 378.9 669.3 1337 2679 5834 1.274e+04 2.683e+04 5.725e+04 1.203e+05
   2.594e+05
complex64 9 180.4 271.4 430.5 775 1632 3298 7098 1.567e+04 3.364e+04 7.164e+04 1.531e+05
complex64 15 177.8 224.7 407.7 730.3 1355 2914 6066 1.301e+04 2.739e+04 6.02e+04 1.287e+05
complex128 direct 129.7 0.2165 1.124 0.05212 1.844 4.699 4.699
complex128 transforms 94.72 0.07991 0.02198
complex128 kernel 0.5578 0.557 0.5569 0.5564 0.5429 0.5189 0.5023 0.5005 0.5064 0.5096 0.5106
   0.5008 0.506 0.5366 0.5696 0.5753 0.5777
complex128 1 84.63 221.1 256 522.3 1127 2361 5625 1.301e+04 2.682e+04 6.354e+04 1.383e+05
   2.889e+05 6.764e+05 2.077e+06 5.906e+06 1.088e+07 2.337e+07
complex128 3 152.7 250.3 462.7 895.2 1855 4115 8979 2.073e+04 4.198e+04 8.988e+04 2.151e+05
   4.977e+05 1.231e+06 3.431e+06 8.126e+06 1.646e+07
complex128 5 163.4 241.5 404.9 825.5 1659 3445 7643 1.657e+04 3.658e+04 7.602e+04 1.647e+05
   4.085e+05
complex128 7 197.2 323 590.1 1238 2528 5462 1.202e+04 2.514e+04 5.699e+04 1.164e+05 2.447e+05
   6.034e+05
complex128 9 228 375.8 697.8 1496 3015 6577 1.525e+04 3.113e+04 7.286e+04 1.471e+05 3.133e+05
complex128 15 199.5 369.4 659.3 1252 2707 5565 1.218e+04 2.648e+04 5.483e+04 1.332e+05 2.659e+05
)";

constexpr const char* v4 = R"(flipshift-costs 3 v4
float32 direct 147.6 0.01983 0.4384 0.007794 0.0216 46.94 88.65
float32 transforms 114.8 0.02634 0.01364
float32 kernel 0.617 0.5848 0.5523 0.6583 0.6674 0.6511 0.6118 0.5764 0.5491 0.5029 0.4873 0.4884
   0.5032 0.5067 0.5329 0.5365 0.5405
float32 1 68.11 79.99 96.5 145.1 255.7 483 823.8 1674 3857 9873 2.087e+04 4.684e+04 1.048e+05
   2.26e+05 5.389e+05 1.587e+06 4.08e+06
float32 3 126 152.8 199 287 439.4 713.9 1379 2864 6442 1.58e+04 3.353e+04 7.486e+04 1.625e+05
   3.653e+05 8.551e+05 2.768e+06
float32 5 113.2 148.3 186.5 269.3 410.2 625.6 1153 2323 5260 1.241e+04 2.72e+04 5.835e+04
float32 7 133 193.3 226.2 346.7 474.2 829.1 1653 3555 8030 1.824e+04 4.002e+04 8.723e+04
float32 9 152.1 180.2 280.9 414.8 633.5 1085 2226 4893 1.143e+04 2.456e+04 5.387e+04
float32 15 137.9 190.9 230 398.9 544 930.5 1786 3901 9083 1.975e+04 4.374e+04
float64 direct 111.6 0.02255 1.198 0.01379 0.2558 21.18 19.98
float64 transforms 100.1 0.06311 0.0367
float64 kernel 0.55 0.5452 0.5728 0.6078 0.588 0.5497 0.5147 0.4959 0.4898 0.4962 0.4959 0.497
   0.5045 0.5197 0.5284 0.5391 0.5403
float64 1 73.1 82.8 118.4 217.1 376.3 684.3 1476 3717 8645 1.784e+04 4.023e+04 9.404e+04 2.017e+05
   4.522e+05 1.491e+06 4.134e+06 9.674e+06
float64 3 132.7 159.4 229 345.6 628.2 1247 2704 6246 1.478e+04 2.969e+04 6.601e+04 1.486e+05
   3.463e+05 8.123e+05 2.604e+06 6.435e+06
float64 5 120.4 152 224.5 322 529.1 1076 2141 5032 1.104e+04 2.673e+04 5.147e+04 1.163e+05
float64 7 133 185.5 257.1 411.4 713.2 1504 3247 7632 1.572e+04 3.893e+04 7.56e+04 1.697e+05
float64 9 200.2 220.2 330.3 523.3 959.3 2031 4611 1.026e+04 2.157e+04 5.069e+04 1.076e+05
float64 15 145.8 193 262.4 469.8 824 1605 3602 8399 1.774e+04 3.906e+04 9.249e+04
complex64 direct 126.7 0.09972 1.479 0.02759 0.4945 30.49 30.02
complex64 transforms 119.2 0.05647 0.03734
complex64 kernel 0.5888 0.5318 0.5433 0.6506 0.6488 0.6109 0.5683 0.5377 0.5268 0.5196 0.5111
   0.5041 0.5064 0.5308 0.5792 0.574 0.5673
complex64 1 61.36 68.97 120.1 202.6 412.8 715.7 1519 3655 9211 1.946e+04 4.467e+04 9.713e+04
   2.182e+05 5.095e+05 1.489e+06 4.043e+06 9.492e+06
complex64 3 136.6 172.5 246.1 414.3 644.9 1271 2697 6292 1.48e+04 3.21e+04 7.303e+04 1.641e+05
   3.665e+05 8.234e+05 2.715e+06 6.193e+06
complex64 5 140.4 168.9 240.3 366.6 573.5 1046 2201 5020 1.18e+04 2.572e+04 5.613e+04 1.303e+05
complex64 7 175.7 204.8 316.7 454.3 777.7 1538 3356 7732 1.728e+04 3.872e+04 8.585e+04 1.903e+05
complex64 9 169.1 259.2 366 582.6 1008 2082 4669 1.084e+04 2.295e+04 5.202e+04 1.221e+05
complex64 15 173.6 202.4 367.1 499.2 868.5 1649 3704 8886 1.861e+04 4.241e+04 9.515e+04
complex128 direct 143.8 0.1492 1.501 0.05093 0.8934 15.5 65.88
complex128 transforms 87.36 0.1117 0.07595
complex128 kernel 0.6074 0.6023 0.6035 0.6104 0.5761 0.5354 0.4929 0.4865 0.5024 0.5131 0.5264
   0.5203 0.5146 0.5302 0.5447 0.5559 0.5579
complex128 1 77.56 108.9 197.9 336 645.1 1368 3522 8299 1.663e+04 3.85e+04 9.115e+04 1.969e+05
   4.695e+05 1.494e+06 4.008e+06 9.227e+06 2.073e+07
complex128 3 146 206.8 307.6 576.2 1150 2485 5938 1.418e+04 2.859e+04 6.211e+04 1.417e+05
   3.402e+05 7.568e+05 2.451e+06 6.261e+06 1.402e+07
complex128 5 138.6 206.4 293.5 488.7 985.3 2000 4870 1.05e+04 2.546e+04 5.104e+04 1.143e+05
   2.736e+05
complex128 7 183.3 233.1 371.2 663.3 1426 3131 7357 1.483e+04 3.663e+04 7.524e+04 1.638e+05
   3.924e+05
complex128 9 202.4 299.6 477.2 903 1940 4450 9843 2e+04 4.961e+04 1.058e+05 2.255e+05
complex128 15 180.1 248.1 424.7 778.2 1518 3431 8028 1.715e+04 3.734e+04 8.935e+04 1.882e+05
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
  if (!(in >> word >> version >> isa_word) || word != "flipshift-costs" || version != "3")
    refuse(source, "is not a table of costs of version 3");
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
    double direct[7], transforms[3];
    line("direct", direct, std::size(direct));
    line("transforms", transforms, std::size(transforms));
    line("kernel", c.kernel, std::size(c.kernel));
    for (std::size_t i = 0; i < std::size(Costs::rows); ++i)
      line(std::to_string(Costs::rows[i].odd), c.blocks[i], Costs::rows[i].count);
    c.call = direct[0], c.output = direct[1], c.tap = direct[2];
    c.product = direct[3], c.step = direct[4], c.end = direct[5], c.triangle = direct[6];
    c.transforms = transforms[0], c.copied = transforms[1], c.filled = transforms[2];
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

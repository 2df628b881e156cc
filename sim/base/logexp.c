/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log, exp, pow and cos from tables and Taylor polynomials. Nothing but + - * on doubles and
 * integer operations, in the order written: without contraction the bits are the same everywhere.
 * The method is table-driven argument reduction (Tang 1990, 1989) with parts of the sum kept on a
 * fixed grid, so that they add without rounding and no fused multiply-add is needed.
 */
#include "base/logexp.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define LOG_ENTRIES 128
#define EXP_ENTRIES 128

/* Adding and taking away 1.5 * 2^52 rounds to the nearest integer. */
#define ROUNDER 0x1.8p52

/* Least significand of the log reduction: 11/16, so that 1 is an edge between two entries. */
#define LOG_BASE UINT64_C(0x3FE6000000000000)

/* ln 2 in two parts; the first is a multiple of 2^-42. */
#define LN2_HIGH 0x1.62e42fefa38p-1
#define LN2_LOW  0x1.ef35793c7673p-45

/*
 * Entry i serves significands [z, z') of the i-th interval above 11/16 (2^-8 wide below 1, 2^-7
 * above): a reciprocal of few bits, and minus its logarithm in two parts of which the first is a
 * multiple of 2^-42. The two entries next to 1 have reciprocal 1.
 */
static const struct {
    double reciprocal, log_high, log_low;
} log_table[LOG_ENTRIES] = {
    { 0x1.734p+0, -0x1.7c9e7703f9p-2, 0x1.82d5517117a8cp-45 },
    { 0x1.714p+0, -0x1.77166c744p-2, -0x1.2d333f054aa72p-45 },
    { 0x1.6f4p+0, -0x1.7186b11381p-2, -0x1.934e2677d272bp-46 },
    { 0x1.6dp+0, -0x1.6b3bb22359p-2, -0x1.0f6257a933268p-44 },
    { 0x1.6bp+0, -0x1.659b57303ep-2, -0x1.f281db0af8efcp-46 },
    { 0x1.69p+0, -0x1.5ff3070a79p-2, -0x1.e9e439f105039p-45 },
    { 0x1.67p+0, -0x1.5a42ab0f4dp-2, 0x1.e63af2df7ba69p-50 },
    { 0x1.654p+0, -0x1.5541aec91cp-2, 0x1.816aadc72eeb9p-48 },
    { 0x1.634p+0, -0x1.4f81fe4764p-2, 0x1.7fcf6434ff08dp-45 },
    { 0x1.614p+0, -0x1.49b9feb7c1p-2, -0x1.dac1c58ab60d7p-44 },
    { 0x1.5f8p+0, -0x1.44a41b463cp-2, -0x1.1ee28f37cf612p-44 },
    { 0x1.5d8p+0, -0x1.3ecc460ef6p-2, 0x1.6028627c1300fp-47 },
    { 0x1.5bcp+0, -0x1.39a8619f45p-2, -0x1.8ee51937354f5p-46 },
    { 0x1.59cp+0, -0x1.33c05f128ep-2, 0x1.2b906380e1a7dp-45 },
    { 0x1.58p+0, -0x1.2e8e2bae12p-2, 0x1.67b1e99b72bd8p-45 },
    { 0x1.564p+0, -0x1.29552f81ffp-2, -0x1.48d301771c408p-44 },
    { 0x1.548p+0, -0x1.241558bfd1p-2, -0x1.00fff3228fcadp-44 },
    { 0x1.52cp+0, -0x1.1ece95528bp-2, 0x1.84e7b09b4a3b8p-46 },
    { 0x1.51p+0, -0x1.1980d2dd42p-2, -0x1.b7b3a7a361c9ap-45 },
    { 0x1.4f4p+0, -0x1.142bfeb9ap-2, -0x1.1ce6185b58a9ep-44 },
    { 0x1.4d8p+0, -0x1.0ed005f658p-2, 0x1.2dc75285aa803p-45 },
    { 0x1.4bcp+0, -0x1.096cd55591p-2, -0x1.f998d20550a31p-44 },
    { 0x1.4a4p+0, -0x1.04c8de1842p-2, 0x1.fe6ba512ceb86p-46 },
    { 0x1.488p+0, -0x1.feb0233e6p-3, -0x1.f316e32d5e8c7p-45 },
    { 0x1.46cp+0, -0x1.f3bfa934d6p-3, -0x1.d9f2a937b903bp-45 },
    { 0x1.454p+0, -0x1.ea5349e23ap-3, -0x1.81b934c73ccb5p-44 },
    { 0x1.43cp+0, -0x1.e0dbc3d92ap-3, -0x1.59233f0529bf1p-44 },
    { 0x1.42p+0, -0x1.d5c216b4fcp-3, 0x1.1ba91bbca681bp-45 },
    { 0x1.408p+0, -0x1.cc320c0176p-3, -0x1.409039a653794p-45 },
    { 0x1.3fp+0, -0x1.c2968558c2p-3, 0x1.cfd73dee38a4p-45 },
    { 0x1.3d4p+0, -0x1.b7526a22e4p-3, -0x1.c0dbf2e78549p-45 },
    { 0x1.3bcp+0, -0x1.ad9da1f828p-3, 0x1.882b7c803f05p-44 },
    { 0x1.3a4p+0, -0x1.a3dd04b938p-3, -0x1.97da1366e2c5ap-45 },
    { 0x1.38cp+0, -0x1.9a10756988p-3, -0x1.64aa6242cd098p-45 },
    { 0x1.374p+0, -0x1.9037d6a18p-3, -0x1.30dea57c1c8d9p-45 },
    { 0x1.35cp+0, -0x1.86530a8c7p-3, -0x1.98bb0cb4ea3e3p-44 },
    { 0x1.348p+0, -0x1.7e0afd630cp-3, -0x1.39e7c1d8f1034p-46 },
    { 0x1.33p+0, -0x1.740f8f5404p-3, 0x1.0b66c99018aa1p-44 },
    { 0x1.318p+0, -0x1.6a079d0f7ap-3, -0x1.5a3f8448d14f5p-44 },
    { 0x1.3p+0, -0x1.5ff3070a7ap-3, 0x1.8586f183bebf2p-44 },
    { 0x1.2ecp+0, -0x1.5782cb3092p-3, 0x1.3a46351794442p-44 },
    { 0x1.2d4p+0, -0x1.4d56b5798ep-3, -0x1.8058015a96555p-44 },
    { 0x1.2cp+0, -0x1.44d2b6ccb8p-3, 0x1.70cc16135783cp-46 },
    { 0x1.2a8p+0, -0x1.3a8eb2d31ap-3, -0x1.bafb77d5d503ep-46 },
    { 0x1.294p+0, -0x1.31f693eb1ap-3, 0x1.a6726e5a396fbp-45 },
    { 0x1.27cp+0, -0x1.279a300ab4p-3, -0x1.ef432b3235108p-44 },
    { 0x1.268p+0, -0x1.1eed90e2dcp-3, -0x1.615637097648fp-46 },
    { 0x1.254p+0, -0x1.16377fb124p-3, -0x1.91e1abf41763ep-47 },
    { 0x1.24p+0, -0x1.0d77e7cd08p-3, -0x1.cb2cd2ee2f482p-44 },
    { 0x1.22cp+0, -0x1.04aeb449f6p-3, -0x1.afa9065ccd35cp-45 },
    { 0x1.214p+0, -0x1.f42dba3a24p-4, 0x1.312b732df6c0dp-44 },
    { 0x1.2p+0, -0x1.e27076e2bp-4, 0x1.a342c2af0003cp-45 },
    { 0x1.1ecp+0, -0x1.d09f72b4c4p-4, -0x1.048c000354e33p-45 },
    { 0x1.1d8p+0, -0x1.beba818148p-4, 0x1.89b78b6df1f57p-44 },
    { 0x1.1c4p+0, -0x1.acc1768434p-4, 0x1.aa783a0b7fa4cp-45 },
    { 0x1.1bp+0, -0x1.9ab4246204p-4, 0x1.8a64826787061p-45 },
    { 0x1.1ap+0, -0x1.8c345d6318p-4, -0x1.b20f5acb42a66p-44 },
    { 0x1.18cp+0, -0x1.7a0216f648p-4, -0x1.e124ca18418ffp-44 },
    { 0x1.178p+0, -0x1.67bb0726ecp-4, -0x1.f724b69ef5912p-49 },
    { 0x1.164p+0, -0x1.555efe40b4p-4, -0x1.0b4978c868e23p-44 },
    { 0x1.15p+0, -0x1.42edcbea64p-4, -0x1.bc0eeea7c9acdp-46 },
    { 0x1.14p+0, -0x1.341d7961bcp-4, -0x1.1d0929983761p-44 },
    { 0x1.12cp+0, -0x1.2185b3b75cp-4, 0x1.e3189f8f32304p-44 },
    { 0x1.11cp+0, -0x1.129644403p-4, 0x1.d53bb751aa773p-44 },
    { 0x1.108p+0, -0x1.ffae9119b8p-5, -0x1.303374262c554p-45 },
    { 0x1.0f4p+0, -0x1.da0478be38p-5, -0x1.252c7b1f6fe05p-45 },
    { 0x1.0e4p+0, -0x1.bbc2bfc45p-5, 0x1.7d18691417dafp-46 },
    { 0x1.0d4p+0, -0x1.9d644fdff8p-5, -0x1.13c90539a473bp-44 },
    { 0x1.0cp+0, -0x1.77458f633p-5, 0x1.181dce586af09p-44 },
    { 0x1.0bp+0, -0x1.58a5bafc9p-5, 0x1.b2b739570ad39p-45 },
    { 0x1.09cp+0, -0x1.32348c7p-5, -0x1.696db90b1e49fp-45 },
    { 0x1.08cp+0, -0x1.1352378598p-5, 0x1.c1ac3b71fa59bp-46 },
    { 0x1.07cp+0, -0x1.e8a3ee30dp-6, 0x1.1a9fa3de539p-45 },
    { 0x1.06cp+0, -0x1.aa6721ee8p-6, -0x1.ad4eb5c5af494p-45 },
    { 0x1.058p+0, -0x1.5c45a51b9p-6, 0x1.63bb6216d87d8p-45 },
    { 0x1.048p+0, -0x1.1d7f7eb9fp-6, 0x1.4193a83fcc7a6p-46 },
    { 0x1.038p+0, -0x1.bcf712c74p-7, -0x1.c25e097bd9771p-46 },
    { 0x1.028p+0, -0x1.3e7295d26p-7, 0x1.609c1ff29a114p-45 },
    { 0x1.018p+0, -0x1.7ee11ebd8p-8, -0x1.749d3c2d23a07p-47 },
    { 0x1p+0, 0x0p+0, 0x0p+0 },
    { 0x1p+0, 0x0p+0, 0x0p+0 },
    { 0x1.fap-1, 0x1.82448a388p-7, 0x1.4554412c584ep-44 },
    { 0x1.f6p-1, 0x1.432a92598p-6, 0x1.98139928637fep-47 },
    { 0x1.f28p-1, 0x1.b5cc258b7p-6, 0x1.8e611b8afbfe8p-46 },
    { 0x1.ee8p-1, 0x1.1ce5a62bcp-5, 0x1.a9cc78d8df999p-44 },
    { 0x1.ebp-1, 0x1.5715c4c04p-5, -0x1.8888ddfc47628p-44 },
    { 0x1.e78p-1, 0x1.91b073efd8p-5, -0x1.9d7c53f76ca96p-46 },
    { 0x1.e38p-1, 0x1.d52ed6406p-5, -0x1.3c85d2a29bbd6p-44 },
    { 0x1.ep-1, 0x1.08598b59e4p-4, -0x1.7e5dd7009902cp-46 },
    { 0x1.dc8p-1, 0x1.26536c3d8cp-4, 0x1.b4bac097c5ba3p-47 },
    { 0x1.d9p-1, 0x1.4485e03dbcp-4, 0x1.fad46e8d26ab7p-44 },
    { 0x1.d6p-1, 0x1.5e95a4d978p-4, 0x1.1cb7ce1d17171p-44 },
    { 0x1.d28p-1, 0x1.7d33687c28p-4, 0x1.3c88c3e706706p-44 },
    { 0x1.cfp-1, 0x1.9c0c32d4d4p-4, -0x1.ab7c09e838668p-44 },
    { 0x1.ccp-1, 0x1.b6ac88dad4p-4, 0x1.b1bdff50225c7p-44 },
    { 0x1.c88p-1, 0x1.d5f556592p-4, 0x1.0e239cc185469p-44 },
    { 0x1.c58p-1, 0x1.f0f70cdd98p-4, 0x1.2e31f6c272c1ep-44 },
    { 0x1.c28p-1, 0x1.06135354d4p-3, 0x1.6304628340ee9p-44 },
    { 0x1.bf8p-1, 0x1.13c2605c3ap-3, -0x1.cf5fdd94f6509p-45 },
    { 0x1.bc8p-1, 0x1.2188fd9808p-3, -0x1.b3a1e7f50c701p-44 },
    { 0x1.b98p-1, 0x1.2f677cbbcp-3, 0x1.52b302160f40dp-44 },
    { 0x1.b68p-1, 0x1.3d5e3126bcp-3, 0x1.3fb2f85096c4bp-46 },
    { 0x1.b38p-1, 0x1.4b6d6fefe2p-3, 0x1.522ecf56e7952p-46 },
    { 0x1.b08p-1, 0x1.59958ff1d6p-3, -0x1.a1d059769ca05p-44 },
    { 0x1.ad8p-1, 0x1.67d6e9d786p-3, -0x1.11e8830a706d3p-44 },
    { 0x1.abp-1, 0x1.73cb9074fep-3, -0x1.d66a90d0005a6p-44 },
    { 0x1.a8p-1, 0x1.823c16551ap-3, 0x1.e0ddb9a631e83p-46 },
    { 0x1.a58p-1, 0x1.8e588ebac2p-3, 0x1.b7d5cab2d114p-44 },
    { 0x1.a3p-1, 0x1.9a8778debap-3, 0x1.470fa3efec39p-44 },
    { 0x1.ap-1, 0x1.a93ed3c8aep-3, -0x1.8724350562169p-45 },
    { 0x1.9d8p-1, 0x1.b5971a213ap-3, 0x1.9b50e83aa91dfp-44 },
    { 0x1.9bp-1, 0x1.c2028ab18p-3, -0x1.92e0ee55c7ac6p-45 },
    { 0x1.988p-1, 0x1.ce816157f2p-3, -0x1.9e0aba2099515p-45 },
    { 0x1.96p-1, 0x1.db13db0d48p-3, 0x1.2806a847527e6p-44 },
    { 0x1.938p-1, 0x1.e7ba35eb78p-3, -0x1.d5eee23793649p-47 },
    { 0x1.91p-1, 0x1.f474b134ep-3, -0x1.bae49f1df7b5ep-44 },
    { 0x1.8e8p-1, 0x1.00a1c6addap-2, 0x1.1cd8d688b9e18p-44 },
    { 0x1.8cp-1, 0x1.07138604d6p-2, -0x1.e76324e912b17p-44 },
    { 0x1.898p-1, 0x1.0d8fb813ebp-2, 0x1.ee8c88753fa35p-46 },
    { 0x1.878p-1, 0x1.12c77cd007p-2, 0x1.3b2948a11f797p-46 },
    { 0x1.85p-1, 0x1.1956d3b9bcp-2, 0x1.7d2f73ad1aa14p-45 },
    { 0x1.828p-1, 0x1.1ff0fe7cf4p-2, 0x1.e9d5b513ff0c1p-44 },
    { 0x1.808p-1, 0x1.25410494e5p-2, 0x1.b1d7ac0ef77f2p-44 },
    { 0x1.7ep-1, 0x1.2bef07cdc9p-2, 0x1.a9cfa4a5004f4p-45 },
    { 0x1.7cp-1, 0x1.314f1e1d36p-2, -0x1.8e27ad3213cb8p-45 },
    { 0x1.798p-1, 0x1.3811728565p-2, -0x1.a71e493a0702bp-45 },
    { 0x1.778p-1, 0x1.3d81fb5947p-2, -0x1.22c7c2a9d37a4p-45 },
    { 0x1.758p-1, 0x1.42f9f3ff62p-2, 0x1.906440f7d3354p-44 },
};

/* 2^(i/128): the nearest double, and what it lacks relative to itself. */
static const struct {
    double value, lack;
} exp_table[EXP_ENTRIES] = {
    { 0x1p+0, 0x0p+0 },
    { 0x1.0163da9fb3335p+0, 0x1.b3b4f1a88bf6ep-54 },
    { 0x1.02c9a3e778061p+0, -0x1.160139cd8dc5dp-56 },
    { 0x1.04315e86e7f85p+0, -0x1.05e7a108766d1p-54 },
    { 0x1.059b0d3158574p+0, 0x1.cd2523567f613p-55 },
    { 0x1.0706b29ddf6dep+0, -0x1.bce8023f98efap-55 },
    { 0x1.0874518759bc8p+0, 0x1.0f74e61e6c861p-57 },
    { 0x1.09e3ecac6f383p+0, 0x1.0a3e45b33d399p-54 },
    { 0x1.0b5586cf9890fp+0, 0x1.79aa65d837b6dp-54 },
    { 0x1.0cc922b7247f7p+0, 0x1.eb51a92fdeffcp-55 },
    { 0x1.0e3ec32d3d1a2p+0, 0x1.ebe3d702f9cd1p-60 },
    { 0x1.0fb66affed31bp+0, -0x1.a033489906e0bp-57 },
    { 0x1.11301d0125b51p+0, -0x1.556522a2fbd0ep-54 },
    { 0x1.12abdc06c31ccp+0, -0x1.080ef8c4eea55p-58 },
    { 0x1.1429aaea92dep+0, -0x1.1c923b9d5f416p-54 },
    { 0x1.15a98c8a58e51p+0, 0x1.0d3e3e95c55afp-55 },
    { 0x1.172b83c7d517bp+0, -0x1.01b15eaa59348p-55 },
    { 0x1.18af9388c8deap+0, -0x1.f1ff055de323dp-55 },
    { 0x1.1a35beb6fcb75p+0, 0x1.b898c3f1353bfp-55 },
    { 0x1.1bbe084045cd4p+0, -0x1.6d99c7611eb26p-54 },
    { 0x1.1d4873168b9aap+0, 0x1.aecf73e3a2f6p-54 },
    { 0x1.1ed5022fcd91dp+0, -0x1.fe782cb86389dp-55 },
    { 0x1.2063b88628cd6p+0, 0x1.a6f4144a6c38dp-55 },
    { 0x1.21f49917ddc96p+0, 0x1.07a05b0e4047dp-55 },
    { 0x1.2387a6e756238p+0, 0x1.68efde3a8a894p-54 },
    { 0x1.251ce4fb2a63fp+0, 0x1.75e18f274487dp-55 },
    { 0x1.26b4565e27cddp+0, 0x1.0472b981fe7f2p-55 },
    { 0x1.284dfe1f56381p+0, -0x1.6b87b3f71085ep-54 },
    { 0x1.29e9df51fdee1p+0, 0x1.2f7e16d09ab31p-55 },
    { 0x1.2b87fd0dad99p+0, -0x1.d219b1a6fbffap-60 },
    { 0x1.2d285a6e4030bp+0, 0x1.b3782720c0ab4p-55 },
    { 0x1.2ecafa93e2f56p+0, 0x1.e149289cecb8fp-57 },
    { 0x1.306fe0a31b715p+0, 0x1.34d754db0abb6p-55 },
    { 0x1.32170fc4cd831p+0, 0x1.64201e2ac744cp-55 },
    { 0x1.33c08b26416ffp+0, 0x1.fdd395dd3f84ap-55 },
    { 0x1.356c55f929ff1p+0, -0x1.6a3803b8e5b04p-55 },
    { 0x1.371a7373aa9cbp+0, -0x1.24aedcc4b5068p-54 },
    { 0x1.38cae6d05d866p+0, -0x1.907f81b512d8ep-54 },
    { 0x1.3a7db34e59ff7p+0, -0x1.1d1e83e9436d2p-56 },
    { 0x1.3c32dc313a8e5p+0, -0x1.91919b3ce1b15p-54 },
    { 0x1.3dea64c123422p+0, 0x1.59f48a72a4c6dp-55 },
    { 0x1.3fa4504ac801cp+0, -0x1.312607a28698ap-54 },
    { 0x1.4160a21f72e2ap+0, -0x1.8a78f4817895bp-58 },
    { 0x1.431f5d950a897p+0, -0x1.c2c9b67499a1bp-56 },
    { 0x1.44e086061892dp+0, 0x1.363ed60c2ac11p-59 },
    { 0x1.46a41ed1d0057p+0, 0x1.666093b0664efp-54 },
    { 0x1.486a2b5c13cdp+0, 0x1.ecce1daa10379p-57 },
    { 0x1.4a32af0d7d3dep+0, 0x1.3ff8e3f0f123p-54 },
    { 0x1.4bfdad5362a27p+0, 0x1.690cebb7aafbp-56 },
    { 0x1.4dcb299fddd0dp+0, 0x1.31dbdeb54e077p-54 },
    { 0x1.4f9b2769d2ca7p+0, -0x1.f94340071a38ep-55 },
    { 0x1.516daa2cf6642p+0, -0x1.7deccdc93a349p-55 },
    { 0x1.5342b569d4f82p+0, -0x1.8dec6bd0f385fp-56 },
    { 0x1.551a4ca5d920fp+0, -0x1.61246ec7b5cf6p-55 },
    { 0x1.56f4736b527dap+0, 0x1.3350518fdd78ep-54 },
    { 0x1.58d12d497c7fdp+0, 0x1.b98b72f8a9b05p-56 },
    { 0x1.5ab07dd485429p+0, 0x1.063e1e21c5409p-54 },
    { 0x1.5c9268a5946b7p+0, 0x1.4c7855019c6eap-60 },
    { 0x1.5e76f15ad2148p+0, 0x1.432e62b64c035p-54 },
    { 0x1.605e1b976dc09p+0, -0x1.ce44a6199769fp-55 },
    { 0x1.6247eb03a5585p+0, -0x1.c33c53bef4da8p-55 },
    { 0x1.6434634ccc32p+0, -0x1.45378892be9aep-55 },
    { 0x1.6623882552225p+0, -0x1.3cedd78565858p-54 },
    { 0x1.68155d44ca973p+0, 0x1.710aa807e1964p-58 },
    { 0x1.6a09e667f3bcdp+0, -0x1.3b3efbf5e2228p-54 },
    { 0x1.6c012750bdabfp+0, -0x1.a12ad8734b982p-57 },
    { 0x1.6dfb23c651a2fp+0, -0x1.367efb86da9eep-57 },
    { 0x1.6ff7df9519484p+0, -0x1.0dc3d54e08851p-55 },
    { 0x1.71f75e8ec5f74p+0, -0x1.81f647e5a3ecfp-56 },
    { 0x1.73f9a48a58174p+0, -0x1.6ee4ac08b7dbp-55 },
    { 0x1.75feb564267c9p+0, -0x1.619321e55e68ap-55 },
    { 0x1.780694fde5d3fp+0, 0x1.09ccb5e09d4d3p-54 },
    { 0x1.7a11473eb0187p+0, -0x1.b32dcb94da51dp-56 },
    { 0x1.7c1ed0130c132p+0, 0x1.4ecfd5467c06bp-54 },
    { 0x1.7e2f336cf4e62p+0, 0x1.5ebe1abd66c55p-57 },
    { 0x1.80427543e1a12p+0, -0x1.8a1c52fb3cf42p-55 },
    { 0x1.82589994cce13p+0, -0x1.369b6f13b3734p-54 },
    { 0x1.8471a4623c7adp+0, -0x1.05e843a19ff1ep-55 },
    { 0x1.868d99b4492edp+0, -0x1.4d450d872576ep-54 },
    { 0x1.88ac7d98a6699p+0, 0x1.0ad675b0e8ap-54 },
    { 0x1.8ace5422aa0dbp+0, 0x1.db72fc1f0eab4p-55 },
    { 0x1.8cf3216b5448cp+0, -0x1.5b6609cc5e7ffp-57 },
    { 0x1.8f1ae99157736p+0, 0x1.bf68359f35f44p-56 },
    { 0x1.9145b0b91ffc6p+0, -0x1.3091fa71e3d83p-54 },
    { 0x1.93737b0cdc5e5p+0, -0x1.da9b88b6c1e29p-58 },
    { 0x1.95a44cbc8520fp+0, -0x1.c23f97c90b959p-57 },
    { 0x1.97d829fde4e5p+0, -0x1.2434322f4f9aap-54 },
    { 0x1.9a0f170ca07bap+0, -0x1.5ca6cd7668e4bp-55 },
    { 0x1.9c49182a3f09p+0, 0x1.1affc2b91ce27p-56 },
    { 0x1.9e86319e32323p+0, 0x1.dd235e10a73bbp-57 },
    { 0x1.a0c667b5de565p+0, -0x1.7c50422622263p-55 },
    { 0x1.a309bec4a2d33p+0, 0x1.b1c86e3e231d5p-55 },
    { 0x1.a5503b23e255dp+0, -0x1.1bbd1d3bcbb15p-54 },
    { 0x1.a799e1330b358p+0, 0x1.0cc319cee31d2p-54 },
    { 0x1.a9e6b5579fdbfp+0, 0x1.469846e735ab3p-55 },
    { 0x1.ac36bbfd3f37ap+0, -0x1.2dfcd978e9db4p-55 },
    { 0x1.ae89f995ad3adp+0, 0x1.c1a7792cb3387p-55 },
    { 0x1.b0e07298db666p+0, -0x1.07b8f4ad1d9fap-54 },
    { 0x1.b33a2b84f15fbp+0, -0x1.5c3d956dcaebap-58 },
    { 0x1.b59728de5593ap+0, -0x1.0a40e3da6f64p-54 },
    { 0x1.b7f76f2fb5e47p+0, -0x1.8d6f438ad9334p-57 },
    { 0x1.ba5b030a1064ap+0, -0x1.1eee26b588a35p-54 },
    { 0x1.bcc1e904bc1d2p+0, 0x1.4ffd70a5fddcdp-56 },
    { 0x1.bf2c25bd71e09p+0, -0x1.1bdfbfa9298acp-54 },
    { 0x1.c199bdd85529cp+0, 0x1.36eae30af0cb3p-56 },
    { 0x1.c40ab5fffd07ap+0, 0x1.ee3325c9ffd94p-55 },
    { 0x1.c67f12e57d14bp+0, 0x1.4e08fd10959acp-55 },
    { 0x1.c8f6d9406e7b5p+0, 0x1.3cdaf384e1a67p-57 },
    { 0x1.cb720dcef9069p+0, 0x1.76b2c6c921968p-57 },
    { 0x1.cdf0b555dc3fap+0, -0x1.08a1883ccb5d2p-55 },
    { 0x1.d072d4a07897cp+0, -0x1.fad5d3ffffa6fp-55 },
    { 0x1.d2f87080d89f2p+0, -0x1.00dae3875a949p-54 },
    { 0x1.d5818dcfba487p+0, 0x1.4a385a63d07a7p-56 },
    { 0x1.d80e316c98398p+0, -0x1.2919e2040220fp-55 },
    { 0x1.da9e603db3285p+0, 0x1.e5a50d5c192acp-55 },
    { 0x1.dd321f301b46p+0, 0x1.43a59ac016b4bp-55 },
    { 0x1.dfc97337b9b5fp+0, -0x1.2d52107b43e1fp-55 },
    { 0x1.e264614f5a129p+0, -0x1.92ab93b470dc9p-55 },
    { 0x1.e502ee78b3ff6p+0, 0x1.4b604603a88d3p-56 },
    { 0x1.e7a51fbc74c83p+0, 0x1.3c5ec519d7271p-55 },
    { 0x1.ea4afa2a490dap+0, -0x1.ff7128fd391fp-55 },
    { 0x1.ecf482d8e67f1p+0, -0x1.dae98e223747dp-55 },
    { 0x1.efa1bee615a27p+0, 0x1.ec3bc41aa2008p-55 },
    { 0x1.f252b376bba97p+0, 0x1.42b94c3a9eb32p-55 },
    { 0x1.f50765b6e454p+0, 0x1.a64a931d185eep-55 },
    { 0x1.f7bfdad9cbe14p+0, -0x1.e37bae43be3edp-55 },
    { 0x1.fa7c1819e90d8p+0, 0x1.7893b4d91cd9dp-56 },
    { 0x1.fd3c22b8f71f1p+0, 0x1.305c14160cc89p-58 },
};

static uint64_t to_bits(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* log(2^shift x) of a normal x > 0, given its bits. */
static inline double log_normal(uint64_t bits, int shift)
{
    /* 2^shift x = 2^k z with 11/16 <= z < 11/8. */
    const uint64_t offset = bits - LOG_BASE;
    const unsigned i = (unsigned)(offset >> 45) % LOG_ENTRIES;
    const double k = (double)(((int64_t)offset >> 52) + shift);
    const uint64_t z_bits = bits - (offset & UINT64_C(0xFFF0000000000000));
    const double z = from_bits(z_bits);
    const double z_high = from_bits((z_bits + (UINT64_C(1) << 20)) & ~UINT64_C(0x1FFFFF));

    /* r = z / c - 1 in two exact parts, the first a multiple of 2^-41. */
    const double reciprocal = log_table[i].reciprocal;
    const double r_high = z_high * reciprocal - 1.0;
    const double r_low = (z - z_high) * reciprocal;
    const double r = r_high + r_low;

    /* log(1 + r) - r by Taylor; |r| <= 2^-7 leaves 2^-59 of r. */
    const double r2 = r * r;
    const double even = -1.0 / 2 + r2 * (-1.0 / 4 + r2 * (-1.0 / 6 + r2 * (-1.0 / 8)));
    const double odd = 1.0 / 3 + r2 * (1.0 / 5 + r2 * (1.0 / 7));
    const double small = (k * LN2_LOW + log_table[i].log_low) + r2 * (even + r * odd);
    const double exact = k * LN2_HIGH + log_table[i].log_high + r_high;
    return exact + (r_low + small);
}

double hr_log(double x)
{
    const uint64_t bits = to_bits(x);
    if (__builtin_expect(bits - UINT64_C(0x0010000000000000) < UINT64_C(0x7FE0000000000000), 1))
        return log_normal(bits, 0);
    if (x == 0)
        return -HUGE_VAL;
    if (x < 0)
        return (double)NAN;
    if (!(x < HUGE_VAL))
        return x;
    return log_normal(to_bits(x * 0x1p54), -54); /* subnormal */
}

/* 2^k x for x in [1, 2) where the result or its factor is not a normal number. */
static double scale_far(double x, int64_t k)
{
    if (k > 0)
        return x * from_bits((uint64_t)(k - 1 + 1023) << 52) * 2.0;
    return x * from_bits((uint64_t)(k + 64 + 1023) << 52) * 0x1p-64;
}

double hr_exp(double x)
{
    if (!(x < 709.79))
        return x < HUGE_VAL ? HUGE_VAL : x;
    if (x < -745.14)
        return 0;

    /* x = (128 k + i) ln 2 / 128 + r; the first product is exact. */
    const double n = (x * 0x1.71547652b82fep+7 + ROUNDER) - ROUNDER;
    const double r = (x - n * 0x1.62e42fefcp-8) - n * -0x1.c610ca86c3899p-44;
    const int64_t whole = (int64_t)n;
    const unsigned i = (unsigned)(uint64_t)whole % EXP_ENTRIES;
    const int64_t k = (whole - (int64_t)i) / EXP_ENTRIES;

    /* exp(r) - 1 by Taylor; |r| <= ln 2 / 256 leaves 2^-60. */
    const double r2 = r * r;
    const double p = r + r2 * (1.0 / 2 + r * (1.0 / 6) + r2 * (1.0 / 24 + r * (1.0 / 120)));
    const double value = exp_table[i].value;
    const double y = value + value * (p + exp_table[i].lack);
    if (__builtin_expect(k < -1021 || k > 1022, 0))
        return scale_far(y, k);
    return y * from_bits((uint64_t)(k + 1023) << 52);
}

double hr_pow(double x, double y)
{
    return hr_exp(y * hr_log(x));
}

/* cos on |r| <= pi/4 by Taylor up to r^16. */
static double cos_near(double r)
{
    const double s = r * r;
    double p = 1.0 / 20922789888000;
    p = -1.0 / 87178291200 + s * p;
    p = 1.0 / 479001600 + s * p;
    p = -1.0 / 3628800 + s * p;
    p = 1.0 / 40320 + s * p;
    p = -1.0 / 720 + s * p;
    p = 1.0 / 24 + s * p;
    return 1.0 - (s * 0.5 - s * s * p);
}

/* sin on |r| <= pi/4 by Taylor up to r^17. */
static double sin_near(double r)
{
    const double s = r * r;
    double p = 1.0 / 355687428096000;
    p = -1.0 / 1307674368000 + s * p;
    p = 1.0 / 6227020800 + s * p;
    p = -1.0 / 39916800 + s * p;
    p = 1.0 / 362880 + s * p;
    p = -1.0 / 5040 + s * p;
    p = 1.0 / 120 + s * p;
    p = -1.0 / 6 + s * p;
    return r + r * s * p;
}

double hr_cos(double x)
{
    /* x = n pi/2 + r (Cody, Waite 1980); the first two parts have 33 bits and n at most 20. */
    const double n = (x * 0x1.45f306dc9c883p-1 + ROUNDER) - ROUNDER;
    const double r = ((x - n * 0x1.921fb544p+0) - n * 0x1.0b4611a6p-34) - n * 0x1.3198a2e037073p-69;
    switch ((uint64_t)(int64_t)n % 4) {
    case 0:
        return cos_near(r);
    case 1:
        return -sin_near(r);
    case 2:
        return -cos_near(r);
    default:
        return sin_near(r);
    }
}

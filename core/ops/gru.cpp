// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/recurrent.h"

namespace gradlens {

OpDefinition defineGru() {
    OpDefinition op = gruOp();
    op.name = "GRU";
    op.summary = "Reads a sequence step by step; two gates decide what of its state is renewed. Lighter than an LSTM.";
    op.maths =
        "r = σ(W_r x + U_r h + b_r),  z alike,  n = tanh(W_n x + b_in + r · (U_n h + b_hn));  h' = (1 - z) · n + z · "
        "h.  [Cho et al. 2014; reset after the product, as torch.nn.GRU]";
    op.baseName = "gru";
    op.exported = {"GRU", "GRU", "GRU(reset_after=True)"};
    return op;
}

}  // namespace gradlens

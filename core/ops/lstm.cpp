// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/recurrent.h"

namespace gradlens {

OpDefinition defineLstm() {
    OpDefinition op = lstmOp();
    op.name = "LSTM";
    op.summary = "Reads a sequence step by step with a long memory that gates fill and empty.";
    op.maths =
        "i = σ(Wᵢ x + Uᵢ h + bᵢ),  f, o alike,  g = tanh(W_g x + U_g h + b_g);  c' = f · c + i · g,  h' = o · "
        "tanh(c').  [Hochreiter and Schmidhuber 1997; forget gate: Gers et al. 2000; as torch.nn.LSTM]";
    op.baseName = "lstm";
    op.exported = {"LSTM", "LSTM", "LSTM"};
    return op;
}

}  // namespace gradlens

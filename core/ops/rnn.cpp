// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/recurrent.h"

namespace gradlens {

OpDefinition defineRnn() {
    OpDefinition op = plainRecurrentOp();
    op.name = "RNN";
    op.summary = "Reads a sequence step by step with a plain state: its memory is short.";
    op.maths = "h' = tanh(W x + b_ih + U h + b_hh), or ReLU in place of tanh.  [Elman 1990; as torch.nn.RNN]";
    op.baseName = "rnn";
    op.exported = {"RNN", "RNN", "SimpleRNN"};
    return op;
}

}  // namespace gradlens

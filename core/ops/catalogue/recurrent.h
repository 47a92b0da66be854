// SPDX-License-Identifier: GPL-3.0-or-later
// What the recurrent layers share: stacked layers in one or two directions over batch x steps x features, the names and
// layout of PyTorch's parameters.
#pragma once
#include "core/ops/catalogue/source_code.h"

namespace gradlens {

// Ports, attributes, functions and samples are set; name, texts and export names are the op's own.
OpDefinition plainRecurrentOp();  // RNN: attribute `nonlinearity`
OpDefinition lstmOp();
OpDefinition gruOp();
// As Python (recurrent_source.cpp). layer: "LSTM", the same name in both frameworks but for Keras' SimpleRNN.
SourceCode recurrentToPyTorch(const SourceCall& call, const char* layer);
SourceCode recurrentToKeras(const SourceCall& call, const char* layer);

}  // namespace gradlens

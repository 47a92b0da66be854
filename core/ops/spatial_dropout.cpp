// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/group_dropout.h"

namespace gradlens {

OpDefinition defineSpatialDropout() {
    OpDefinition op = groupDropout(2);
    op.name = "SpatialDropout";
    op.summary =
        "While training, silences whole channels with a given probability: neighbours in a map are too alike for "
        "single ones to matter.";
    op.maths =
        "Training: y = m · x / (1 - rate), m = 0 with probability rate, else 1, drawn anew at each step for each "
        "sample and channel.  Evaluation: y = x.  [Tompson et al. 2015; as torch.nn.Dropout2d]";
    op.baseName = "dropout";
    op.inputs = {{"input", "Batch x channels x ..."}};
    op.attributes = {realAttribute("rate", "Rate", 0.2, 0, 0.99,
                                   "The probability that a channel is dropped; 0 switches the layer off.")};
    op.exported = {"Dropout", "Dropout2d", "SpatialDropout2D"};
    op.samples = {{"images", {}, {{DType::Float32, {3, 5, 2, 7}}}},
                  {"often", {{"rate", 0.6}}, {{DType::Float32, {2, 7, 5}}}},
                  {"switched off", {{"rate", 0.0}}, {{DType::Float32, {2, 3, 5}}}},
                  {"one", {}, {{DType::Float32, {1, 1}}}}};
    return op;
}

}  // namespace gradlens

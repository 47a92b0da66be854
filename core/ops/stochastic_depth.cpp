// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/group_dropout.h"

namespace gradlens {

OpDefinition defineStochasticDepth() {
    OpDefinition op = groupDropout(1);
    op.name = "StochasticDepth";
    op.summary =
        "While training, silences a residual branch for whole samples with a given probability: deep networks train as "
        "shallower ones.";
    op.maths =
        "Training: y = m · x / (1 - rate), m = 0 with probability rate, else 1, drawn anew at each step for each "
        "sample.  Evaluation: y = x. Stands at the end of a branch, before the Add.  [Huang et al. 2016; as "
        "torchvision.ops.StochasticDepth, mode \"row\"]";
    op.baseName = "drop_path";
    op.inputs = {{"input", "Batch x ...: what a branch adds"}};
    op.attributes = {realAttribute("rate", "Rate", 0.1, 0, 0.99,
                                   "The probability that a sample goes without the branch; 0 switches the layer off.")};
    op.exported = {"Dropout", "torchvision.ops.StochasticDepth", "Dropout(noise_shape)"};
    op.samples = {{"images", {}, {{DType::Float32, {5, 3, 2, 7}}}},
                  {"often", {{"rate", 0.6}}, {{DType::Float32, {7, 5}}}},
                  {"switched off", {{"rate", 0.0}}, {{DType::Float32, {2, 3, 5}}}},
                  {"one", {}, {{DType::Float32, {1, 1}}}}};
    return op;
}

}  // namespace gradlens

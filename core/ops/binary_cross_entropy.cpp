// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/transcendental.h"
#include "core/ops/catalogue/pairwise_loss.h"
#include "core/ops/catalogue/python_text.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
// By the logit x: (1 + (w - 1) t) · log(1 + e^-x) + (1 - t) x, in the form that does not overflow.
struct Terms : MeanOverAll {
    explicit Terms(const Attributes& attributes) : positive(attributes.real("positive_weight")) {}
    double value(double x, double t) const { return (1 - t) * x + (1 + (positive - 1) * t) * logOnePlusExp(-x); }
    template <class T>
    T slope(T x, T t) const {
        const T w = static_cast<T>(positive);
        return (T(1) - t) - (T(1) + (w - T(1)) * t) * logistic(-x);
    }
    template <class T>
    T targetSlope(T x, T) const {
        return -x + static_cast<T>((positive - 1) * logOnePlusExp(-static_cast<double>(x)));
    }
    static double logOnePlusExp(double x) {
        return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))) + (x - x);
    }  // x - x: a NaN goes through
    double positive;
};

SourceCode toPyTorch(const SourceCall& call) {
    PythonCall loss("F.binary_cross_entropy_with_logits");
    loss.with(call.argument(0)).with(call.argument(1));
    if (const double weight = call.attributes.real("positive_weight"); weight != 1)
        loss.with("pos_weight", call.argument(0) + ".new_tensor(" + python(weight) + ")");
    return pythonFunction(loss);
}

SourceCode toKeras(const SourceCall& call) {
    const std::string &x = call.argument(0), &t = call.argument(1);
    const double weight = call.attributes.real("positive_weight");
    const std::string factor = weight == 1 ? "" : "(1 + " + python(weight - 1) + " * " + t + ") * ";
    return pythonFunction("ops.mean((1 - " + t + ") * " + x + " + " + factor + "ops.softplus(-" + x + "))");
}
}  // namespace

OpDefinition defineBinaryCrossEntropy() {
    OpDefinition op = pairwiseLoss<Terms>();
    op.name = "BinaryCrossEntropy";
    op.summary = "How surprised the network is by yes-or-no targets, from scores before any sigmoid.";
    op.maths =
        "L = 1/K · Σ (1 - t) x + (1 + (w - 1) t) log(1 + e⁻ˣ).  dL/dx = ((1 - t) - (1 + (w - 1) t) σ(-x)) / K; without "
        "weight (σ(x) - t) / K.  [Bishop 1995, 6.7; as torch.nn.BCEWithLogitsLoss]";
    op.inputs = {{"logits", "One score for each question, before any sigmoid, any shape"},
                 {"target", "1 for yes, 0 for no, the same shape"}};
    op.attributes.insert(op.attributes.begin(), realAttribute("positive_weight", "Weight of yes", 1.0, 0.0, 1e6,
                                                              "How much a yes counts against a no, for rare ones."));
    op.exported = {"BCEWithLogitsLoss", "BCEWithLogitsLoss", "BinaryCrossentropy(from_logits=True)"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    op.samples.push_back(
        {"rare yes", {{"positive_weight", AttributeValue(3.0)}}, {{DType::Float32, {4, 3}}, {DType::Float32, {4, 3}}}});
    return op;
}

}  // namespace gradlens

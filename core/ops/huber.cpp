// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/pairwise_loss.h"
#include "core/ops/catalogue/python_text.h"

#include <cmath>

namespace gradlens {

namespace {
struct Terms : MeanOverAll {
    explicit Terms(const Attributes& attributes) : delta(attributes.real("delta")) {}
    double value(double p, double t) const {
        const double distance = std::abs(p - t);
        return distance > delta ? delta * (distance - 0.5 * delta) : 0.5 * distance * distance;
    }
    template <class T>
    T slope(T p, T t) const {
        const T d = static_cast<T>(delta), difference = p - t;
        return difference > d ? d : difference < -d ? -d : difference;
    }
    template <class T>
    T targetSlope(T p, T t) const {
        return -slope(p, t);
    }
    double delta;
};

constexpr const char* kKerasHuber = R"(def huber(prediction, target, delta):
    """Squared for small differences, straight for large ones."""
    distance = ops.abs(prediction - target)
    return ops.mean(ops.where(distance > delta, delta * (distance - 0.5 * delta), 0.5 * distance * distance)))";

SourceCode toPyTorch(const SourceCall& call) {
    return pythonFunction(PythonCall("F.huber_loss")
                              .with(call.argument(0))
                              .with(call.argument(1))
                              .option("delta", call.attributes.real("delta"), 1.0));
}

SourceCode toKeras(const SourceCall& call) {
    return pythonFunction(
        PythonCall("huber").with(call.argument(0)).with(call.argument(1)).with(python(call.attributes.real("delta"))),
        {kKerasHuber});
}
}  // namespace

OpDefinition defineHuber() {
    OpDefinition op = pairwiseLoss<Terms>();
    op.name = "Huber";
    op.summary = "Squared for small differences, straight for large ones: regression that outliers do not pull away.";
    op.maths =
        "L = 1/K · Σ h(p - t),  h(d) = d²/2 where |d| ≤ δ, else δ (|d| - δ/2).  dL/dp = clip(p - t, -δ, δ) / K.  "
        "[Huber 1964; as torch.nn.HuberLoss]";
    op.attributes.insert(
        op.attributes.begin(),
        realAttribute("delta", "Delta", 1.0, 1e-6, 1e6, "From this difference on the loss grows in a straight line."));
    op.exported = {"HuberLoss", "HuberLoss", "Huber"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    op.samples.push_back(
        {"small delta", {{"delta", AttributeValue(0.3)}}, {{DType::Float32, {3, 5}}, {DType::Float32, {3, 5}}}});
    return op;
}

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/pairwise_loss.h"
#include "core/ops/catalogue/python_text.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
// p is the logarithm of a probability, t a probability or its logarithm.
struct Terms {
    explicit Terms(const Attributes& attributes) : logTarget(attributes.flag("log_target")) {}
    double value(double p, double t) const {
        if (logTarget) return std::exp(t) * (t - p);
        return t > 0 ? t * (std::log(t) - p) : t * -p;  // 0 log 0 is 0
    }
    template <class T>
    T slope(T, T t) const {
        return logTarget ? -std::exp(t) : -t;
    }
    template <class T>
    T targetSlope(T p, T t) const {
        if (logTarget) return std::exp(t) * (t - p + T(1));
        return t > T(0) ? std::log(t) - p + T(1) : -p;
    }
    static double count(const Shape& shape) { return static_cast<double>(shape[0]); }
    bool logTarget;
};

constexpr const char* kKerasDivergence = R"(def kl_divergence(prediction, target, log_target=False):
    """How far log-probabilities are from a given distribution, a mean over the samples."""
    if log_target:
        terms = ops.exp(target) * (target - prediction)
    else:
        logarithms = ops.log(ops.where(target > 0, target, ops.ones_like(target)))
        terms = target * (logarithms - prediction)
    return ops.sum(terms) / ops.cast(ops.shape(prediction)[0], prediction.dtype))";

SourceCode toPyTorch(const SourceCall& call) {
    return pythonFunction(PythonCall("F.kl_div")
                              .with(call.argument(0))
                              .with(call.argument(1))
                              .with("reduction", python("batchmean"))
                              .option("log_target", call.attributes.flag("log_target"), false));
}

SourceCode toKeras(const SourceCall& call) {
    return pythonFunction(PythonCall("kl_divergence")
                              .with(call.argument(0))
                              .with(call.argument(1))
                              .option("log_target", call.attributes.flag("log_target"), false),
                          {kKerasDivergence});
}
}  // namespace

OpDefinition defineKlDivergence() {
    OpDefinition op = pairwiseLoss<Terms>();
    op.name = "KLDivergence";
    op.summary =
        "How much a predicted distribution differs from a given one: for distillation and variational networks.";
    op.maths =
        "L = 1/N · Σ t (log t - p), p log-probabilities, t probabilities, N samples; 0 log 0 = 0.  dL/dp = -t / N.  "
        "[Kullback and Leibler 1951; as torch.nn.KLDivLoss(reduction='batchmean')]";
    op.inputs = {{"prediction", "Log-probabilities, such as LogSoftmax gives"},
                 {"target", "Probabilities, or with `log_target` their logarithms"}};
    op.outputs = {{"loss", "One number: the mean over the samples of the batch"}};
    op.attributes.insert(op.attributes.begin(), booleanAttribute("log_target", "Targets are logarithms", false,
                                                                 "The targets are log-probabilities too."));
    op.exported = {"KLDivergence", "KLDivLoss", "KLDivergence"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    // The derivative by the target jumps at 0 without logarithms: targets of the samples are logarithms.
    for (OpSample& sample : op.samples) sample.attributes.set("log_target", true);
    return op;
}

}  // namespace gradlens

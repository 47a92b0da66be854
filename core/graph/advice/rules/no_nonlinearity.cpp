// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/rules/rules.h"

namespace gradlens {

namespace {
// The next layer with weights that nothing nonlinear parts from this one, or null.
const NodeAnalysis* nextLinear(const AdviceView& view, const NodeAnalysis& node) {
    const NodeAnalysis* at = view.onlyReader(node);
    while (at != nullptr && (AdviceView::isTransparent(*at) || AdviceView::is(at, "BatchNorm")))
        at = view.onlyReader(*at);
    return AdviceView::isLinear(at) ? at : nullptr;
}

std::int64_t channels(const TensorType& type, const NodeAnalysis& of) {
    return AdviceView::is(&of, "Dense") ? type.shape[-1] : type.shape[1];
}

// Fewer values between than before and behind: a factorised map, as of a code or a linear bottleneck.
bool isBottleneck(const NodeAnalysis& first, const NodeAnalysis& second) {
    const std::int64_t between = channels(first.inference.outputs[0], first);
    return between < channels(first.inputs[0], first) && between < channels(second.inference.outputs[0], second);
}

// What is left plain on purpose: depthwise and pointwise halves, rows and columns, learned upsampling, patches.
bool isFactorised(const NodeAnalysis& first, const NodeAnalysis& second) {
    const auto grouped = [](const NodeAnalysis& node) {
        const AttributeValue* groups = node.attributes.find("groups");
        return groups != nullptr && *groups != AttributeValue(std::int64_t{1});
    };
    const auto isTall = [](const NodeAnalysis& node) -> int {
        if (!AdviceView::is(&node, "Conv2D")) return 0;
        const IntegerList& kernel = node.attributes.list("kernel");
        return kernel[0] > kernel[1] ? 1 : kernel[0] < kernel[1] ? -1 : 0;
    };
    if (AdviceView::is(&first, "ConvTranspose2D") || grouped(first) || grouped(second)) return true;
    if (AdviceView::is(&first, "Conv2D")) {
        const IntegerList &kernel = first.attributes.list("kernel"), &stride = first.attributes.list("stride");
        if (kernel == stride && kernel[0] * kernel[1] > 1) return true;
    }
    return isTall(first) * isTall(second) < 0;
}

std::vector<Problem> find(const AdviceView& view) {
    std::vector<Problem> problems;
    for (const NodeAnalysis* node : view.nodes()) {
        if (!AdviceView::isLinear(node)) continue;
        const NodeAnalysis* next = nextLinear(view, *node);
        if (next == nullptr || !next->known || isBottleneck(*node, *next) || isFactorised(*node, *next)) continue;
        // Behind the normalisation, where there is one.
        const NodeAnalysis* last = AdviceView::is(view.onlyReader(*node), "BatchNorm") ? view.onlyReader(*node) : node;
        problems.push_back(
            advice(*node, view.name(*node) + " and " + view.name(*next) + ": nothing nonlinear is between them",
                   {{Fix::Kind::InsertAfter, "Insert a ReLU after " + view.name(*last), last->id, 0, "ReLU"}}));
    }
    return problems;
}
}  // namespace

AdviceRule noNonlinearity() {
    return {"no-nonlinearity", "Nothing nonlinear between two layers",
            "Two linear layers in a row are one linear layer: the second adds parameters, but nothing that the "
            "network could not do without it.",
            "[Goodfellow, Bengio and Courville 2016, section 6.1; Minsky and Papert 1969]", find};
}

}  // namespace gradlens

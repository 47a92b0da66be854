// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/class_weights.h"

#include "core/base/error.h"
#include "core/graph/analysis.h"

namespace gradlens {

ModelGraph withClassWeights(ModelGraph drawing, const OpCatalogue& catalogue, const Dataset& dataset) {
    if (dataset.classWeights.empty()) return drawing;
    const GraphAnalysis analysis = analyse(drawing, catalogue, 1);
    bool taken = false;
    for (const NodeAnalysis& node : analysis.nodes) {
        if (!node.known || !node.reachesLoss || !node.op->accuracy) continue;
        const AttributeValue* own = node.attributes.find("class_weights");
        if (own == nullptr) continue;
        taken = true;
        if (!std::get<RealList>(*own).empty()) continue;
        RealList weights = dataset.classWeights;
        const AttributeValue* axis = node.attributes.find("class_axis");
        const Shape& scores = node.inputs[static_cast<std::size_t>(node.op->accuracy->scores)].shape;
        weights.resize(
            static_cast<std::size_t>(scores[axis != nullptr && std::get<std::string>(*axis) == "last" ? -1 : 1]), 1.0);
        Attributes attributes = drawing.find(node.id)->attributes;
        attributes.set("class_weights", std::move(weights));
        drawing.setAttributes(node.id, std::move(attributes));
    }
    if (!taken)
        throw Error("no loss of the drawing can weigh classes", "transform class_weights",
                    "End the network with SoftmaxCrossEntropy, or leave the transform out of the data settings.");
    return drawing;
}

}  // namespace gradlens

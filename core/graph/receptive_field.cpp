// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/receptive_field.h"

#include "core/graph/flatten.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
using Axis = ReceptiveField::Axis;

// The spatial axes of a map are those behind batch and channels: one of a sequence, two of an image.
std::size_t spatialAxes(const Shape& shape) {
    return shape.rank() == 4 ? 2 : shape.rank() == 3 ? 1 : 0;
}

ReceptiveField ofInput(const Shape& shape) {
    ReceptiveField field;
    const auto count = static_cast<int>(spatialAxes(shape));
    for (int axis = 2; axis < 2 + count; ++axis) field.axes.push_back({1, 1, shape[axis]});
    return field;
}

// The widest of what comes in. Paths that were scaled unlike are not of one map: then the first counts.
ReceptiveField joined(const std::vector<const ReceptiveField*>& incoming) {
    ReceptiveField field;
    for (const ReceptiveField* other : incoming) {
        if (other->axes.empty() && !other->everything) continue;
        if (field.axes.empty()) {
            field.axes = other->axes;
        } else if (other->axes.size() == field.axes.size()) {
            for (std::size_t i = 0; i < field.axes.size(); ++i)
                field.axes[i].extent = std::max(field.axes[i].extent, other->axes[i].extent);
        }
        field.everything = field.everything || other->everything;
    }
    return field;
}

void widen(ReceptiveField& field, const NodeAnalysis& node) {
    const std::vector<ReceptiveWindow> windows = node.op->windows(node.attributes);
    if (windows.empty()) {
        field.everything = !field.axes.empty();
        return;
    }
    if (windows.size() != field.axes.size()) return;
    const Shape &from = node.inputs[0].shape, &to = node.inference.outputs[0].shape;
    for (std::size_t i = 0; i < windows.size(); ++i) {
        const auto axis = static_cast<int>(i) + 2;
        const double ratio = axis < from.rank() && axis < to.rank() && to[axis] > 0
                                 ? static_cast<double>(from[axis]) / static_cast<double>(to[axis])
                                 : 1;
        const double extent = windows[i].extent > 0 ? static_cast<double>(windows[i].extent) : std::ceil(ratio);
        field.axes[i].extent += (extent - 1) * field.axes[i].jump;
        field.axes[i].jump *= windows[i].stride > 0 ? static_cast<double>(windows[i].stride) : ratio;
    }
}

// Of a drawing without blocks.
std::vector<ReceptiveField> ofFlat(const ModelGraph& graph, const GraphAnalysis& analysis) {
    std::vector<ReceptiveField> fields(analysis.nodes.size());
    const auto placeOf = [&](NodeId id) -> const std::pair<NodeId, std::size_t>* {
        const auto found = std::ranges::lower_bound(analysis.places, id, {}, &std::pair<NodeId, std::size_t>::first);
        return found == analysis.places.end() || found->first != id ? nullptr : &*found;
    };
    std::vector<std::vector<NodeId>> incoming(analysis.nodes.size());
    for (const Edge& edge : graph.edges())
        if (const auto* place = placeOf(edge.to.node)) incoming[place->second].push_back(edge.from.node);
    for (std::size_t i = 0; i < analysis.nodes.size(); ++i) {
        const NodeAnalysis& node = analysis.nodes[i];
        if (!node.known || node.inference.outputs.empty()) continue;
        if (node.op->inputs.empty()) {
            const AttributeValue* source = node.attributes.find("source");
            if (source == nullptr || *source == AttributeValue(std::string("features")))
                fields[i] = ofInput(node.inference.outputs[0].shape);
            continue;
        }
        std::vector<const ReceptiveField*> from;
        for (const NodeId before : incoming[i])
            if (const auto* place = placeOf(before)) from.push_back(&fields[place->second]);
        fields[i] = joined(from);
        if (node.op->windows != nullptr) {
            widen(fields[i], node);
            continue;
        }
        const Shape &before = node.inputs[0].shape, &after = node.inference.outputs[0].shape;
        if (before.elements() == after.elements() && before != after)
            fields[i] = {};  // laid out anew: a map no more
        else if (after.rank() < before.rank())
            fields[i].everything = !fields[i].axes.empty();  // axes were summed up
    }
    return fields;
}

std::string sizeText(double extent) {
    return std::to_string(std::llround(std::ceil(extent)));
}
}  // namespace

std::string ReceptiveField::toString() const {
    if (everything) return "all";
    std::string text;
    for (const Axis& axis : axes) text += (text.empty() ? "" : "x") + sizeText(axis.extent);
    return text;
}

std::vector<ReceptiveField> receptiveFields(const ModelGraph& drawing, const OpCatalogue& catalogue,
                                            const GraphAnalysis& analysis) {
    if (isFlat(drawing, catalogue)) return ofFlat(drawing, analysis);
    const FlatDrawing flat = flatten(drawing, catalogue);
    const GraphAnalysis inner = analyse(flat.graph, catalogue, analysis.batchSize, DType::Float32, false);
    const std::vector<ReceptiveField> inside = ofFlat(flat.graph, inner);
    std::vector<ReceptiveField> fields;
    for (const NodeAnalysis& node : analysis.nodes) {
        const auto source = flat.source({node.id, 0});
        const NodeAnalysis* found = source ? inner.find(source->node) : nullptr;
        fields.push_back(found != nullptr ? inside[static_cast<std::size_t>(found - inner.nodes.data())]
                                          : ReceptiveField());
    }
    return fields;
}

}  // namespace gradlens

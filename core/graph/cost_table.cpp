// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/cost_table.h"

#include <algorithm>
#include <charconv>

namespace gradlens {

namespace {
constexpr double kOperationsPerByte = 10;

double timeOf(const Cost& cost) {
    return std::max(cost.flops / kOperationsPerByte, cost.bytesRead + cost.bytesWritten);
}

std::string exact(double value) {
    char text[40];
    return {text, std::to_chars(text, text + sizeof text, value, std::chars_format::general).ptr};
}

std::string rounded(double value) {
    return std::to_string(static_cast<std::int64_t>(value + 0.5));
}
}  // namespace

CostTable costTable(const ModelGraph& drawing, const OpCatalogue& catalogue, const GraphAnalysis& analysis) {
    CostTable table;
    table.batchSize = analysis.batchSize;
    const std::vector<ReceptiveField> fields = receptiveFields(drawing, catalogue, analysis);
    const double samples = static_cast<double>(std::max<std::int64_t>(analysis.batchSize, 1));
    double time = 0;
    for (std::size_t i = 0; i < analysis.nodes.size(); ++i) {
        const NodeAnalysis& node = analysis.nodes[i];
        const Node& drawn = *drawing.find(node.id);
        LayerCost layer;
        layer.node = node.id;
        layer.name = drawn.name;
        layer.op = drawn.op;
        layer.known = node.known && !node.inference.outputs.empty();
        if (layer.known) {
            layer.output = node.inference.outputs[0].shape;
            layer.parameters = node.parameterCount();
            layer.multiplyAdds = node.cost.forward.flops / 2 / samples;
            for (const TensorType& output : node.inference.outputs)
                layer.activationBytes +=
                    static_cast<double>(output.shape.elements()) * static_cast<double>(sizeOf(output.dtype));
            layer.receptiveField = fields[i].toString();
            layer.timeShare = timeOf(node.cost.forward) + timeOf(node.cost.backward);
        }
        table.parameters += layer.parameters;
        table.multiplyAdds += layer.multiplyAdds;
        table.activationBytes += layer.activationBytes;
        time += layer.timeShare;
        table.layers.push_back(std::move(layer));
    }
    if (time > 0)
        for (LayerCost& layer : table.layers) layer.timeShare /= time;
    return table;
}

std::string csvOf(const CostTable& table) {
    // Names have letters, digits and underscores only: nothing to quote.
    std::string text =
        "layer,op,output,parameters,multiply_adds_per_sample,activation_bytes,receptive_field,time_share\r\n";
    for (const LayerCost& layer : table.layers) {
        text += layer.name + ',' + layer.op + ',';
        if (layer.known)
            text += layer.output.toString() + ',' + std::to_string(layer.parameters) + ',' +
                    rounded(layer.multiplyAdds) + ',' + rounded(layer.activationBytes) + ',' + layer.receptiveField +
                    ',' + exact(layer.timeShare);
        else
            text += ",,,,,";
        text += "\r\n";
    }
    return text + "total,,," + std::to_string(table.parameters) + ',' + rounded(table.multiplyAdds) + ',' +
           rounded(table.activationBytes) + ",,1\r\n";
}

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
#include "support_given_drawings.h"

#include "core/base/philox.h"
#include "support_networks.h"

namespace gradlens::test {

namespace {
Attributes filters(std::int64_t count, std::int64_t kernel, std::int64_t stride = 1) {
    return {{"filters", count},
            {"kernel", IntegerList{kernel, kernel}},
            {"stride", IntegerList{stride, stride}},
            {"padding", IntegerList{kernel / 2, kernel / 2}}};
}

NodeId convolution(ModelGraph& graph, NodeId from, std::int64_t count, std::int64_t kernel, std::int64_t stride = 1,
                   bool activate = true) {
    const NodeId conv = draw(graph, "Conv2D", {from}, filters(count, kernel, stride));
    const NodeId norm = draw(graph, "BatchNorm", {conv});
    return activate ? draw(graph, "ReLU", {norm}) : norm;
}

NodeId pooled(ModelGraph& graph, NodeId from) {
    return draw(graph, "MaxPool2D", {from});
}

void classify(ModelGraph& graph, NodeId maps) {
    const NodeId scores = draw(graph, "Dense", {draw(graph, "GlobalAvgPool", {maps})}, units(10));
    draw(graph, "SoftmaxCrossEntropy", {scores, drawClassLabels(graph)});
}

NodeId bottleneck(ModelGraph& graph, NodeId from, std::int64_t width, std::int64_t stride, bool widens) {
    NodeId at = convolution(graph, from, width, 1, stride);
    at = convolution(graph, at, width, 3);
    at = convolution(graph, at, 4 * width, 1, 1, false);
    const NodeId skip = widens ? convolution(graph, from, 4 * width, 1, stride, false) : from;
    return draw(graph, "ReLU", {draw(graph, "Add", {at, skip})});
}

ModelGraph resnet() {
    ModelGraph graph;
    NodeId at = pooled(graph, convolution(graph, drawFeatures(graph, {3, 64, 64}), 64, 7, 2));
    const std::vector<int> stages{3, 4, 6, 3};
    for (std::size_t stage = 0; stage < stages.size(); ++stage)
        for (int block = 0; block < stages[stage]; ++block)
            at = bottleneck(graph, at, std::int64_t{64} << stage, stage > 0 && block == 0 ? 2 : 1, block == 0);
    classify(graph, at);
    return graph;
}

ModelGraph unet() {
    ModelGraph graph;
    NodeId at = drawFeatures(graph, {1, 64, 64});
    std::vector<NodeId> skips;
    for (int depth = 0; depth < 4; ++depth) {
        for (int i = 0; i < 2; ++i) at = convolution(graph, at, std::int64_t{16} << depth, 3);
        skips.push_back(at);
        at = pooled(graph, at);
    }
    for (int i = 0; i < 2; ++i) at = convolution(graph, at, 256, 3);
    for (int depth = 3; depth >= 0; --depth) {
        const NodeId up = draw(graph, "Conv2D", {draw(graph, "Upsample", {at})}, filters(std::int64_t{16} << depth, 1));
        at = draw(graph, "Concat", {skips[static_cast<std::size_t>(depth)], up}, {{"axis", std::int64_t{0}}});
        for (int i = 0; i < 2; ++i) at = convolution(graph, at, std::int64_t{16} << depth, 3);
    }
    draw(graph, "MeanSquaredError",
         {draw(graph, "Conv2D", {at}, filters(1, 1)),
          draw(graph, "Input", {}, {{"source", std::string("labels")}, {"shape", IntegerList{1, 64, 64}}})});
    return graph;
}

ModelGraph denseBlock() {
    ModelGraph graph;
    std::vector<NodeId> before{draw(graph, "Conv2D", {drawFeatures(graph, {3, 32, 32})}, filters(16, 3))};
    for (int layer = 0; layer < 6; ++layer) {
        const NodeId joined =
            before.size() > 1 ? draw(graph, "Concat", before, {{"axis", std::int64_t{0}}}) : before.front();
        before.push_back(
            draw(graph, "Conv2D", {draw(graph, "ReLU", {draw(graph, "BatchNorm", {joined})})}, filters(12, 3)));
    }
    classify(graph, draw(graph, "Concat", before, {{"axis", std::int64_t{0}}}));
    return graph;
}

NodeId added(ModelGraph& graph, NodeId branch, NodeId trunk) {
    return draw(graph, "LayerNorm", {draw(graph, "Add", {branch, trunk})});
}

NodeId feedForward(ModelGraph& graph, NodeId from) {
    const NodeId wide = draw(graph, "GELU", {draw(graph, "Dense", {from}, units(256))});
    return added(graph, draw(graph, "Dense", {wide}, units(64)), from);
}

NodeId tokens(ModelGraph& graph, const char* source) {
    const NodeId input = draw(
        graph, "Input", {},
        {{"source", std::string("features")}, {"shape", IntegerList{32}}, {"values", std::string("class")}}, source);
    return draw(graph, "LearnedPosition", {draw(graph, "Embedding", {input}, {{"dimension", std::int64_t{64}}})});
}

ModelGraph transformer() {
    ModelGraph graph;
    NodeId context = tokens(graph, "source");
    for (int layer = 0; layer < 2; ++layer)
        context = feedForward(graph, added(graph, draw(graph, "MultiHeadAttention", {context}), context));
    NodeId at = tokens(graph, "target");
    for (int layer = 0; layer < 2; ++layer) {
        at = added(graph, draw(graph, "MultiHeadAttention", {at}, {{"causal", true}}), at);
        at = added(graph, draw(graph, "CrossAttention", {at, context}), at);
        at = feedForward(graph, at);
    }
    draw(graph, "SoftmaxCrossEntropy", {draw(graph, "Dense", {at}, units(256)), drawClassLabels(graph)});
    return graph;
}

ModelGraph inception() {
    ModelGraph graph;
    NodeId at = pooled(graph, convolution(graph, drawFeatures(graph, {3, 64, 64}), 32, 7, 2));
    for (int module = 0; module < 3; ++module) {
        const auto conv = [&](NodeId from, std::int64_t count, std::int64_t kernel) {
            return draw(graph, "ReLU", {draw(graph, "Conv2D", {from}, filters(count, kernel))});
        };
        const NodeId pool =
            draw(graph, "MaxPool2D", {at},
                 {{"kernel", IntegerList{3, 3}}, {"stride", IntegerList{1, 1}}, {"padding", IntegerList{1, 1}}});
        at = draw(graph, "Concat",
                  {conv(at, 16, 1), conv(conv(at, 16, 1), 32, 3), conv(conv(at, 8, 1), 16, 5), conv(pool, 16, 1)},
                  {{"axis", std::int64_t{0}}});
    }
    classify(graph, at);
    return graph;
}

ModelGraph siamese() {
    ModelGraph graph;
    std::vector<NodeId> codes, convolutions;
    for (const char* side : {"left", "right"}) {
        NodeId at =
            draw(graph, "Input", {}, {{"source", std::string("features")}, {"shape", IntegerList{1, 28, 28}}}, side);
        for (int layer = 0; layer < 3; ++layer) {
            const NodeId conv = draw(graph, "Conv2D", {at}, filters(std::int64_t{16} << layer, 3));
            convolutions.push_back(conv);
            at = pooled(graph, draw(graph, "ReLU", {conv}));
        }
        codes.push_back(draw(graph, "Dense", {draw(graph, "Flatten", {at})}, units(64)));
    }
    for (std::size_t i = 3; i < convolutions.size(); ++i) graph.share(convolutions[i], convolutions[i - 3]);
    const NodeId apart = draw(graph, "ReduceNorm", {draw(graph, "Sub", codes)});
    draw(graph, "MeanSquaredError",
         {apart, draw(graph, "Input", {}, {{"source", std::string("labels")}, {"shape", IntegerList{1}}})});
    return graph;
}

// Each node takes a few of those before it, the near ones rather than the far ones.
ModelGraph random(std::uint64_t seed, int nodes, int reach, std::uint64_t mostInputs) {
    const Random random(seed, RandomStream::Generate);
    std::uint64_t draws = 0;
    ModelGraph graph;
    std::vector<NodeId> ids{drawFeatures(graph, {16})};
    for (int i = 1; i < nodes; ++i) {
        const auto near = static_cast<std::uint64_t>(std::min(i, reach));
        std::vector<NodeId> from;
        const std::uint64_t inputs = 1 + random.below(draws++, mostInputs);
        for (std::uint64_t input = 0; input < inputs; ++input)
            from.push_back(ids[ids.size() - 1 - static_cast<std::size_t>(random.below(draws++, near))]);
        ids.push_back(draw(graph, from.size() == 1 ? "ReLU" : "Concat", from));
    }
    return graph;
}

ModelGraph chain(int layers) {
    ModelGraph graph;
    NodeId at = drawFeatures(graph, {64});
    for (int layer = 0; layer < layers; ++layer)
        at = draw(graph, layer % 2 == 0 ? "Dense" : "ReLU", {at}, layer % 2 == 0 ? units(64) : Attributes());
    return graph;
}

ModelGraph fan(int branches) {
    ModelGraph graph;
    const NodeId source = drawFeatures(graph, {64});
    std::vector<NodeId> ends;
    for (int branch = 0; branch < branches; ++branch) ends.push_back(draw(graph, "Dense", {source}, units(8)));
    draw(graph, "Concat", ends);
    return graph;
}
}  // namespace

std::vector<GivenDrawing> givenDrawings() {
    return {{"resnet-50", resnet()},
            {"unet", unet()},
            {"densenet-block", denseBlock()},
            {"transformer", transformer()},
            {"inception", inception()},
            {"siamese", siamese()},
            {"random-sparse", random(1, 80, 30, 2)},
            {"random-dense", random(2, 40, 15, 5)},
            {"deep-chain", chain(120)},
            {"wide-fan", fan(24)}};
}

ModelGraph largeDrawing(int layers) {
    ModelGraph graph;
    const Random random(7, RandomStream::Generate);
    std::uint64_t draws = 0;
    NodeId trunk = convolution(graph, drawFeatures(graph, {3, 32, 32}), 16, 3);
    while (static_cast<int>(graph.nodes().size()) < layers - 6) {
        const NodeId start = trunk;
        switch (random.below(draws++, 4)) {
            case 0:
                trunk = draw(graph, "ResidualBlock", {trunk}, {{"filters", std::int64_t{16}}});
                break;
            case 1:
                trunk = convolution(graph, trunk, 16, 3);
                break;
            case 2:
                trunk = convolution(graph, convolution(graph, trunk, 16, 3), 16, 3, 1, false);
                trunk = draw(graph, "ReLU", {draw(graph, "Add", {trunk, start})});
                break;
            default:
                trunk = draw(graph, "Conv2D",
                             {draw(graph, "Concat",
                                   {convolution(graph, start, 16, 1), convolution(graph, start, 8, 3),
                                    convolution(graph, convolution(graph, start, 8, 1), 8, 3)},
                                   {{"axis", std::int64_t{0}}})},
                             filters(16, 1));
        }
    }
    classify(graph, trunk);
    return graph;
}

}  // namespace gradlens::test

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/workloads.h"

#include <algorithm>

namespace gradlens::cli {

namespace {
// Draws a chain: each node takes the output of the one before, or of `from`.
class Pen {
public:
    explicit Pen(Attributes input) {
        input.set("source", std::string("features"));
        m_at = m_graph.add({NodeId::None, "features", "Input", std::move(input), {}});
    }

    NodeId at() const { return m_at; }
    Pen& from(NodeId node) {
        m_at = node;
        return *this;
    }
    Pen& draw(const char* op, Attributes attributes = {}) {
        const NodeId node = m_graph.add({NodeId::None, {}, op, std::move(attributes), {}});
        m_graph.connect({{m_at, 0}, {node, 0}});
        m_at = node;
        return *this;
    }
    Pen& dense(std::int64_t units) { return draw("Dense", {{"units", units}}); }
    Pen& add(NodeId other) {
        draw("Add");
        m_graph.connect({{other, 0}, {m_at, 1}});
        return *this;
    }
    ModelGraph loss(const char* kind, IntegerList labelShape = {}, Attributes attributes = {}) {
        const NodeId labels = m_graph.add(
            {NodeId::None,
             "labels",
             "Input",
             {{"source", std::string("labels")}, {"shape", std::move(labelShape)}, {"values", std::string("class")}},
             {}});
        draw(kind, std::move(attributes));
        m_graph.connect({{labels, 0}, {m_at, 1}});
        return std::move(m_graph);
    }
    ModelGraph crossEntropy() { return loss("SoftmaxCrossEntropy"); }

private:
    ModelGraph m_graph;
    NodeId m_at = NodeId::None;
};

Pen images(IntegerList shape) {
    return Pen({{"shape", std::move(shape)}});
}

Attributes conv(std::int64_t filters, std::int64_t kernel, std::int64_t stride = 1, std::int64_t padding = 0,
                bool bias = true) {
    return {{"filters", filters},
            {"kernel", IntegerList{kernel, kernel}},
            {"stride", IntegerList{stride, stride}},
            {"padding", IntegerList{padding, padding}},
            {"bias", bias}};
}

ModelGraph mlp() {
    return images({784}).dense(512).draw("ReLU").dense(512).draw("ReLU").dense(10).crossEntropy();
}

ModelGraph tinyMlp() {
    return images({64}).dense(32).draw("ReLU").dense(10).crossEntropy();
}

ModelGraph mnistCnn() {
    return images({1, 28, 28})
        .draw("Conv2D", conv(32, 3))
        .draw("ReLU")
        .draw("Conv2D", conv(64, 3))
        .draw("ReLU")
        .draw("MaxPool2D")
        .draw("Flatten")
        .dense(128)
        .draw("ReLU")
        .dense(10)
        .crossEntropy();
}

ModelGraph lenet5() {
    return images({1, 28, 28})
        .draw("Conv2D", conv(6, 5, 1, 2))
        .draw("Tanh")
        .draw("AvgPool2D")
        .draw("Conv2D", conv(16, 5))
        .draw("Tanh")
        .draw("AvgPool2D")
        .draw("Flatten")
        .dense(120)
        .draw("Tanh")
        .dense(84)
        .draw("Tanh")
        .dense(10)
        .crossEntropy();
}

void residual(Pen& pen, std::int64_t channels, std::int64_t stride, bool project) {
    const NodeId input = pen.at();
    NodeId skip = input;
    if (project) {
        pen.draw("Conv2D", conv(channels, 1, stride, 0, false)).draw("BatchNorm");
        skip = pen.at();
    }
    pen.from(input).draw("Conv2D", conv(channels, 3, stride, 1, false)).draw("BatchNorm").draw("ReLU");
    pen.draw("Conv2D", conv(channels, 3, 1, 1, false)).draw("BatchNorm").add(skip).draw("ReLU");
}

ModelGraph resnet20() {
    Pen pen = images({3, 32, 32});
    pen.draw("Conv2D", conv(16, 3, 1, 1, false)).draw("BatchNorm").draw("ReLU");
    for (const std::int64_t channels : {16, 32, 64})
        for (int block = 0; block < 3; ++block) {
            const bool first = channels != 16 && block == 0;
            residual(pen, channels, first ? 2 : 1, first);
        }
    return pen.draw("GlobalAvgPool").dense(10).crossEntropy();
}

constexpr std::int64_t kVocabulary = 65, kLength = 64, kWidth = 128, kHeads = 4, kLayers = 4;

ModelGraph charGpt() {
    Pen pen({{"shape", IntegerList{kLength}}, {"values", std::string("class")}});
    pen.draw("Embedding", {{"vocabulary", kVocabulary}, {"dimension", kWidth}})
        .draw("LearnedPosition", {{"max_length", kLength}});
    for (int layer = 0; layer < kLayers; ++layer) {
        const NodeId before = pen.at();
        pen.draw("LayerNorm").draw("MultiHeadAttention", {{"heads", kHeads}, {"causal", true}}).add(before);
        const NodeId middle = pen.at();
        pen.draw("LayerNorm").dense(4 * kWidth).draw("GELU").dense(kWidth).add(middle);
    }
    return pen.draw("LayerNorm")
        .dense(kVocabulary)
        .loss("SoftmaxCrossEntropy", {kLength}, {{"class_axis", std::string("last")}});
}

ModelGraph lstm() {
    return images({28, 28})
        .draw("LSTM", {{"hidden", std::int64_t{128}}, {"output", std::string("last")}})
        .dense(10)
        .crossEntropy();
}

OptimizerSpec optimizer(const char* name, double learningRate, double momentum = 0, double weightDecay = 0) {
    Attributes attributes{{"learning_rate", learningRate}};
    if (momentum > 0) attributes.set("momentum", momentum);
    if (weightDecay > 0) attributes.set("weight_decay", weightDecay);
    return {name, std::move(attributes)};
}
}  // namespace

std::span<const Workload> workloads() {
    static const std::vector<Workload> all{
        {"mlp-sgd", "784-512-512-10, batch 128, SGD", mlp, 128, {784}, {}, 0, 10, optimizer("SGD", 0.1)},
        {"mlp-adam", "784-512-512-10, batch 128, Adam", mlp, 128, {784}, {}, 0, 10, optimizer("Adam", 0.001)},
        {"tiny-mlp", "64-32-10, batch 32, SGD", tinyMlp, 32, {64}, {}, 0, 10, optimizer("SGD", 0.1)},
        {"mnist-cnn",
         "two convolutions (32, 64) and dense 128 on 28x28, batch 128, Adam",
         mnistCnn,
         128,
         {1, 28, 28},
         {},
         0,
         10,
         optimizer("Adam", 0.001)},
        {"lenet5", "LeNet-5 on 28x28, batch 64, SGD", lenet5, 64, {1, 28, 28}, {}, 0, 10, optimizer("SGD", 0.1)},
        {"resnet20",
         "ResNet-20 on 32x32, batch 64, SGD with momentum and decay",
         resnet20,
         64,
         {3, 32, 32},
         {},
         0,
         10,
         optimizer("SGD", 0.1, 0.9, 1e-4)},
        {"chargpt",
         "GPT of 4 layers, width 128, 4 heads, 64 characters, batch 16, AdamW",
         charGpt,
         16,
         {kLength},
         {kLength},
         kVocabulary,
         kVocabulary,
         optimizer("AdamW", 0.001)},
        {"lstm",
         "LSTM of 128 units over 28 rows of 28, batch 64, Adam",
         lstm,
         64,
         {28, 28},
         {},
         0,
         10,
         optimizer("Adam", 0.001)},
    };
    return all;
}

const Workload* findWorkload(std::string_view name) {
    const auto all = workloads();
    const auto found = std::ranges::find(all, name, &Workload::name);
    return found == all.end() ? nullptr : &*found;
}

}  // namespace gradlens::cli

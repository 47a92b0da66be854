// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/op.h"

namespace gradlens {

namespace {
constexpr double kLargestSize = 1 << 24;
constexpr std::int64_t kMostElements = std::int64_t{1} << 31;  // a sample

// The batch is not known here: one sample stands for it, and the graph's analysis replaces axis 0.
Inference infer(const Attributes& attributes, std::span<const TensorType>) {
    const Shape sample(attributes.list("shape"));
    const auto elements = sample.checkedElements();
    if (!elements || *elements > kMostElements)
        return inferenceProblem(
            {-1, "has more than 2,147,483,648 elements a sample", "", sample.toString(), "Give it a smaller shape"});
    Inference inference;
    const bool isClass = attributes.choice("values") == "class";
    inference.outputs = {{isClass ? DType::Int32 : DType::Float32, sample.withFront(1)}};
    return inference;
}

void forward(const ForwardContext&) {}  // the loader has filled the output

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    OpCost result = elementwiseCost(0, inputs, inference);
    result.backward = {};
    return result;
}
}  // namespace

OpDefinition defineInput() {
    OpDefinition op;
    op.name = "Input";
    op.category = "Input";
    op.summary = "Where the data enters: the features of a batch of samples, or their labels.";
    op.maths = "y[n, ...] = sample n of the batch.";
    op.baseName = "input";
    op.outputs = {{"output", "The batch: one sample after the other along axis 0"}};
    op.attributes = {
        choiceAttribute("source", "Source", "features", {"features", "labels"},
                        "What of the dataset flows out here: what the network sees, or what it is to answer"),
        listAttribute("shape", "Sample shape", {1, 28, 28}, 1, kLargestSize, 0, Shape::kMaxRank - 1,
                      "The shape of one sample, without the batch: \"1, 28, 28\" for a grey image (channels, height, "
                      "width), \"2\" for a point, empty for a single value such as a class number"),
        choiceAttribute("values", "Values", "real", {"real", "class"},
                        "Real numbers, or whole numbers that name a class, counted from 0")};
    op.infer = infer;
    op.forward = forward;
    op.cost = cost;
    op.exported = {"graph input", "forward() argument", "Input"};
    op.samples = {{"images", {{"shape", IntegerList{3, 5, 7}}}, {}},
                  {"points", {{"shape", IntegerList{2}}}, {}},
                  {"class labels", {{"source", "labels"}, {"shape", IntegerList{}}, {"values", "class"}}, {}}};
    return op;
}

}  // namespace gradlens

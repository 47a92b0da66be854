// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/copy.h"
#include "core/ops/catalogue/batch_error.h"
#include "core/ops/catalogue/op.h"
#include "core/ops/catalogue/python_text.h"
#include "core/ops/catalogue/windows.h"

#include <algorithm>

namespace gradlens {

namespace {
Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const Shape& tokens = inputs[0].shape;
    const std::int64_t vocabulary = attributes.integer("vocabulary"), dimension = attributes.integer("dimension");
    if (tokens.rank() < 1 || tokens.rank() >= Shape::kMaxRank)
        return inferenceProblem({0, "expects tokens with a batch axis", "N, NxT or more axes", tokens.toString(),
                                 "Connect an Input of whole numbers"});
    if (attributes.integer("padding") >= vocabulary)
        return inferenceProblem({-1,
                                 "has padding token " + std::to_string(attributes.integer("padding")) +
                                     ", beyond its vocabulary of " + std::to_string(vocabulary),
                                 "", "", "Choose a token of the vocabulary, or -1 for none"});
    Shape output = tokens;
    output.append(dimension);
    if (!isPayable(output)) return inferenceProblem(tooLarge("an output", output));
    if (!isPayable({vocabulary, dimension})) return inferenceProblem(tooLarge("a weight", {vocabulary, dimension}));
    Inference inference;
    inference.outputs = {{DType::Float32, output}};
    inference.parameters.push_back({"weight",
                                    {vocabulary, dimension},
                                    Initializer::Normal,
                                    1,
                                    dimension,
                                    attributes.real("deviation"),
                                    true,
                                    true});
    // Where the tokens of each word begin, and the places of the tokens sorted by word.
    inference.backwardScratch = static_cast<std::size_t>(vocabulary + 1 + tokens.elements()) * sizeof(std::int64_t);
    return inference;
}

void forward(const ForwardContext& context) {
    const auto tokens = context.inputs[0].as<const std::int32_t>();
    const std::int64_t vocabulary = context.attributes.integer("vocabulary");
    const auto bytes = static_cast<std::int64_t>(context.parameters[0].bytes()) / vocabulary;
    const std::int64_t samples = std::max<std::int64_t>(context.inputs[0].shape()[0], 1);
    const std::int64_t perSample = std::max<std::int64_t>(static_cast<std::int64_t>(tokens.size()) / samples, 1);
    const auto* weight = static_cast<const std::byte*>(context.parameters[0].data());
    auto* output = static_cast<std::byte*>(context.outputs[0].data());
    context.arena.forRange(static_cast<std::int64_t>(tokens.size()), std::max<std::int64_t>(1, kCopyGrain / bytes),
                           [&](std::int64_t begin, std::int64_t end) {
                               for (std::int64_t i = begin; i < end; ++i) {
                                   const std::int64_t token = tokens[static_cast<std::size_t>(i)];
                                   if (token < 0 || token >= vocabulary)
                                       throw BatchError(i / perSample,
                                                        "token " + std::to_string(token) +
                                                            " is not below the vocabulary of " +
                                                            std::to_string(vocabulary),
                                                        "Make the vocabulary as large as the data's");
                                   std::copy_n(weight + token * bytes, bytes, output + i * bytes);
                               }
                           });
}

// Each word's gradient is summed by one thread, in the order of the places where it stands.
template <class T>
void backwardAs(const BackwardContext& context) {
    const TensorView& weight = context.gradParameters[0];
    if (!weight) return;
    const auto tokens = context.inputs[0].as<const std::int32_t>();
    const std::int64_t vocabulary = context.attributes.integer("vocabulary"),
                       dimension = context.attributes.integer("dimension");
    const std::int64_t padding = context.attributes.integer("padding");
    auto* const starts = static_cast<std::int64_t*>(context.scratch.data());
    std::int64_t* const places = starts + vocabulary + 1;
    std::fill_n(starts, vocabulary + 1, std::int64_t{0});
    for (const std::int32_t token : tokens) ++starts[token + 1];
    for (std::int64_t word = 0; word < vocabulary; ++word) starts[word + 1] += starts[word];
    for (std::size_t i = 0; i < tokens.size(); ++i) places[starts[tokens[i]]++] = static_cast<std::int64_t>(i);
    for (std::int64_t word = vocabulary; word > 0; --word) starts[word] = starts[word - 1];
    starts[0] = 0;
    const T* gradOutput = context.gradOutputs[0].as<const T>().data();
    T* const gradient = weight.as<T>().data();
    const std::int64_t work =
        std::max<std::int64_t>(1, static_cast<std::int64_t>(tokens.size()) * dimension / vocabulary + dimension);
    context.arena.forRange(vocabulary, std::max<std::int64_t>(1, (1 << 15) / work),
                           [&](std::int64_t begin, std::int64_t end) {
                               for (std::int64_t word = begin; word < end; ++word) {
                                   T* const row = gradient + word * dimension;
                                   std::fill_n(row, dimension, T(0));
                                   if (word == padding) continue;
                                   for (std::int64_t at = starts[word]; at < starts[word + 1]; ++at) {
                                       const T* from = gradOutput + places[at] * dimension;
                                       for (std::int64_t j = 0; j < dimension; ++j) row[j] += from[j];
                                   }
                               }
                           });
}

void backward(const BackwardContext& context) {
    dispatchReal(context.gradOutputs[0].dtype(), [&]<class T>() { backwardAs<T>(context); });
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    const auto tokens = static_cast<double>(inputs[0].shape.elements()),
               output = static_cast<double>(inference.outputs[0].shape.elements());
    const auto size = static_cast<double>(sizeOf(inference.outputs[0].dtype));
    const auto weight = static_cast<double>(inference.parameters[0].shape.elements());
    return {{0, tokens * 4 + output * size, output * size}, {output, tokens * 4 + output * size, weight * size}};
}

SourceCode toPyTorch(const SourceCall& call) {
    PythonCall construct("nn.Embedding");
    construct.with(python(call.attributes.integer("vocabulary"))).with(python(call.attributes.integer("dimension")));
    if (const std::int64_t padding = call.attributes.integer("padding"); padding >= 0)
        construct.with("padding_idx", python(padding));
    return pythonModule(call, construct, sameWeights(call.inference));
}

SourceCode toKeras(const SourceCall& call) {
    if (call.attributes.integer("padding") >= 0)
        return pythonProblem("Keras' Embedding has no padding token, whose vector is never changed");
    return pythonModule(call,
                        PythonCall("layers.Embedding")
                            .with(python(call.attributes.integer("vocabulary")))
                            .with(python(call.attributes.integer("dimension"))),
                        {{"embeddings", {0}}});
}
}  // namespace

OpDefinition defineEmbedding() {
    OpDefinition op;
    op.name = "Embedding";
    op.category = "Embedding";
    op.summary = "Looks up a learned vector for each token.";
    op.maths =
        "y = W[token].  dL/dW[token] sums dL/dy over all places where the token stands.  [Bengio et al. 2003; as "
        "torch.nn.Embedding]";
    op.baseName = "embedding";
    op.inputs = {
        {"tokens", "Whole numbers from 0 up to the vocabulary: batch x steps, or any shape", PortKind::ClassIndex}};
    op.outputs = {{"output", "The tokens' shape with an axis of the vectors' size behind"}};
    op.attributes = {integerAttribute("vocabulary", "Vocabulary", 256, 1, 16777216, "How many tokens there are."),
                     integerAttribute("dimension", "Dimension", 128, 1, 65536, "The size of each vector."),
                     integerAttribute("padding", "Padding token", -1, -1, 16777215,
                                      "This token's vector is never changed; -1: none."),
                     realAttribute("deviation", "Initial deviation", 1.0, 0, 100,
                                   "The standard deviation of the normal numbers it begins with.")};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.backwardReadsInputs = true;
    op.exported = {"Gather", "Embedding", "Embedding"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    // Without a padding token: that one has no gradient on purpose.
    const auto with = [](std::int64_t vocabulary, std::int64_t dimension) {
        return Attributes{{"vocabulary", AttributeValue(vocabulary)}, {"dimension", AttributeValue(dimension)}};
    };
    op.samples = {{"sequences", with(7, 3), {{DType::Int32, {4, 5}}}, OpSample::Fill::Normal, 7},
                  {"one token a sample", with(3, 5), {{DType::Int32, {2}}}},
                  {"words that do not appear", with(50, 3), {{DType::Int32, {2, 3}}}, OpSample::Fill::Normal, 50}};
    return op;
}

}  // namespace gradlens

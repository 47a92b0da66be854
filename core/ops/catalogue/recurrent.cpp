// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/recurrent.h"

#include "core/kernels/copy.h"
#include "core/kernels/recurrent.h"
#include "core/ops/catalogue/windows.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
enum class Family { Plain, Lstm, Gru };

// The stack as drawn, for one input.
struct Stack {
    RecurrentGeometry first;  // layer 0, forward
    std::int64_t layers = 1, directions = 1;
    bool bias = true, sequence = true;

    Stack(Family family, const Attributes& attributes, const Shape& input) {
        first.cell = family == Family::Lstm                        ? Cell::Lstm
                     : family == Family::Gru                       ? Cell::Gru
                     : attributes.choice("nonlinearity") == "relu" ? Cell::Relu
                                                                   : Cell::Tanh;
        first.batch = input[0];
        first.steps = input[1];
        first.features = input[2];
        first.hidden = attributes.integer("hidden");
        layers = attributes.integer("layers");
        directions = attributes.flag("bidirectional") ? 2 : 1;
        bias = attributes.flag("bias");
        sequence = attributes.choice("output") == "sequence";
        first.outputStride = first.hidden * directions;
    }

    RecurrentGeometry geometry(std::int64_t layer, std::int64_t direction) const {
        RecurrentGeometry g = first;
        g.reverse = direction == 1;
        if (layer > 0) g.features = first.outputStride;
        return g;
    }
    bool keepsExtra() const { return first.cell == Cell::Lstm || first.cell == Cell::Gru; }
    // Whether a layer's states are kept apart: those of the last layer may be the output itself.
    bool keepsStates(std::int64_t layer) const { return layer + 1 < layers || !sequence; }
    Shape states() const { return {first.batch, first.steps, first.outputStride}; }

    // Places in Inference::saved.
    std::int64_t savedOfLayer(std::int64_t layer) const { return layer * (1 + directions * (keepsExtra() ? 2 : 1)); }
    std::size_t savedStates(std::int64_t layer) const { return static_cast<std::size_t>(savedOfLayer(layer)); }
    // The last layer lacks its states where these are the output.
    std::size_t savedGates(std::int64_t layer, std::int64_t direction) const {
        return static_cast<std::size_t>(savedOfLayer(layer) + (keepsStates(layer) ? 1 : 0) +
                                        direction * (keepsExtra() ? 2 : 1));
    }
    std::size_t parameter(std::int64_t layer, std::int64_t direction) const {
        return static_cast<std::size_t>((layer * directions + direction) * (bias ? 4 : 2));
    }
};

template <Family kFamily>
Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const TensorType& input = inputs[0];
    if (input.shape.rank() != 3)
        return inferenceProblem({0, "expects a batch of sequences", "NxTxF", input.shape.toString(),
                                 "Insert a Reshape to steps x features before this layer"});
    if (input.shape[1] < 1 || input.shape[2] < 1)
        return inferenceProblem({0, "expects at least one step and one feature", "NxTxF", input.shape.toString(),
                                 "Check the layer before this one"});
    const Stack stack(kFamily, attributes, input.shape);
    const RecurrentGeometry& g = stack.first;
    const Shape gates{g.batch, g.steps, g.gates() * g.hidden};
    if (!isPayable(gates)) return inferenceProblem(tooLarge("its gates", gates));
    Inference inference;
    inference.outputs = {{input.dtype, stack.sequence ? stack.states() : Shape{g.batch, g.outputStride}}};
    const double limit = 1 / std::sqrt(static_cast<double>(g.hidden));
    for (std::int64_t layer = 0; layer < stack.layers; ++layer) {
        if (stack.keepsStates(layer)) inference.saved.push_back({input.dtype, stack.states()});
        for (std::int64_t direction = 0; direction < stack.directions; ++direction) {
            const RecurrentGeometry own = stack.geometry(layer, direction);
            inference.saved.push_back({input.dtype, gates});
            if (stack.keepsExtra()) inference.saved.push_back({input.dtype, {g.batch, g.steps, g.hidden}});
            const std::string suffix = "_l" + std::to_string(layer) + (direction == 1 ? "_reverse" : "");
            const std::int64_t width = g.gates() * g.hidden;
            const auto add = [&](const std::string& name, const Shape& shape, bool decays) {
                inference.parameters.push_back(
                    {name + suffix, shape, Initializer::Uniform, own.features, width, limit, true, decays});
            };
            add("weight_ih", {width, own.features}, true);
            add("weight_hh", {width, g.hidden}, true);
            if (stack.bias) {
                add("bias_ih", {width}, false);
                add("bias_hh", {width}, false);
            }
            dispatchReal(input.dtype, [&]<class T>() {
                const auto states = static_cast<std::size_t>(stack.states().elements()) * sizeof(T);
                inference.backwardScratch =
                    std::max(inference.backwardScratch, 2 * (states + 64) + recurrentBackwardScratch<T>(own));
            });
        }
    }
    return inference;
}

template <class T>
RecurrentWeights<T> weightsOf(const Stack& stack, std::int64_t layer, std::int64_t direction,
                              std::span<const TensorView> parameters) {
    const std::size_t at = stack.parameter(layer, direction);
    const auto data = [&](std::size_t i) { return parameters[at + i].template as<const T>().data(); };
    return {data(0), data(1), stack.bias ? data(2) : nullptr, stack.bias ? data(3) : nullptr};
}

// The last state of each direction: forward after the last step, backward after the first.
template <class T, class Copy>
void forLastStates(const Stack& stack, Copy copy) {
    const RecurrentGeometry& g = stack.first;
    for (std::int64_t n = 0; n < g.batch; ++n)
        for (std::int64_t direction = 0; direction < stack.directions; ++direction) {
            const std::int64_t step = direction == 0 ? g.steps - 1 : 0;
            copy(n * g.outputStride + direction * g.hidden,
                 (n * g.steps + step) * g.outputStride + direction * g.hidden, g.hidden);
        }
}

template <class T>
void forwardAs(const Stack& stack, const ForwardContext& context) {
    const T* input = context.inputs[0].as<const T>().data();
    T* states = nullptr;
    for (std::int64_t layer = 0; layer < stack.layers; ++layer) {
        const TensorView& place =
            stack.keepsStates(layer) ? context.saved[stack.savedStates(layer)] : context.outputs[0];
        states = place.as<T>().data();
        for (std::int64_t direction = 0; direction < stack.directions; ++direction) {
            const RecurrentGeometry g = stack.geometry(layer, direction);
            const std::size_t gates = stack.savedGates(layer, direction);
            T* const extra = stack.keepsExtra() ? context.saved[gates + 1].as<T>().data() : nullptr;
            recurrentForward<T>(context.arena, g, input, weightsOf<T>(stack, layer, direction, context.parameters),
                                states + direction * g.hidden, context.saved[gates].as<T>().data(), extra);
        }
        input = states;
    }
    if (stack.sequence) return;
    T* const output = context.outputs[0].as<T>().data();
    forLastStates<T>(stack, [&](std::int64_t to, std::int64_t from, std::int64_t count) {
        std::copy_n(states + from, count, output + to);
    });
}

template <class T>
void backwardAs(const Stack& stack, const BackwardContext& context) {
    const auto total = stack.states().elements();
    auto* const memory = static_cast<std::byte*>(context.scratch.data());
    const std::size_t size = (static_cast<std::size_t>(total) * sizeof(T) + 63) / 64 * 64;
    T* const buffers[2] = {reinterpret_cast<T*>(memory), reinterpret_cast<T*>(memory + size)};
    std::byte* const scratch = memory + 2 * size;
    const T* gradStates = context.gradOutputs[0].as<const T>().data();
    if (!stack.sequence) {
        std::fill_n(buffers[0], total, T(0));
        forLastStates<T>(stack, [&](std::int64_t from, std::int64_t to, std::int64_t count) {
            std::copy_n(gradStates + from, count, buffers[0] + to);
        });
        gradStates = buffers[0];
    }
    for (std::int64_t layer = stack.layers - 1; layer >= 0; --layer) {
        const TensorView& place =
            stack.keepsStates(layer) ? context.saved[stack.savedStates(layer)] : context.outputs[0];
        const T* const states = place.as<const T>().data();
        const T* const input = (layer == 0 ? context.inputs[0] : context.saved[stack.savedStates(layer - 1)])
                                   .template as<const T>()
                                   .data();
        T* gradInput = nullptr;
        if (layer > 0)
            gradInput = gradStates == buffers[0] ? buffers[1] : buffers[0];
        else if (context.gradInputs[0])
            gradInput = context.gradInputs[0].as<T>().data();
        for (std::int64_t direction = 0; direction < stack.directions; ++direction) {
            const RecurrentGeometry g = stack.geometry(layer, direction);
            const std::size_t gates = stack.savedGates(layer, direction), parameter = stack.parameter(layer, direction);
            const T* const extra = stack.keepsExtra() ? context.saved[gates + 1].as<const T>().data() : nullptr;
            const auto wanted = [&](std::size_t i) -> T* {
                if (i >= 2 && !stack.bias) return nullptr;
                const TensorView& view = context.gradParameters[parameter + i];
                return view ? view.as<T>().data() : nullptr;
            };
            recurrentBackward<T>(context.arena, g, input, weightsOf<T>(stack, layer, direction, context.parameters),
                                 states + direction * g.hidden, context.saved[gates].as<const T>().data(), extra,
                                 gradStates + direction * g.hidden, gradInput, direction > 0,
                                 {wanted(0), wanted(1), wanted(2), wanted(3)}, scratch);
        }
        gradStates = gradInput;
    }
}

template <Family kFamily>
void forward(const ForwardContext& context) {
    const Stack stack(kFamily, context.attributes, context.inputs[0].shape());
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() { forwardAs<T>(stack, context); });
}

template <Family kFamily>
void backward(const BackwardContext& context) {
    const Stack stack(kFamily, context.attributes, context.inputs[0].shape());
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() { backwardAs<T>(stack, context); });
}

template <Family kFamily>
OpCost cost(const Attributes& attributes, std::span<const TensorType> inputs, const Inference& inference) {
    const Stack stack(kFamily, attributes, inputs[0].shape);
    const auto size = static_cast<double>(sizeOf(inputs[0].dtype));
    const auto bytes = [&](const Shape& shape) { return static_cast<double>(shape.elements()) * size; };
    double macs = 0, parameters = 0, kept = 0;
    for (std::int64_t layer = 0; layer < stack.layers; ++layer)
        for (std::int64_t direction = 0; direction < stack.directions; ++direction)
            macs += stack.geometry(layer, direction).macs();
    for (const ParameterSpec& parameter : inference.parameters) parameters += bytes(parameter.shape);
    for (const TensorType& saved : inference.saved) kept += bytes(saved.shape);
    const double input = bytes(inputs[0].shape), output = bytes(inference.outputs[0].shape);
    OpCost result;
    result.forward = {2 * macs, input + parameters, output + kept};
    result.backward = {4 * macs, input + output + kept + parameters, input + parameters};
    return result;
}

std::vector<OpSample> samples() {
    const auto with = [](std::int64_t hidden, std::initializer_list<Attributes::Entry> more) {
        Attributes attributes(more);
        attributes.set("hidden", hidden);
        return attributes;
    };
    const AttributeValue yes(true), no(false), two(std::int64_t{2}), last(std::string("last"));
    return {{"sequence", with(4, {}), {{DType::Float32, {3, 5, 2}}}},
            {"last state, more sequences than a tile", with(3, {{"output", last}}), {{DType::Float32, {19, 3, 2}}}},
            {"one step, batch of one", with(5, {}), {{DType::Float32, {1, 1, 3}}}},
            {"both directions", with(3, {{"bidirectional", yes}}), {{DType::Float32, {2, 4, 3}}}},
            {"two layers, both directions, last state",
             with(2, {{"layers", two}, {"bidirectional", yes}, {"output", last}}),
             {{DType::Float32, {2, 3, 3}}}},
            {"two layers, no bias", with(3, {{"layers", two}, {"bias", no}}), {{DType::Float32, {2, 4, 2}}}}};
}

template <Family kFamily>
OpDefinition recurrentOp() {
    OpDefinition op;
    op.category = "Recurrent";
    op.inputs = {{"input", "Sequences: batch x steps x features"}};
    op.outputs = {{"output",
                   "The states of the last layer: batch x steps x hidden, or batch x hidden; twice as wide with both "
                   "directions"}};
    op.attributes = {
        integerAttribute("hidden", "Hidden size", 128, 1, 65536, "How many numbers the state has."),
        integerAttribute("layers", "Layers", 1, 1, 64,
                         "How many layers stand one above the other; each reads the states of the one below."),
        booleanAttribute("bidirectional", "Both directions", false,
                         "A second set of weights reads the sequence backwards; the states are joined."),
        choiceAttribute("output", "Output", "sequence", {"sequence", "last"},
                        "The state after every step, or only after the last."),
        booleanAttribute("bias", "Bias", true, "Adds learned numbers to the sums.")};
    op.infer = infer<kFamily>;
    op.windows = everythingSeen;
    op.forward = forward<kFamily>;
    op.backward = backward<kFamily>;
    op.cost = cost<kFamily>;
    op.backwardReadsInputs = true;
    op.backwardReadsOutputs = true;
    op.samples = samples();
    return op;
}
}  // namespace

OpDefinition plainRecurrentOp() {
    OpDefinition op = recurrentOp<Family::Plain>();
    op.toPyTorch = [](const SourceCall& call) { return recurrentToPyTorch(call, "RNN"); };
    op.toKeras = [](const SourceCall& call) { return recurrentToKeras(call, "SimpleRNN"); };
    op.attributes.push_back(
        choiceAttribute("nonlinearity", "Nonlinearity", "tanh", {"tanh", "relu"}, "What is applied to each sum."));
    OpSample relu = op.samples[0];
    relu.name = "relu";
    relu.attributes.set("nonlinearity", std::string("relu"));
    op.samples.push_back(relu);
    return op;
}

OpDefinition lstmOp() {
    OpDefinition op = recurrentOp<Family::Lstm>();
    op.toPyTorch = [](const SourceCall& call) { return recurrentToPyTorch(call, "LSTM"); };
    op.toKeras = [](const SourceCall& call) { return recurrentToKeras(call, "LSTM"); };
    return op;
}

OpDefinition gruOp() {
    OpDefinition op = recurrentOp<Family::Gru>();
    op.toPyTorch = [](const SourceCall& call) { return recurrentToPyTorch(call, "GRU"); };
    op.toKeras = [](const SourceCall& call) { return recurrentToKeras(call, "GRU"); };
    return op;
}

}  // namespace gradlens

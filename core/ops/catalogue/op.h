// SPDX-License-Identifier: GPL-3.0-or-later
// What there is to know about a kind of node. One op is one file in core/ops/ that returns an OpDefinition; palette,
// forms, help, checks, export and the generic tests are all made from it.
#pragma once
#include "core/base/philox.h"
#include "core/ops/catalogue/attributes.h"
#include "core/parallel/arena.h"
#include "core/tensor/tensor.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gradlens {

// What a value is before it exists. Axis 0 of every activation is the batch.
struct TensorType {
    DType dtype = DType::Float32;
    Shape shape;
    friend bool operator==(const TensorType&, const TensorType&) = default;
};

enum class PortKind { Real, ClassIndex };  // float32/float64, or int32 numbers of classes or tokens

struct PortSpec {
    std::string name;
    std::string help;
    PortKind kind = PortKind::Real;
    // Only the last input: takes one or more edges, "inputs0", "inputs1", ... Only the last output: there are
    // OpDefinition::outputCount of it, "outputs0", "outputs1", ...
    bool variadic = false;
    bool optional = false;  // only the last input: may be left unconnected; Inference and contexts then lack it
};

enum class Initializer {
    Zeros,
    Ones,
    Normal,
    GlorotUniform,
    GlorotNormal,
    HeUniform,
    HeNormal,
    Uniform,
    TruncatedNormal,
    Orthogonal,
    Constant,
    File
};

// A tensor that belongs to a node and lives in the State.
struct ParameterSpec {
    std::string name;  // "weight"
    Shape shape;
    Initializer initializer = Initializer::Zeros;
    std::int64_t fanIn = 1, fanOut = 1;
    double scale =
        1.0;  // (Truncated)Normal: the standard deviation; Uniform: half the width; Constant: the value; others: a gain
    bool trainable = true;  // false: running statistics, written by forward while training
    bool decays = true;     // weight decay applies (not to biases and normalisation)
    std::string file = {},
                fileTensor =
                    {};  // File: its path, relative to the project, and which tensor of it (see initial_file.h)
};

// Something that stops an op from running, said to a person. port is an input, or -1.
struct OpProblem {
    int port = -1;
    std::string message;   // "expects a 4-dimensional input"
    std::string expected;  // "Nx?xHxW"
    std::string got;       // "128x784"
    std::string hint;      // "Insert a Reshape before this layer"
};

// What an op would make of given inputs. With problems, the rest is meaningless.
struct Inference {
    std::vector<TensorType> outputs;
    std::vector<ParameterSpec> parameters;
    std::vector<TensorType> saved;   // what forward leaves for backward, beside inputs and outputs
    std::size_t forwardScratch = 0;  // bytes of working memory, shared by all tiles
    std::size_t backwardScratch = 0;
    std::vector<OpProblem> problems;
};

struct Cost {
    double flops = 0, bytesRead = 0, bytesWritten = 0;
};
struct OpCost {
    Cost forward, backward;
};

// An elementwise function that an op runs over each piece of its output 0 while that is still in the cache: how an
// activation is fused into the layer before it. The same bits as the activation's own forward.
struct Epilogue {
    void (*apply)(const Attributes& attributes, DType dtype, void* data, std::int64_t count) = nullptr;  // in place
    const Attributes* attributes = nullptr;
    explicit operator bool() const { return apply != nullptr; }
    template <class T>
    void operator()(T* data, std::int64_t count) const {
        if (apply != nullptr) apply(*attributes, dtypeOf<T>, data, count);
    }
};

// Views never alias, except where the definition allows in-place. Parameters come in the order of Inference.
struct ForwardContext {
    const Arena& arena;
    const Attributes& attributes;
    Random random;         // this node's own, at this step
    bool training = true;  // false: evaluate (no dropout, running statistics)
    std::span<const TensorView> inputs, parameters, outputs, saved;
    TensorView scratch;      // UInt8, forwardScratch bytes
    Epilogue epilogue = {};  // only for ops that takeEpilogue
};

// A view whose memory was not kept has data() == nullptr but still its shape and dtype. gradInputs and
// gradParameters without data are not wanted; a gradOutput without data is zero (nobody used that output), but one
// at least has data. Gradients are overwritten, not added to.
struct BackwardContext {
    const Arena& arena;
    const Attributes& attributes;
    Random random;  // the same as forward's
    std::span<const TensorView> inputs, parameters, outputs, saved, gradOutputs;
    std::span<const TensorView> gradInputs, gradParameters;
    TensorView scratch;  // UInt8, backwardScratch bytes
};

// One case for the generic tests and benchmarks.
struct OpSample {
    enum class Fill {
        Normal,    // standard normal
        Distinct,  // a shuffled ramp in [-1, 1]: no two equal, none near another (for maxima)
        Away,      // normal, at least 0.05 away from every kink of the op
        Positive,  // above 0.25
    };
    std::string name;
    Attributes attributes;
    std::vector<TensorType> inputs;  // Int32 inputs are class numbers in [0, classes)
    Fill fill = Fill::Normal;
    std::int64_t classes = 3;
};

struct ExportNames {
    std::string onnx, pytorch, keras;
};

struct Block;         // core/graph/block.h
struct SourceCall;    // core/ops/catalogue/source_code.h
struct SourceCode;

// How far an op looks along height and width (or along the steps of a sequence): which inputs an output depends on.
struct ReceptiveWindow {
    std::int64_t extent = 1;  // from the first to the last, dilation included
    std::int64_t stride = 1;  // how far the window moves from one output to the next
    friend bool operator==(const ReceptiveWindow&, const ReceptiveWindow&) = default;
};

struct OpDefinition {
    std::string name;      // "Conv2D"
    std::string category;  // "Convolution"
    std::string summary;   // one sentence
    std::string maths;     // for the help page; plain text with Unicode, source of the formula in brackets
    std::string baseName;  // what new nodes are called: "conv" gives conv1, conv2 ...
    std::vector<PortSpec> inputs, outputs;
    std::vector<AttributeSpec> attributes;

    // How many output ports a node has; where null, outputs.size(). attributes are completed() and fault-free.
    int (*outputCount)(const Attributes& attributes) = nullptr;
    // attributes are completed() and fault-free; inputs.size() fits the ports.
    Inference (*infer)(const Attributes& attributes, std::span<const TensorType> inputs) = nullptr;
    void (*forward)(const ForwardContext& context) = nullptr;
    // nullptr: not differentiable (Input).
    void (*backward)(const BackwardContext& context) = nullptr;
    OpCost (*cost)(const Attributes& attributes, std::span<const TensorType> inputs,
                   const Inference& inference) = nullptr;

    bool backwardReadsInputs = false;
    bool backwardReadsOutputs = false;
    bool forwardInPlace = false;   // output 0 may share input 0's memory (and forward must then cope)
    bool backwardInPlace = false;  // gradInput 0 may share gradOutput 0's memory
    bool takesEpilogue = false;    // forward honours ForwardContext::epilogue, and backward does not read outputs
    // An elementwise op that can be fused as an epilogue: its backward must read no inputs and nothing saved.
    void (*epilogue)(const Attributes& attributes, DType dtype, void* data, std::int64_t count) = nullptr;
    bool random = false;  // forward draws random numbers while training
    bool isLoss = false;  // output 0 is a scalar to be minimised
    // A loss of which accuracy can be told: argmax over the classes of input `scores` against input `labels`.
    struct AccuracyPorts {
        int scores, labels;
    };
    std::optional<AccuracyPorts> accuracy;
    std::vector<double> kinks;  // where the derivative jumps
    ExportNames exported;
    // How PyTorch and Keras say a node of it; null: not at all, and the export says so.
    SourceCode (*toPyTorch)(const SourceCall& call) = nullptr;
    SourceCode (*toKeras)(const SourceCall& call) = nullptr;
    // The windows along the spatial axes (height and width; or one, the steps). Null: elementwise over positions.
    // Empty, as for global pooling and Dense over a flattened map: everything is seen.
    std::vector<ReceptiveWindow> (*windows)(const Attributes& attributes) = nullptr;
    std::vector<OpSample> samples;
    // Not null: a group of nodes that stands in for one. Before anything is inferred or run it is replaced by them, and
    // the functions above are null.
    std::shared_ptr<const Block> block = nullptr;
};

// An op without a real input (an Input, an Embedding) cannot know the precision of the graph: gives `real` to what it
// makes and saves.
void decidePrecision(Inference& inference, std::span<const TensorType> inputs, DType real);
// The output ports of a node with these attributes: how many, and what each is called ("output", "outputs1").
int outputCountOf(const OpDefinition& op, const Attributes& attributes);
std::string outputNameOf(const OpDefinition& op, int port);
// Every loss has this attribute: what it counts in the sum of losses.
AttributeSpec lossWeightAttribute();

// "Conv2D expects..." helper: an Inference that holds one problem.
Inference inferenceProblem(OpProblem problem);
// Said of an input that has no batch axis, such as the scalar a loss gives.
OpProblem noBatchProblem(int port);
// The cost of an elementwise op: flops per element, reading every input and writing every output once; backward twice.
OpCost elementwiseCost(double flopsPerElement, std::span<const TensorType> inputs, const Inference& inference);

}  // namespace gradlens

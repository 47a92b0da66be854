// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/elementwise.h"
#include "core/ops/catalogue/op.h"
#include "core/ops/catalogue/python_text.h"
#include "core/ops/catalogue/windows.h"

#include <algorithm>
#include <vector>

namespace gradlens {

namespace {
enum class Border { Constant, Reflect, Replicate };

Border borderOf(const Attributes& attributes) {
    const std::string& mode = attributes.choice("mode");
    return mode == "constant" ? Border::Constant : mode == "reflect" ? Border::Reflect : Border::Replicate;
}

// How many of the last axes are padded, and an amount per axis from a list that may be shorter or empty.
std::size_t paddedAxes(const Attributes& attributes) {
    return std::max(attributes.list("before").size(), attributes.list("after").size());
}
std::int64_t amount(const IntegerList& list, std::size_t axis, std::size_t axes) {
    return axis + list.size() < axes ? 0 : list[axis + list.size() - axes];
}

constexpr std::int64_t kOutside = -1;

// Where each place along a padded axis comes from.
std::vector<std::int64_t> sourcesAlong(std::int64_t size, std::int64_t before, std::int64_t after, Border border) {
    std::vector<std::int64_t> sources;
    sources.reserve(static_cast<std::size_t>(before + size + after));
    for (std::int64_t i = -before; i < size + after; ++i) {
        const bool inside = i >= 0 && i < size;
        const std::int64_t mirrored = i < 0 ? -i : 2 * (size - 1) - i;
        sources.push_back(inside                        ? i
                          : border == Border::Constant  ? kOutside
                          : border == Border::Replicate ? std::clamp<std::int64_t>(i, 0, size - 1)
                                                        : mirrored);
    }
    return sources;
}

// The padded axes as one block that repeats; a row is its last axis.
struct Blocks {
    std::int64_t count = 1, elements = 1, rows = 1;  // how many, of the unpadded; rows of the padded
    std::vector<std::vector<std::int64_t>> sources;  // by padded axis
    std::vector<std::int64_t> strides;               // of the unpadded

    Blocks(const Attributes& attributes, const Shape& input)
        : sources(paddedAxes(attributes)), strides(sources.size()) {
        const int first = input.rank() - static_cast<int>(sources.size());
        count = input.slice(0, first).elements();
        for (std::size_t axis = sources.size(); axis > 0; --axis) {
            const std::size_t i = axis - 1;
            const std::int64_t size = input[first + static_cast<int>(i)];
            sources[i] = sourcesAlong(size, amount(attributes.list("before"), i, sources.size()),
                                      amount(attributes.list("after"), i, sources.size()), borderOf(attributes));
            strides[i] = elements;
            elements *= size;
            if (axis < sources.size()) rows *= width(i);
        }
    }
    std::int64_t width(std::size_t axis) const { return static_cast<std::int64_t>(sources[axis].size()); }
    std::int64_t width() const { return width(sources.size() - 1); }
    // Where row `row` of a padded block comes from in the unpadded one, or kOutside.
    std::int64_t sourceOfRow(std::int64_t row) const {
        std::int64_t offset = 0;
        for (std::size_t axis = sources.size() - 1; axis > 0; --axis) {
            const std::int64_t source = sources[axis - 1][static_cast<std::size_t>(row % width(axis - 1))];
            if (source == kOutside) return kOutside;
            offset += source * strides[axis - 1];
            row /= width(axis - 1);
        }
        return offset;
    }
    // body(block, row, source of the row), a block's rows in order on one thread.
    template <class Body>
    void forRows(const Arena& arena, Body&& body) const {
        arena.forRange(count, std::max<std::int64_t>(1, kElementwiseGrain / std::max<std::int64_t>(1, rows * width())),
                       [&](std::int64_t begin, std::int64_t end) {
                           for (std::int64_t block = begin; block < end; ++block)
                               for (std::int64_t row = 0; row < rows; ++row) body(block, row, sourceOfRow(row));
                       });
    }
};

Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const Shape& input = inputs[0].shape;
    const std::size_t axes = paddedAxes(attributes);
    if (input.rank() < static_cast<int>(axes) + 1)
        return inferenceProblem({0, "pads " + std::to_string(axes) + " axes, and the batch does not count",
                                 "at least " + std::to_string(axes + 1) + " axes", input.toString(), "Remove amounts"});
    Shape output = input;
    for (std::size_t i = 0; i < axes; ++i) {
        const int axis = input.rank() - static_cast<int>(axes - i);
        const std::int64_t before = amount(attributes.list("before"), i, axes),
                           after = amount(attributes.list("after"), i, axes), size = input[axis];
        if (borderOf(attributes) == Border::Reflect && std::max(before, after) >= size)
            return inferenceProblem({0,
                                     "cannot reflect " + std::to_string(std::max(before, after)) +
                                         " values of an axis of " + std::to_string(size),
                                     "an axis of more than " + std::to_string(std::max(before, after)),
                                     input.toString(), "Pad less, or replicate the edge"});
        if (borderOf(attributes) == Border::Replicate && size == 0)
            return inferenceProblem({0, "has no edge to replicate", "sizes of 1 or more", input.toString(),
                                     "Check the layer before this one"});
        output.set(axis, before + size + after);
    }
    if (!isPayable(output)) return inferenceProblem(tooLarge("an output", output));
    Inference inference;
    inference.outputs = {{inputs[0].dtype, output}};
    return inference;
}

void forward(const ForwardContext& context) {
    const Blocks blocks(context.attributes, context.inputs[0].shape());
    const std::vector<std::int64_t>& columns = blocks.sources.back();
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        const T value = static_cast<T>(context.attributes.real("value"));
        const T* from = context.inputs[0].as<const T>().data();
        T* to = context.outputs[0].as<T>().data();
        blocks.forRows(context.arena, [&](std::int64_t block, std::int64_t row, std::int64_t source) {
            T* target = to + (block * blocks.rows + row) * blocks.width();
            const T* values = from + block * blocks.elements + source;
            for (std::size_t i = 0; i < columns.size(); ++i)
                target[i] = source == kOutside || columns[i] == kOutside ? value : values[columns[i]];
        });
    });
}

void backward(const BackwardContext& context) {
    const Blocks blocks(context.attributes, context.gradInputs[0].shape());
    const std::vector<std::int64_t>& columns = blocks.sources.back();
    dispatchReal(context.gradOutputs[0].dtype(), [&]<class T>() {
        const T* from = context.gradOutputs[0].as<const T>().data();
        T* to = context.gradInputs[0].as<T>().data();
        mapElements(context.arena, context.gradInputs[0].as<const T>(), context.gradInputs[0].as<T>(),
                    [](T) { return T(0); });
        blocks.forRows(context.arena, [&](std::int64_t block, std::int64_t row, std::int64_t source) {
            if (source == kOutside) return;
            const T* gradient = from + (block * blocks.rows + row) * blocks.width();
            T* target = to + block * blocks.elements + source;
            for (std::size_t i = 0; i < columns.size(); ++i)
                if (columns[i] != kOutside) target[columns[i]] += gradient[i];
        });
    });
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    return elementwiseCost(0, inputs, inference);
}

// Before and after each padded axis.
std::vector<std::pair<std::int64_t, std::int64_t>> amounts(const Attributes& attributes) {
    const std::size_t axes = paddedAxes(attributes);
    std::vector<std::pair<std::int64_t, std::int64_t>> pairs;
    for (std::size_t i = 0; i < axes; ++i)
        pairs.emplace_back(amount(attributes.list("before"), i, axes), amount(attributes.list("after"), i, axes));
    return pairs;
}

// PyTorch counts from the last axis, and mirrors at most three axes behind one or two others.
SourceCode toPyTorch(const SourceCall& call) {
    const auto pairs = amounts(call.attributes);
    const Border border = borderOf(call.attributes);
    std::vector<std::int64_t> sizes;
    for (auto pair = pairs.rbegin(); pair != pairs.rend(); ++pair) {
        sizes.push_back(pair->first);
        sizes.push_back(pair->second);
    }
    const int others = call.shape().rank() - static_cast<int>(pairs.size());
    const bool folds = border != Border::Constant && others > 2;
    if (border != Border::Constant && pairs.size() > 3)
        return pythonProblem("PyTorch mirrors or repeats the edges of at most three axes");
    PythonCall padding("F.pad");
    padding.with(folds ? "torch.flatten(" + call.argument() + ", 0, " + python(others - 1) + ")" : call.argument())
        .with(python(sizes));
    if (border == Border::Constant)
        padding.option("value", call.attributes.real("value"), 0.0);
    else
        padding.with("mode", python(call.attributes.choice("mode")));
    return pythonFunction(folds ? torchReshape(padding, call.inference.outputs[0].shape.slice(1)) : padding.text());
}

// Not every backend of Keras repeats edges: rows are taken by number instead.
SourceCode toKeras(const SourceCall& call) {
    const auto pairs = amounts(call.attributes);
    const Border border = borderOf(call.attributes);
    const int others = call.shape().rank() - static_cast<int>(pairs.size());
    if (border == Border::Replicate) {
        std::string text = call.argument();
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            const int axis = others + static_cast<int>(i);
            const std::int64_t size = call.shape()[axis];
            text = "ops.take(" + text + ", np.arange(" + python(-pairs[i].first) + ", " +
                   python(size + pairs[i].second) + ").clip(0, " + python(size - 1) + "), axis=" + python(axis) + ")";
        }
        return pythonFunction(text);
    }
    std::vector<std::string> widths(static_cast<std::size_t>(others), "(0, 0)");
    for (const auto& [before, after] : pairs) widths.push_back("(" + python(before) + ", " + python(after) + ")");
    PythonCall padding("ops.pad");
    padding.with(call.argument()).with("(" + joined(widths, ", ") + ")");
    if (border == Border::Reflect)
        padding.with("mode", python("reflect"));
    else
        padding.option("constant_values", call.attributes.real("value"), 0.0);
    return pythonFunction(padding);
}
}  // namespace

OpDefinition definePad() {
    OpDefinition op;
    op.name = "Pad";
    op.category = "Shape";
    op.summary = "Surrounds maps or sequences with a value, their mirror image or their edge.";
    op.maths =
        "constant: y is the value outside x.  reflect: y[-i] = x[i], the edge itself not repeated.  replicate: y[-i] = "
        "x[0].  dL/dx sums dL/dy over all places a value went to.  [as torch.nn.functional.pad]";
    op.baseName = "pad";
    op.inputs = {{"input", "Batch x ..."}};
    op.outputs = {{"output", "The same, larger along the last axes"}};
    op.attributes = {
        listAttribute("before", "Before", {1, 1}, 0, 65536, 1, Shape::kMaxRank - 1,
                      "How much is added before each of the last axes, in their order: top, left for images."),
        listAttribute("after", "After", {1, 1}, 0, 65536, 1, Shape::kMaxRank - 1,
                      "How much is added behind each of the last axes: bottom, right for images."),
        choiceAttribute("mode", "Mode", "constant", {"constant", "reflect", "replicate"},
                        "What is added: a value, the mirror image, or the edge."),
        realAttribute("value", "Value", 0, -1e30, 1e30, "What is added where the mode is constant.")};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.exported = {"Pad", "torch.nn.functional.pad", "ops.pad"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    const auto with = [](IntegerList before, IntegerList after, const char* mode) {
        return Attributes{{"before", AttributeValue(std::move(before))},
                          {"after", AttributeValue(std::move(after))},
                          {"mode", AttributeValue(std::string(mode))}};
    };
    op.samples = {{"images", with({1, 2}, {0, 1}, "constant"), {{DType::Float32, {2, 3, 4, 5}}}},
                  {"mirrored images", with({2, 1}, {1, 3}, "reflect"), {{DType::Float32, {2, 2, 3, 5}}}},
                  {"edges of images", with({2, 3}, {1, 2}, "replicate"), {{DType::Float32, {1, 2, 3, 4}}}},
                  {"sequences", with({2}, {1}, "constant"), {{DType::Float32, {3, 2, 7}}}},
                  {"mirrored vectors", with({2}, {2}, "reflect"), {{DType::Float32, {2, 3}}}}};
    return op;
}

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
// Python as text, for the ops' toPyTorch and toKeras: literals, calls, and the usual kinds of SourceCode. Pure
// functions. Texts of users become literals here and nowhere else: whatever they hold, they stay texts.
#pragma once
#include "core/ops/catalogue/source_code.h"

#include <initializer_list>
#include <string_view>

namespace gradlens {

// Literals: 3; 0.5, 1e-05, 2.0, float("inf"); True; "text"; (1, 2), (1,), ().
std::string python(std::int64_t value);
std::string python(int value);
std::string python(double value);
std::string python(bool value);
std::string python(std::string_view text);
std::string python(const char* text);
std::string python(std::span<const std::int64_t> values);
std::string python(std::span<const double> values);  // a list: [1.0, 0.5]
std::string python(const Shape& shape);
// A pair, or one number where both are the same: how sizes of windows are written.
std::string pythonSize(const IntegerList& values);
std::string joined(std::span<const std::string> parts, std::string_view separator);

// "nn.Conv2d(1, 32, 3, padding=1)".
class PythonCall {
public:
    explicit PythonCall(std::string function) : m_text(std::move(function) + "(") {}
    // An argument that is Python already.
    PythonCall& with(const std::string& expression);
    PythonCall& with(std::string_view name, const std::string& expression);
    // A keyword argument that is left out where it is the default anyway.
    template <class T>
    PythonCall& option(std::string_view name, const T& value, const std::type_identity_t<T>& byDefault) {
        return value == byDefault ? *this : with(name, python(value));
    }
    PythonCall& sizeOption(std::string_view name, const IntegerList& value, std::int64_t byDefault);
    std::string text() const { return m_text + ")"; }
    operator std::string() const { return text(); }

private:
    void separate();
    std::string m_text;
    bool m_first = true;
};

// A function of the arguments, without a module.
SourceCode pythonFunction(std::string expression, std::vector<std::string> helpers = {});
// `function` of the only or first argument, for ops with one input.
SourceCode pythonFunctionOf(const SourceCall& call, std::string_view function);
// A module that is called with all arguments.
SourceCode pythonModule(const SourceCall& call, std::string construct, std::vector<SourceCode::Weight> weights = {},
                        std::vector<std::string> helpers = {});
SourceCode pythonProblem(std::string problem);
// Weights that bear their parameters' names and need no conversion.
std::vector<SourceCode::Weight> sameWeights(const Inference& inference);

// The value `expression` with the sample's shape given: "x.reshape(-1, 3, 5)", "ops.reshape(x, (-1, 3, 5))".
using ReshapeText = std::string(const std::string& expression, const Shape& sample);
std::string torchReshape(const std::string& expression, const Shape& sample);
std::string kerasReshape(const std::string& expression, const Shape& sample);
// "[:, :, 1:4]": a slice of one axis; `range` is "1:4".
std::string pythonSlice(int axis, const std::string& range);

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/python_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace gradlens {

std::string joined(std::span<const std::string> parts, std::string_view separator) {
    std::string text;
    for (const std::string& part : parts) text.append(text.empty() ? "" : separator).append(part);
    return text;
}

std::string python(std::int64_t value) {
    return std::to_string(value);
}

std::string python(int value) {
    return std::to_string(value);
}

std::string python(double value) {
    if (std::isnan(value)) return "float(\"nan\")";
    if (std::isinf(value)) return value > 0 ? "float(\"inf\")" : "float(\"-inf\")";
    char digits[40];
    std::string text(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
    return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

std::string python(bool value) {
    return value ? "True" : "False";
}

std::string python(std::string_view text) {
    constexpr const char* kHex = "0123456789abcdef";
    std::string literal = "\"";
    for (const char letter : text) {
        const auto code = static_cast<unsigned char>(letter);
        if (letter == '"' || letter == '\\')
            literal.append({'\\', letter});
        else if (code < 0x20 || code == 0x7f)
            literal.append({'\\', 'x', kHex[code >> 4], kHex[code & 15]});
        else
            literal += letter;
    }
    return literal + '"';
}

std::string python(const char* text) {
    return python(std::string_view(text));
}

std::string python(std::span<const std::int64_t> values) {
    std::vector<std::string> parts;
    for (const std::int64_t value : values) parts.push_back(python(value));
    return "(" + joined(parts, ", ") + (values.size() == 1 ? ",)" : ")");
}

std::string python(std::span<const double> values) {
    std::vector<std::string> parts;
    for (const double value : values) parts.push_back(python(value));
    return "[" + joined(parts, ", ") + "]";
}

std::string python(const Shape& shape) {
    return python(std::vector<std::int64_t>(shape.begin(), shape.end()));
}

std::string pythonSize(const IntegerList& values) {
    const bool alike = std::ranges::all_of(values, [&](std::int64_t value) { return value == values.front(); });
    return alike ? python(values.front()) : python(values);
}

void PythonCall::separate() {
    if (!m_first) m_text += ", ";
    m_first = false;
}

PythonCall& PythonCall::with(const std::string& expression) {
    separate();
    m_text += expression;
    return *this;
}

PythonCall& PythonCall::with(std::string_view name, const std::string& expression) {
    separate();
    m_text.append(name).append("=").append(expression);
    return *this;
}

PythonCall& PythonCall::sizeOption(std::string_view name, const IntegerList& value, std::int64_t byDefault) {
    const bool same = std::ranges::all_of(value, [&](std::int64_t size) { return size == byDefault; });
    return same ? *this : with(name, pythonSize(value));
}

SourceCode pythonFunction(std::string expression, std::vector<std::string> helpers) {
    SourceCode code;
    code.results = {std::move(expression)};
    code.helpers = std::move(helpers);
    return code;
}

SourceCode pythonFunctionOf(const SourceCall& call, std::string_view function) {
    return pythonFunction(std::string(function) + "(" + call.argument() + ")");
}

SourceCode pythonModule(const SourceCall& call, std::string construct, std::vector<SourceCode::Weight> weights,
                        std::vector<std::string> helpers) {
    SourceCode code = pythonFunction(call.module + "(" + joined(call.arguments, ", ") + ")", std::move(helpers));
    code.construct = std::move(construct);
    code.weights = std::move(weights);
    return code;
}

SourceCode pythonProblem(std::string problem) {
    SourceCode code;
    code.problem = std::move(problem);
    return code;
}

std::vector<SourceCode::Weight> sameWeights(const Inference& inference) {
    std::vector<SourceCode::Weight> weights;
    for (std::size_t i = 0; i < inference.parameters.size(); ++i)
        weights.push_back({inference.parameters[i].name, {i}});
    return weights;
}

std::string torchReshape(const std::string& expression, const Shape& sample) {
    std::string text = expression + ".reshape(-1";
    for (const std::int64_t size : sample) text += ", " + python(size);
    return text + ")";
}

std::string kerasReshape(const std::string& expression, const Shape& sample) {
    std::vector<std::int64_t> sizes{-1};
    sizes.insert(sizes.end(), sample.begin(), sample.end());
    return "ops.reshape(" + expression + ", " + python(sizes) + ")";
}

std::string pythonSlice(int axis, const std::string& range) {
    std::string text = "[";
    for (int i = 0; i < axis; ++i) text += ":, ";
    return text + range + "]";
}

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/words.h"

#include <charconv>
#include <cmath>
#include <span>

namespace gradlens::words {

namespace {
constexpr const char* kTimes = "×";
constexpr const char* kSpace = "\u00a0";  // does not break

std::string fixed(double value, int decimals) {
    char digits[400];
    return {digits, std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed, decimals).ptr};
}

std::string grouped(const std::string& digits) {
    std::string text;
    const std::size_t first = digits.starts_with('-') ? 1 : 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > first && (digits.size() - i) % 3 == 0) text += ',';
        text += digits[i];
    }
    return text;
}

std::string lowered(std::string text) {
    for (char& letter : text)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    return text;
}

std::string sizes(std::span<const std::int64_t> list) {
    std::string text;
    for (const std::int64_t size : list) text += (text.empty() ? "" : kTimes) + std::to_string(size);
    return text;
}
}  // namespace

std::string scaled(double value, const std::string& unit) {
    constexpr double kStep = 1000;
    constexpr const char* kPrefixes[] = {"", "k", "M", "G", "T", "P", "E"};
    std::size_t prefix = 0;
    while (std::abs(value) >= kStep && prefix + 1 < std::size(kPrefixes)) {
        value /= kStep;
        ++prefix;
    }
    const int decimals = prefix == 0 || std::abs(value) >= 100 ? 0 : std::abs(value) >= 10 ? 1 : 2;
    return fixed(value, decimals) + (unit.empty() ? "" : kSpace) + kPrefixes[prefix] + unit;
}

std::string compactNumber(double value) {
    constexpr double kShort = 10'000;
    return std::abs(value) < kShort ? grouped(fixed(value, 0)) : scaled(value, {});
}

std::string parameters(std::int64_t count) {
    if (count == 0) return {};
    return compactNumber(static_cast<double>(count)) + (count == 1 ? " param" : " params");
}

std::string shape(const Shape& shape, bool batchAxis) {
    if (shape.rank() == 0) return "scalar";
    if (!batchAxis) return sizes(shape.sizes());
    return shape.rank() == 1 ? "N" : std::string("N") + kTimes + sizes(shape.sizes().subspan(1));
}

std::string value(const AttributeValue& value) {
    const auto* list = std::get_if<IntegerList>(&value);
    if (list == nullptr) return toText(value);
    return list->empty() ? "scalar" : sizes(*list);
}

std::string summary(const OpDefinition& op, const Attributes& attributes) {
    std::string parts;
    const auto add = [&](const std::string& part) { parts += (parts.empty() ? "" : ", ") + part; };
    bool sizeSaid = false;
    for (std::size_t i = 0; i < op.attributes.size(); ++i) {
        const AttributeSpec& spec = op.attributes[i];
        const AttributeValue* given = attributes.find(spec.name);
        if (given == nullptr) continue;
        const bool isList = spec.type == AttributeType::List;
        // The first sizes of an op are what it is about: its kernel, its shape.
        const bool leads = i == 0 || (isList && !sizeSaid);
        if (!leads && *given == spec.defaultValue) continue;
        const std::string label = lowered(spec.label), text = value(*given);
        switch (spec.type) {
            case AttributeType::Boolean:
                add(std::get<bool>(*given) ? label : "no " + label);
                break;
            case AttributeType::Integer:
                add(text + ' ' + label);
                break;
            case AttributeType::Choice:
            case AttributeType::Text:
            case AttributeType::Path:
                if (text != "none") add(text);
                break;
            case AttributeType::List:
            case AttributeType::RealList:
                add(sizeSaid ? label + ' ' + text : text);
                break;
            case AttributeType::Real:
                add(label + ' ' + text);
                break;
        }
        sizeSaid = sizeSaid || isList;
    }
    return parts;
}

}  // namespace gradlens::words

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/attributes.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace gradlens {

namespace {
std::string number(double value) {
    char text[32];
    const auto result = std::to_chars(text, text + sizeof text, value);
    return std::string(text, result.ptr);
}

std::string outOfRange(const AttributeSpec& spec, double value) {
    if (std::isinf(spec.maximum)) return "must be at least " + number(spec.minimum) + ", got " + number(value);
    if (std::isinf(spec.minimum)) return "must be at most " + number(spec.maximum) + ", got " + number(value);
    return "must be between " + number(spec.minimum) + " and " + number(spec.maximum) + ", got " + number(value);
}

bool inRange(const AttributeSpec& spec, double value) {
    return value >= spec.minimum && value <= spec.maximum;
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

template <class T>
std::optional<T> parsedNumber(std::string_view text) {
    T value{};
    text = trimmed(text);
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}
}  // namespace

AttributeSpec integerAttribute(std::string name, std::string label, std::int64_t defaultValue, double minimum,
                               double maximum, std::string help) {
    return {std::move(name), std::move(label), AttributeType::Integer, defaultValue, std::move(help), minimum, maximum};
}

AttributeSpec realAttribute(std::string name, std::string label, double defaultValue, double minimum, double maximum,
                            std::string help) {
    return {std::move(name), std::move(label), AttributeType::Real, defaultValue, std::move(help), minimum, maximum};
}

AttributeSpec booleanAttribute(std::string name, std::string label, bool defaultValue, std::string help) {
    return {std::move(name), std::move(label), AttributeType::Boolean, defaultValue, std::move(help)};
}

AttributeSpec choiceAttribute(std::string name, std::string label, std::string defaultValue,
                              std::vector<std::string> choices, std::string help) {
    AttributeSpec spec{std::move(name), std::move(label), AttributeType::Choice, std::move(defaultValue),
                       std::move(help)};
    spec.choices = std::move(choices);
    return spec;
}

AttributeSpec textAttribute(std::string name, std::string label, std::string defaultValue, std::string help) {
    return {std::move(name), std::move(label), AttributeType::Text, std::move(defaultValue), std::move(help)};
}

AttributeSpec pathAttribute(std::string name, std::string label, std::string defaultValue, std::string help) {
    return {std::move(name), std::move(label), AttributeType::Path, std::move(defaultValue), std::move(help)};
}

AttributeSpec pairAttribute(std::string name, std::string label, std::int64_t defaultValue, double minimum,
                            double maximum, std::string help) {
    return listAttribute(std::move(name), std::move(label), {defaultValue, defaultValue}, minimum, maximum, 2, 2,
                         std::move(help));
}

AttributeSpec listAttribute(std::string name, std::string label, IntegerList defaultValue, double minimum,
                            double maximum, std::size_t minLength, std::size_t maxLength, std::string help) {
    AttributeSpec spec{std::move(name), std::move(label), AttributeType::List, std::move(defaultValue), std::move(help),
                       minimum,         maximum};
    spec.minLength = minLength;
    spec.maxLength = maxLength;
    return spec;
}

AttributeSpec realListAttribute(std::string name, std::string label, RealList defaultValue, double minimum,
                                double maximum, std::size_t minLength, std::size_t maxLength, std::string help) {
    AttributeSpec spec{
        std::move(name), std::move(label), AttributeType::RealList, std::move(defaultValue), std::move(help),
        minimum,         maximum};
    spec.minLength = minLength;
    spec.maxLength = maxLength;
    return spec;
}

Attributes::Attributes(std::initializer_list<Entry> entries) : m_entries(entries) {}

const AttributeValue* Attributes::find(std::string_view name) const {
    const auto found = std::ranges::find(m_entries, name, &Entry::first);
    return found == m_entries.end() ? nullptr : &found->second;
}

void Attributes::set(std::string_view name, AttributeValue value) {
    const auto found = std::ranges::find(m_entries, name, &Entry::first);
    if (found == m_entries.end()) {
        m_entries.emplace_back(std::string(name), std::move(value));
    } else {
        found->second = std::move(value);
    }
}

void Attributes::remove(std::string_view name) {
    std::erase_if(m_entries, [&](const Entry& entry) { return entry.first == name; });
}

namespace {
template <class T>
const T& valueOf(const Attributes& attributes, std::string_view name) {
    const AttributeValue* value = attributes.find(name);
    assert(value != nullptr && std::holds_alternative<T>(*value));
    return std::get<T>(*value);
}
}  // namespace

bool Attributes::flag(std::string_view name) const {
    return valueOf<bool>(*this, name);
}
std::int64_t Attributes::integer(std::string_view name) const {
    return valueOf<std::int64_t>(*this, name);
}
double Attributes::real(std::string_view name) const {
    return valueOf<double>(*this, name);
}
const std::string& Attributes::choice(std::string_view name) const {
    return valueOf<std::string>(*this, name);
}
const IntegerList& Attributes::list(std::string_view name) const {
    return valueOf<IntegerList>(*this, name);
}
const RealList& Attributes::realList(std::string_view name) const {
    return valueOf<RealList>(*this, name);
}

namespace {
// What is wrong with the length or an element of a list, or nothing.
template <class List>
std::optional<std::string> listFault(const AttributeSpec& spec, const List& list) {
    if (list.size() < spec.minLength || list.size() > spec.maxLength) {
        const std::string wanted = spec.minLength == spec.maxLength
                                       ? std::to_string(spec.minLength)
                                       : std::to_string(spec.minLength) + " to " + std::to_string(spec.maxLength);
        return "must have " + wanted + " numbers, got " + std::to_string(list.size());
    }
    for (const auto element : list)
        if (!inRange(spec, static_cast<double>(element))) return outOfRange(spec, static_cast<double>(element));
    return std::nullopt;
}

// The numbers of "3, 3", "3x3" or "3 3"; nothing when one does not parse.
template <class T>
std::optional<std::vector<T>> parsedList(std::string_view text) {
    std::vector<T> list;
    while (!text.empty()) {
        const auto end = text.find_first_of(",xX ");
        const auto element = parsedNumber<T>(text.substr(0, end));
        if (!element) return std::nullopt;
        list.push_back(*element);
        if (end == std::string_view::npos) break;
        const bool blank = text[end] == ' ';
        text = trimmed(text.substr(end + 1));
        // "3 , 3" and "3 x 3": the separator may stand behind the blank.
        if (blank && !text.empty() && (text[0] == ',' || text[0] == 'x' || text[0] == 'X'))
            text = trimmed(text.substr(1));
        if (text.empty()) return std::nullopt;
    }
    return list;
}
}  // namespace

std::optional<AttributeValue> normalised(const AttributeSpec& spec, const AttributeValue& value, std::string* message) {
    const auto fail = [&](std::string text) {
        if (message != nullptr) *message = std::move(text);
        return std::nullopt;
    };
    switch (spec.type) {
        case AttributeType::Boolean:
            if (!std::holds_alternative<bool>(value)) return fail("must be true or false, got " + toText(value));
            return value;
        case AttributeType::Integer: {
            const auto* integer = std::get_if<std::int64_t>(&value);
            if (integer == nullptr) return fail("must be a whole number, got " + toText(value));
            if (!inRange(spec, static_cast<double>(*integer)))
                return fail(outOfRange(spec, static_cast<double>(*integer)));
            return value;
        }
        case AttributeType::Real: {
            const auto* integer = std::get_if<std::int64_t>(&value);
            const auto* given = std::get_if<double>(&value);
            if (integer == nullptr && given == nullptr) return fail("must be a number, got " + toText(value));
            const double real = given != nullptr ? *given : static_cast<double>(*integer);
            if (!inRange(spec, real)) return fail(outOfRange(spec, real));
            return AttributeValue(real);
        }
        case AttributeType::Choice: {
            const auto* text = std::get_if<std::string>(&value);
            if (text != nullptr && std::ranges::find(spec.choices, *text) != spec.choices.end()) return value;
            std::string allowed;
            for (const std::string& choice : spec.choices) allowed += (allowed.empty() ? "" : ", ") + choice;
            return fail("must be one of " + allowed + ", got " + toText(value));
        }
        case AttributeType::Text:
        case AttributeType::Path:
            if (!std::holds_alternative<std::string>(value)) return fail("must be text, got " + toText(value));
            return value;
        case AttributeType::List: {
            IntegerList list;
            if (const auto* integer = std::get_if<std::int64_t>(&value)) {
                list.assign(std::max<std::size_t>(spec.minLength, 1), *integer);
            } else if (const auto* given = std::get_if<IntegerList>(&value)) {
                list = *given;
                if (list.size() == 1 && spec.minLength > 1) list.assign(spec.minLength, list[0]);
            } else {
                return fail("must be a list of whole numbers, got " + toText(value));
            }
            if (auto fault = listFault(spec, list)) return fail(std::move(*fault));
            return AttributeValue(std::move(list));
        }
        case AttributeType::RealList: {
            RealList list;
            if (const auto* integer = std::get_if<std::int64_t>(&value)) {
                list = {static_cast<double>(*integer)};
            } else if (const auto* real = std::get_if<double>(&value)) {
                list = {*real};
            } else if (const auto* integers = std::get_if<IntegerList>(&value)) {
                list.assign(integers->begin(), integers->end());
            } else if (const auto* given = std::get_if<RealList>(&value)) {
                list = *given;
            } else {
                return fail("must be a list of numbers, got " + toText(value));
            }
            if (auto fault = listFault(spec, list)) return fail(std::move(*fault));
            return AttributeValue(std::move(list));
        }
    }
    return std::nullopt;
}

Attributes completed(std::span<const AttributeSpec> specs, const Attributes& given,
                     std::vector<AttributeFault>* faults) {
    Attributes result;
    for (const AttributeSpec& spec : specs) {
        const AttributeValue* value = given.find(spec.name);
        if (value == nullptr) {
            result.set(spec.name, spec.defaultValue);
            continue;
        }
        std::string message;
        auto fitting = normalised(spec, *value, &message);
        if (!fitting && faults != nullptr) faults->push_back({spec.name, message});
        result.set(spec.name, fitting ? std::move(*fitting) : spec.defaultValue);
    }
    for (const auto& [name, value] : given.entries()) {
        if (faults != nullptr && std::ranges::find(specs, name, &AttributeSpec::name) == specs.end())
            faults->push_back({name, "is not an attribute of this kind"});
    }
    return result;
}

std::string toText(const AttributeValue& value) {
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
    if (const auto* real = std::get_if<double>(&value)) return number(*real);
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    std::string text;
    if (const auto* reals = std::get_if<RealList>(&value)) {
        for (const double element : *reals) text += (text.empty() ? "" : ", ") + number(element);
        return text;
    }
    for (const std::int64_t element : std::get<IntegerList>(value))
        text += (text.empty() ? "" : ", ") + std::to_string(element);
    return text;
}

std::optional<AttributeValue> fromText(const AttributeSpec& spec, std::string_view text) {
    text = trimmed(text);
    std::optional<AttributeValue> value;
    switch (spec.type) {
        case AttributeType::Boolean:
            if (text == "true") value = true;
            if (text == "false") value = false;
            break;
        case AttributeType::Integer:
            if (const auto integer = parsedNumber<std::int64_t>(text)) value = *integer;
            break;
        case AttributeType::Real:
            if (const auto real = parsedNumber<double>(text)) value = *real;
            break;
        case AttributeType::Choice:
        case AttributeType::Text:
        case AttributeType::Path:
            value = std::string(text);
            break;
        case AttributeType::List:
            if (auto list = parsedList<std::int64_t>(text)) value = std::move(*list);
            break;
        case AttributeType::RealList:
            if (auto list = parsedList<double>(text)) value = std::move(*list);
            break;
    }
    if (!value) return std::nullopt;
    return normalised(spec, *value, nullptr);
}

}  // namespace gradlens

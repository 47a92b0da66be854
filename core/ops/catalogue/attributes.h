// SPDX-License-Identifier: GPL-3.0-or-later
// The attributes of an op: their description (from which forms, help and checks are made) and their values.
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace gradlens {

enum class AttributeType { Boolean, Integer, Real, Choice, List, RealList, Text, Path };

using IntegerList = std::vector<std::int64_t>;
using RealList = std::vector<double>;
using AttributeValue = std::variant<bool, std::int64_t, double, std::string, IntegerList, RealList>;

// One attribute of an op (or an optimizer). Bounds are inclusive and hold for every element of a list.
struct AttributeSpec {
    std::string name;   // as in files: "kernel"
    std::string label;  // as in forms: "Kernel size"
    AttributeType type = AttributeType::Integer;
    AttributeValue defaultValue = std::int64_t{0};
    std::string help;
    double minimum = -std::numeric_limits<double>::infinity();
    double maximum = std::numeric_limits<double>::infinity();
    std::vector<std::string> choices = {};     // Choice: the allowed values
    std::size_t minLength = 0, maxLength = 8;  // lists: how many elements
};

// Shorthands for the op files.
AttributeSpec integerAttribute(std::string name, std::string label, std::int64_t defaultValue, double minimum,
                               double maximum, std::string help);
AttributeSpec realAttribute(std::string name, std::string label, double defaultValue, double minimum, double maximum,
                            std::string help);
AttributeSpec booleanAttribute(std::string name, std::string label, bool defaultValue, std::string help);
AttributeSpec choiceAttribute(std::string name, std::string label, std::string defaultValue,
                              std::vector<std::string> choices, std::string help);
AttributeSpec textAttribute(std::string name, std::string label, std::string defaultValue, std::string help);
// A file or folder: as text, with a browse button in forms.
AttributeSpec pathAttribute(std::string name, std::string label, std::string defaultValue, std::string help);
// Two integers (height, width). Files and forms may give one, which then stands for both.
AttributeSpec pairAttribute(std::string name, std::string label, std::int64_t defaultValue, double minimum,
                            double maximum, std::string help);
AttributeSpec listAttribute(std::string name, std::string label, IntegerList defaultValue, double minimum,
                            double maximum, std::size_t minLength, std::size_t maxLength, std::string help);
AttributeSpec realListAttribute(std::string name, std::string label, RealList defaultValue, double minimum,
                                double maximum, std::size_t minLength, std::size_t maxLength, std::string help);

// Values by name, in the order they were set. Reading a name that is not there, or as another type, is a programming
// error: values from outside pass through normalised() first.
class Attributes {
public:
    using Entry = std::pair<std::string, AttributeValue>;

    Attributes() = default;
    Attributes(std::initializer_list<Entry> entries);

    const AttributeValue* find(std::string_view name) const;
    void set(std::string_view name, AttributeValue value);
    void remove(std::string_view name);
    std::span<const Entry> entries() const { return m_entries; }

    bool flag(std::string_view name) const;
    std::int64_t integer(std::string_view name) const;
    double real(std::string_view name) const;
    const std::string& choice(std::string_view name) const;
    const std::string& text(std::string_view name) const { return choice(name); }
    const IntegerList& list(std::string_view name) const;
    const RealList& realList(std::string_view name) const;

    friend bool operator==(const Attributes&, const Attributes&) = default;

private:
    std::vector<Entry> m_entries;
};

// What is wrong with a value, for people: "must be between 1 and 65536, got 0".
struct AttributeFault {
    std::string attribute;
    std::string message;
};

// The value as its spec wants it (an integer where a real is asked for becomes one; one integer stands for a list of
// a fixed length), or nothing and a message when it does not fit.
std::optional<AttributeValue> normalised(const AttributeSpec& spec, const AttributeValue& value, std::string* message);
// Every attribute of the specs, from `given` or by default; faults for unknown names and values that do not fit (the
// default stands in for those).
Attributes completed(std::span<const AttributeSpec> specs, const Attributes& given,
                     std::vector<AttributeFault>* faults);
// "3, 3", "0.5", "true": what a form shows. The inverse parses what a user typed, nothing when it does not parse.
std::string toText(const AttributeValue& value);
std::optional<AttributeValue> fromText(const AttributeSpec& spec, std::string_view text);

}  // namespace gradlens

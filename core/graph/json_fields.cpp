// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/json_fields.h"

#include "core/base/error.h"
#include "core/graph/graph_json.h"

#include <cmath>
#include <limits>

namespace gradlens {

namespace {
using Json = nlohmann::ordered_json;

// What a person calls it, with the value where it is short.
std::string described(const Json& json) {
    switch (json.type()) {
        case Json::value_t::null:
            return "nothing (null)";
        case Json::value_t::boolean:
            return json.get<bool>() ? "true" : "false";
        case Json::value_t::number_integer:
        case Json::value_t::number_unsigned:
        case Json::value_t::number_float:
            return json.dump();
        case Json::value_t::string: {
            const auto& text = json.get_ref<const std::string&>();
            return text.size() <= 40 ? "\"" + text + "\"" : "a text";
        }
        case Json::value_t::array:
            return "a list";
        default:
            return "an object";
    }
}
}  // namespace

JsonPlace JsonPlace::root(const Json& json, const std::string& where) {
    return {json, where.empty() ? where : where + ": "};
}

void JsonPlace::fail(const std::string& what, const std::string& hint) const {
    throw Error(what, m_path.ends_with(": ") ? m_path.substr(0, m_path.size() - 2) : m_path, hint);
}

const JsonPlace& JsonPlace::expectObject() const {
    if (!m_json->is_object()) fail("must be an object {...}, got " + described(*m_json));
    return *this;
}

JsonPlace JsonPlace::memberAt(Json::const_iterator member) const {
    const bool atRoot = m_path.empty() || m_path.ends_with(": ");
    return {member.value(), m_path + (atRoot ? "" : ".") + member.key()};
}

std::optional<JsonPlace> JsonPlace::optionalMember(const char* key) const {
    expectObject();
    const auto found = m_json->find(key);
    if (found == m_json->end()) return std::nullopt;
    return memberAt(found);
}

JsonPlace JsonPlace::member(const char* key) const {
    auto found = optionalMember(key);
    if (!found) fail(std::string("has no \"") + key + "\"");
    return *std::move(found);
}

std::size_t JsonPlace::size() const {
    if (!m_json->is_array()) fail("must be a list [...], got " + described(*m_json));
    return m_json->size();
}

JsonPlace JsonPlace::element(std::size_t index) const {
    return {(*m_json)[index], m_path + "[" + std::to_string(index) + "]"};
}

std::string JsonPlace::text() const {
    if (!m_json->is_string()) fail("must be text, got " + described(*m_json));
    return m_json->get<std::string>();
}

std::int64_t JsonPlace::integer(std::int64_t minimum, std::int64_t maximum) const {
    if (!m_json->is_number_integer()) fail("must be a whole number, got " + described(*m_json));
    const bool fits =
        !m_json->is_number_unsigned() ||
        m_json->get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    const std::int64_t value = fits ? m_json->get<std::int64_t>() : 0;
    if (!fits || value < minimum || value > maximum)
        fail("must be between " + std::to_string(minimum) + " and " + std::to_string(maximum) + ", got " +
             described(*m_json));
    return value;
}

std::uint64_t JsonPlace::unsignedInteger() const {
    // A number made in memory rather than read from text may be a signed one.
    if (!m_json->is_number_integer() || (!m_json->is_number_unsigned() && m_json->get<std::int64_t>() < 0))
        fail("must be a whole number from 0 to 18446744073709551615, got " + described(*m_json));
    return m_json->get<std::uint64_t>();
}

double JsonPlace::real(double minimum, double maximum) const {
    if (!m_json->is_number()) fail("must be a number, got " + described(*m_json));
    const double value = m_json->get<double>();
    if (!(value >= minimum && value <= maximum))
        fail("must be between " + Json(minimum).dump() + " and " + Json(maximum).dump() + ", got " +
             described(*m_json));
    return value;
}

namespace {
constexpr std::size_t kMaxAttributes = 256, kMaxListLength = 4096;
constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min(),
                       kHighest = std::numeric_limits<std::int64_t>::max();

AttributeValue valueFromJson(const JsonPlace& place) {
    const Json& json = place.json();
    if (json.is_boolean()) return json.get<bool>();
    if (json.is_number_integer()) return place.integer(kLowest, kHighest);
    if (json.is_number_float()) return json.get<double>();
    if (json.is_string()) return json.get<std::string>();
    if (!json.is_array())
        place.fail("must be true, false, a number, text or a list of numbers, got " + described(json));
    if (json.size() > kMaxListLength)
        place.fail("must have at most " + std::to_string(kMaxListLength) + " numbers, got " +
                   std::to_string(json.size()));
    if (std::ranges::any_of(json, [](const Json& element) { return element.is_number_float(); })) {
        RealList list;
        list.reserve(json.size());
        for (std::size_t i = 0; i < json.size(); ++i) {
            const JsonPlace element = place.element(i);
            if (!element.json().is_number()) element.fail("must be a number, got " + described(element.json()));
            list.push_back(element.json().get<double>());
        }
        return list;
    }
    IntegerList list;
    list.reserve(json.size());
    for (std::size_t i = 0; i < json.size(); ++i) list.push_back(place.element(i).integer(kLowest, kHighest));
    return list;
}
}  // namespace

Attributes attributesFromJson(const JsonPlace& place) {
    place.expectObject();
    const Json& json = place.json();
    if (json.size() > kMaxAttributes)
        place.fail("must have at most " + std::to_string(kMaxAttributes) + " attributes, got " +
                   std::to_string(json.size()));
    Attributes attributes;
    for (auto member = json.begin(); member != json.end(); ++member)
        attributes.set(member.key(), valueFromJson(place.memberAt(member)));
    return attributes;
}

Json toJson(const Attributes& attributes) {
    Json json = Json::object();
    for (const auto& [name, value] : attributes.entries()) json[name] = toJson(value);
    return json;
}

Json toJson(const AttributeValue& value) {
    // JSON has no word for these. As text they come back as a value that analyse() reports, not as a file that does not
    // open.
    if (const auto* real = std::get_if<double>(&value); real != nullptr && !std::isfinite(*real)) return toText(value);
    return std::visit([](const auto& held) { return Json(held); }, value);
}

}  // namespace gradlens

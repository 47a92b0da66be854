// SPDX-License-Identifier: GPL-3.0-or-later
// Reading JSON from outside: a value together with the place where it stands, so that every fault can name it
// ("cnn.gradlens: graph.nodes[3].attributes.kernel: must be ..."). Borrows the document; any thread.
#pragma once
#include "core/ops/catalogue/attributes.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gradlens {

class JsonPlace {
public:
    JsonPlace(const nlohmann::ordered_json& json, std::string path) : m_json(&json), m_path(std::move(path)) {}
    // The outermost value of a file or the like: its members' places read "where: member".
    static JsonPlace root(const nlohmann::ordered_json& json, const std::string& where);

    const nlohmann::ordered_json& json() const { return *m_json; }
    const std::string& path() const { return m_path; }
    // Throws Error at this place.
    [[noreturn]] void fail(const std::string& what, const std::string& hint = {}) const;

    // Objects: throw Error when this is none; member() also when the key is missing.
    JsonPlace member(const char* key) const;
    std::optional<JsonPlace> optionalMember(const char* key) const;
    JsonPlace memberAt(nlohmann::ordered_json::const_iterator member) const;
    const JsonPlace& expectObject() const;
    // Lists.
    std::size_t size() const;  // throws Error when this is none
    JsonPlace element(std::size_t index) const;

    // Each throws Error for another type or a value out of range (bounds are inclusive).
    std::string text() const;
    std::int64_t integer(std::int64_t minimum, std::int64_t maximum) const;
    std::uint64_t unsignedInteger() const;
    double real(double minimum, double maximum) const;

private:
    const nlohmann::ordered_json* m_json;
    std::string m_path;
};

// {"kernel":[3,3],"bias":true}. At most 256 attributes of at most 4,096 numbers each.
Attributes attributesFromJson(const JsonPlace& place);
nlohmann::ordered_json toJson(const Attributes& attributes);

}  // namespace gradlens

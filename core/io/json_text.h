// SPDX-License-Identifier: GPL-3.0-or-later
// JSON text from outside into values, under limits: text that nests without end, or names a key twice, or holds
// millions of values is an Error, not a long wait or a lot of memory. Pure functions; any thread.
#pragma once
#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace gradlens {

struct JsonLimits {
    int depth = 32;                   // arrays and objects within each other
    std::size_t values = 8'000'000;   // in the whole text
    std::size_t keysPerObject = 256;  // ordered objects look keys up one by one
};

// Throws Error: where it was read from, and for faults of syntax the line and column.
nlohmann::ordered_json parseJson(std::string_view text, const std::string& where, const JsonLimits& limits = {});
// The same with objects sorted by key, which stay quick with very many keys.
nlohmann::json parseSortedJson(std::string_view text, const std::string& where, const JsonLimits& limits);

// The text of an object or list for people to read: indented by 2, what fits on a line on one line. Bytes that are no
// UTF-8 are replaced rather than refused.
std::string jsonText(const nlohmann::ordered_json& json);

}  // namespace gradlens

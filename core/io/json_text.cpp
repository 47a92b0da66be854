// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/json_text.h"

#include "core/base/error.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace gradlens {

namespace {
// Of the byte'th byte, counted from 1; one past the end for text that is cut short.
std::string lineAndColumn(std::string_view text, std::size_t byte) {
    const std::string_view before = text.substr(0, std::min(byte - std::min<std::size_t>(byte, 1), text.size()));
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const auto lastBreak = before.rfind('\n');
    const std::size_t column = before.size() - (lastBreak == std::string_view::npos ? 0 : lastBreak + 1) + 1;
    return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

// "[json.exception.parse_error.101] parse error at line 1, column 5: syntax error while parsing value - unexpected end
// of input; expected ..." becomes "unexpected end of input; expected ...". What was last read may be a text of any
// length.
std::string reason(std::string message) {
    for (const std::string_view before : {"] ", ": ", " - "}) {
        const auto at = message.find(before);
        if (at != std::string::npos && message.size() > at + before.size()) message.erase(0, at + before.size());
    }
    constexpr std::size_t kLongest = 160;
    if (message.size() > kLongest) message = message.substr(0, kLongest) + "...";
    return message;
}

// A pass over the text before it is made into values; throws at the limits. (The library's own callbacks while it makes
// values are no way: they look through all members of a list at the end of each object in it.)
class LimitKeeper : public nlohmann::json_sax<nlohmann::json> {
public:
    LimitKeeper(const JsonLimits& limits, const std::string& where) : m_limits(limits), m_where(where) {}

    bool null() override { return counted(); }
    bool boolean(bool) override { return counted(); }
    bool number_integer(number_integer_t) override { return counted(); }
    bool number_unsigned(number_unsigned_t) override { return counted(); }
    bool number_float(number_float_t, const string_t&) override { return counted(); }
    bool string(string_t&) override { return counted(); }
    bool binary(binary_t&) override { return counted(); }
    bool start_array(std::size_t) override { return opened(); }
    bool end_array() override { return closed(); }
    bool start_object(std::size_t) override { return opened(); }
    bool end_object() override { return closed(); }
    bool key(string_t& key) override {
        auto& keys = m_keys.back();
        if (!keys.insert(key).second) fail("the key \"" + key.substr(0, 80) + "\" is there twice");
        if (keys.size() > m_limits.keysPerObject)
            fail("an object has more than " + std::to_string(m_limits.keysPerObject) + " keys");
        return true;
    }
    // Said, with its place, by the pass that makes the values.
    bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override { return false; }

private:
    bool counted() {
        if (++m_values > m_limits.values) fail("there are more than " + std::to_string(m_limits.values) + " values");
        return true;
    }
    bool opened() {
        if (static_cast<int>(m_keys.size()) >= m_limits.depth)
            fail("lists and objects are nested more than " + std::to_string(m_limits.depth) + " deep");
        m_keys.emplace_back();
        return counted();
    }
    bool closed() {
        m_keys.pop_back();
        return true;
    }
    [[noreturn]] void fail(const std::string& what) const {
        throw Error("cannot be read: " + what, m_where, "Check that this is the file you meant");
    }

    const JsonLimits& m_limits;
    const std::string& m_where;
    std::size_t m_values = 0;
    std::vector<std::set<std::string>> m_keys;  // of the lists (none) and objects that are open
};

template <class Json>
Json parsed(std::string_view text, const std::string& where, const JsonLimits& limits) {
    LimitKeeper keeper(limits, where);
    try {
        nlohmann::json::sax_parse(text.begin(), text.end(), &keeper);
        return Json::parse(text.begin(), text.end());
    } catch (const nlohmann::json::parse_error& error) {
        throw Error("is not valid JSON (" + lineAndColumn(text, error.byte) + ": " + reason(error.what()) + ")", where,
                    "The file may be cut short or damaged: mend it in a text editor or restore a copy");
    } catch (const nlohmann::json::exception& error) {
        throw Error("cannot be read: " + reason(error.what()), where,
                    "Mend the file in a text editor or restore a copy");
    }
}
}  // namespace

nlohmann::ordered_json parseJson(std::string_view text, const std::string& where, const JsonLimits& limits) {
    return parsed<nlohmann::ordered_json>(text, where, limits);
}

nlohmann::json parseSortedJson(std::string_view text, const std::string& where, const JsonLimits& limits) {
    return parsed<nlohmann::json>(text, where, limits);
}

namespace {
using Json = nlohmann::ordered_json;

std::string scalarText(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Appends on one line, with a blank after ':' and ','. Recursion goes as deep as the value nests, not as it is long.
void appendLine(std::string& out, const Json& json) {
    if (!json.is_structured()) {
        out += scalarText(json);
        return;
    }
    out += json.is_object() ? '{' : '[';
    bool first = true;
    for (auto member = json.begin(); member != json.end(); ++member) {
        if (!std::exchange(first, false)) out += ", ";
        if (json.is_object()) out += scalarText(member.key()) + ": ";
        appendLine(out, member.value());
    }
    out += json.is_object() ? '}' : ']';
}

// What fits goes on one line, except that objects in a list each have theirs: a node of a drawing is a line of its
// file.
void appendText(std::string& out, const Json& json, std::size_t indent) {
    constexpr std::size_t kLineLength = 140;
    const std::size_t start = out.size();
    appendLine(out, json);
    const bool listOfObjects = json.is_array() && !json.empty() && json.front().is_object();
    const bool fits = out.size() - start + indent <= kLineLength && indent > 0 && !listOfObjects;
    if (fits || !json.is_structured() || json.empty()) return;
    out.resize(start);
    out += json.is_object() ? '{' : '[';
    bool first = true;
    for (auto member = json.begin(); member != json.end(); ++member) {
        out += std::exchange(first, false) ? "\n" : ",\n";
        out.append(indent + 2, ' ');
        if (json.is_object()) out += scalarText(member.key()) + ": ";
        appendText(out, member.value(), indent + 2);
    }
    out.append("\n").append(indent, ' ');
    out += json.is_object() ? '}' : ']';
}
}  // namespace

std::string jsonText(const Json& json) {
    std::string out;
    appendText(out, json, 0);
    return out + "\n";
}

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/block_parameters.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>

namespace gradlens {

namespace {
constexpr std::size_t kLongestExpression = 256;

bool isNameCharacter(char c, bool first) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (!first && c >= '0' && c <= '9');
}

int precedence(char op) {
    return op == '*' || op == '/' ? 2 : op == '+' || op == '-' ? 1 : 0;
}

// Two stacks (Dijkstra's shunting yard): values, and operators that wait for their right side.
class Evaluator {
public:
    Evaluator(std::string_view text, const Attributes& parameters) : m_text(text), m_parameters(parameters) {}

    std::optional<double> run(std::string* message) {
        bool wantsValue = true;
        while (m_fault.empty()) {
            skipBlanks();
            if (m_text.empty()) break;
            if (wantsValue) {
                wantsValue = takeValueOrBracket();
            } else {
                wantsValue = takeOperator();
            }
        }
        if (m_fault.empty() && wantsValue) m_fault = "ends too early";
        while (m_fault.empty() && !m_operators.empty()) {
            if (m_operators.back() == '(')
                m_fault = "lacks a closing bracket";
            else
                apply();
        }
        if (m_fault.empty() && !std::isfinite(m_values.back())) m_fault = "divides by zero";
        if (m_fault.empty()) return m_values.back();
        if (message != nullptr) *message = m_fault;
        return std::nullopt;
    }

private:
    void skipBlanks() {
        while (!m_text.empty() && m_text[0] == ' ') m_text.remove_prefix(1);
    }

    // Returns whether a value is still wanted.
    bool takeValueOrBracket() {
        const char c = m_text[0];
        if (c == '(') {
            m_operators.push_back('(');
            m_text.remove_prefix(1);
            return true;
        }
        if (c == '-') {  // a sign: 0 - x, binding tighter than anything
            m_values.push_back(0);
            m_operators.push_back('~');
            m_text.remove_prefix(1);
            return true;
        }
        if (isNameCharacter(c, true))
            takeParameter();
        else
            takeNumber();
        while (m_fault.empty() && !m_operators.empty() && m_operators.back() == '~') apply();
        return false;
    }

    void takeNumber() {
        double value = 0;
        const auto result = std::from_chars(m_text.data(), m_text.data() + m_text.size(), value);
        if (result.ec != std::errc()) {
            m_fault = "has '" + std::string(1, m_text[0]) + "' where a number or a parameter belongs";
            return;
        }
        m_text.remove_prefix(static_cast<std::size_t>(result.ptr - m_text.data()));
        m_values.push_back(value);
    }

    void takeParameter() {
        std::size_t length = 1;
        while (length < m_text.size() && isNameCharacter(m_text[length], false)) ++length;
        const std::string_view name = m_text.substr(0, length);
        m_text.remove_prefix(length);
        const AttributeValue* value = m_parameters.find(name);
        if (value == nullptr) {
            m_fault = "names '" + std::string(name) + "', which is no parameter of the block";
        } else if (const auto* integer = std::get_if<std::int64_t>(value)) {
            m_values.push_back(static_cast<double>(*integer));
        } else if (const auto* real = std::get_if<double>(value)) {
            m_values.push_back(*real);
        } else {
            m_fault = "calculates with '" + std::string(name) + "', which is no number";
        }
    }

    bool takeOperator() {
        const char c = m_text[0];
        m_text.remove_prefix(1);
        if (c == ')') {
            while (m_fault.empty() && !m_operators.empty() && m_operators.back() != '(') apply();
            if (m_operators.empty())
                m_fault = "closes a bracket that it did not open";
            else
                m_operators.pop_back();
            while (m_fault.empty() && !m_operators.empty() && m_operators.back() == '~') apply();
            return false;
        }
        if (precedence(c) == 0) {
            m_fault = "has '" + std::string(1, c) + "' where + - * / belongs";
            return false;
        }
        while (m_fault.empty() && !m_operators.empty() && precedence(m_operators.back()) >= precedence(c)) apply();
        m_operators.push_back(c);
        return true;
    }

    void apply() {
        const char op = m_operators.back();
        m_operators.pop_back();
        const double right = m_values.back();
        m_values.pop_back();
        double& left = m_values.back();
        if (op == '+') left += right;
        if (op == '-' || op == '~') left -= right;
        if (op == '*') left *= right;
        if (op == '/') left /= right;
    }

    std::string_view m_text;
    const Attributes& m_parameters;
    std::vector<double> m_values;
    std::vector<char> m_operators;
    std::string m_fault;
};

// The expression with each name replaced by what `replacement` makes of it.
std::string replaced(const std::string& expression, const std::function<std::string(std::string_view)>& replacement) {
    std::string result;
    for (std::size_t at = 0; at < expression.size();) {
        std::size_t end = at;
        while (end < expression.size() && isNameCharacter(expression[end], end == at)) ++end;
        if (end == at) {
            result += expression[at++];
            // Digits and what clings to them are no name.
            while (isNameCharacter(result.back(), false) && at < expression.size() &&
                   isNameCharacter(expression[at], false))
                result += expression[at++];
        } else {
            result += replacement(std::string_view(expression).substr(at, end - at));
            at = end;
        }
    }
    return result;
}
}  // namespace

bool isExpression(const AttributeValue& value) {
    const auto* text = std::get_if<std::string>(&value);
    return text != nullptr && text->starts_with('$');
}

std::optional<AttributeValue> evaluated(const std::string& expression, const Attributes& parameters,
                                        std::string* message) {
    if (expression.size() > kLongestExpression) {
        if (message != nullptr) *message = "is longer than 256 characters";
        return std::nullopt;
    }
    const std::string text = expression.substr(1);
    if (const AttributeValue* alone = parameters.find(text)) return *alone;
    const auto result = Evaluator(text, parameters).run(message);
    if (!result) return std::nullopt;
    constexpr double kExact = 9007199254740992.0;  // 2^53: beyond it doubles skip whole numbers
    if (*result == std::trunc(*result) && std::abs(*result) < kExact)
        return AttributeValue(static_cast<std::int64_t>(*result));
    return AttributeValue(*result);
}

std::vector<std::string> namesIn(const std::string& expression) {
    std::vector<std::string> names;
    replaced(expression, [&](std::string_view name) {
        if (std::ranges::find(names, name) == names.end()) names.emplace_back(name);
        return std::string(name);
    });
    return names;
}

std::string withRenamed(const std::string& expression, std::string_view name, std::string_view newName) {
    return replaced(expression, [&](std::string_view each) { return std::string(each == name ? newName : each); });
}

AttributeValue withParameters(const std::string& expression, const Attributes& values) {
    if (const AttributeValue* alone = values.find(std::string_view(expression).substr(1))) return *alone;
    bool open = false;
    std::string text = replaced(expression, [&](std::string_view name) {
        const AttributeValue* value = values.find(name);
        if (value == nullptr) return std::string(name);
        if (!isExpression(*value)) return gradlens::toText(*value);
        open = true;
        return '(' + std::get<std::string>(*value).substr(1) + ')';
    });
    if (!open)
        if (auto value = evaluated(expression, values, nullptr)) return *std::move(value);
    return text;
}

}  // namespace gradlens

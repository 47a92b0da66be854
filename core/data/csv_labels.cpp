// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/csv_labels.h"

#include "core/base/error.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>

namespace gradlens {

namespace {
std::optional<double> finiteNumber(std::string_view text) {
    double value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}
}  // namespace

bool CsvLabels::add(std::string_view label) {
    auto found = m_ids.find(label);
    if (found == m_ids.end()) {
        if (m_distinct.size() >= kMaxClasses) return false;
        found = m_ids.emplace(std::string(label), static_cast<std::int32_t>(m_distinct.size())).first;
        m_distinct.emplace_back(label);
    }
    m_labels.push_back(found->second);
    return true;
}

std::pair<std::vector<std::int32_t>, std::vector<std::string>> CsvLabels::finish(const std::string& file) const {
    std::vector<double> values;
    for (const std::string& text : m_distinct)
        if (const auto value = finiteNumber(text)) values.push_back(*value);
    const bool numeric = values.size() == m_distinct.size();

    std::vector<std::int32_t> numberOf(m_distinct.size());
    std::vector<std::string> names = m_names;
    if (!m_names.empty()) {
        for (std::size_t id = 0; id < m_distinct.size(); ++id) {
            const auto value = finiteNumber(m_distinct[id]);
            if (!value || *value < 0 || *value >= static_cast<double>(m_names.size()) || *value != std::floor(*value)) {
                throw Error("the label '" + m_distinct[id] + "' stands for none of the " +
                                std::to_string(m_names.size()) + " classes of the first row",
                            file,
                            "Labels are numbers from 0 to " + std::to_string(m_names.size() - 1) +
                                " here: correct them or the first row.");
            }
            numberOf[id] = static_cast<std::int32_t>(*value);
        }
    } else {
        std::vector<std::size_t> order(m_distinct.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
            if (numeric && values[a] != values[b]) return values[a] < values[b];
            return m_distinct[a] < m_distinct[b];
        });
        for (std::size_t place = 0; place < order.size(); ++place) {
            // "1" and "1.0" are one class.
            const bool same = numeric && place > 0 && values[order[place]] == values[order[place - 1]];
            if (!same) names.push_back(m_distinct[order[place]]);
            numberOf[order[place]] = static_cast<std::int32_t>(names.size()) - 1;
        }
    }
    std::vector<std::int32_t> labels(m_labels.size());
    std::ranges::transform(m_labels, labels.begin(),
                           [&](std::int32_t id) { return numberOf[static_cast<std::size_t>(id)]; });
    return {std::move(labels), std::move(names)};
}

}  // namespace gradlens

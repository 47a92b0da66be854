// SPDX-License-Identifier: GPL-3.0-or-later
// Gathers the labels of a table, text or numbers, and numbers the classes. Single owner.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace gradlens {

class CsvLabels {
public:
    static constexpr std::size_t kMaxClasses = 10000;

    // Labels are then numbers from 0 that stand for these names.
    void setNames(std::vector<std::string> names) { m_names = std::move(names); }
    // False when this is one class too many.
    bool add(std::string_view label);
    // The class number of every label, in order, and the classes' names: sorted by value when all are numbers, else by
    // text. Throws Error when a label does not stand for one of the given names.
    std::pair<std::vector<std::int32_t>, std::vector<std::string>> finish(const std::string& file) const;

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    std::vector<std::string> m_names;
    std::unordered_map<std::string, std::int32_t, Hash, std::equal_to<>> m_ids;
    std::vector<std::string> m_distinct;  // by id, in order of appearance
    std::vector<std::int32_t> m_labels;   // ids
};

}  // namespace gradlens

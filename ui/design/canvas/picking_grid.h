// SPDX-License-Identifier: GPL-3.0-or-later
// A uniform grid that tells what may lie at a point or in a rectangle, in time that does not grow with the drawing.
// Keys are small values; candidates may repeat and must be tested exactly by the caller. GUI thread only.
#pragma once
#include <QPointF>
#include <QRectF>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace gradlens {

template <class Key>
class PickingGrid {
public:
    static constexpr double kCell = 256;

    void insert(const Key& key, const QRectF& rect) {
        forCells(rect, [&](std::int64_t cell) { m_cells[cell].push_back(key); });
    }
    // rect as it was inserted.
    void remove(const Key& key, const QRectF& rect) {
        forCells(rect, [&](std::int64_t cell) {
            const auto found = m_cells.find(cell);
            if (found == m_cells.end()) return;
            std::erase(found->second, key);
            if (found->second.empty()) m_cells.erase(found);
        });
    }
    void clear() { m_cells.clear(); }

    std::vector<Key> candidates(const QRectF& rect) const {
        std::vector<Key> found;
        const double cells = (rect.width() / kCell + 1) * (rect.height() / kCell + 1);
        if (cells > static_cast<double>(m_cells.size())) {
            // More cells than there are any: take them all, the caller tests exactly.
            for (const auto& [cell, keys] : m_cells) found.insert(found.end(), keys.begin(), keys.end());
        } else {
            forCells(rect, [&](std::int64_t cell) {
                const auto entry = m_cells.find(cell);
                if (entry != m_cells.end()) found.insert(found.end(), entry->second.begin(), entry->second.end());
            });
        }
        std::ranges::sort(found);
        const auto [first, last] = std::ranges::unique(found);
        found.erase(first, last);
        return found;
    }

private:
    template <class F>
    static void forCells(const QRectF& rect, F&& visit) {
        const auto index = [](double coordinate) { return static_cast<std::int32_t>(std::floor(coordinate / kCell)); };
        for (std::int32_t y = index(rect.top()); y <= index(rect.bottom()); ++y)
            for (std::int32_t x = index(rect.left()); x <= index(rect.right()); ++x)
                visit(static_cast<std::int64_t>(y) * (std::int64_t{1} << 32) + x);
    }

    std::unordered_map<std::int64_t, std::vector<Key>> m_cells;
};

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/canvas/canvas_grids.h"

namespace gradlens {

namespace {
QRectF reached(const QRectF& rect) {
    constexpr double kReach = 24;  // ports and tolerance lie outside the card
    return rect.adjusted(-kReach, -kReach, kReach, kReach);
}
}  // namespace

void CanvasGrids::setNode(NodeId node, const QRectF& card) {
    const auto [entry, fresh] = m_cards.try_emplace(node, card);
    if (!fresh) {
        if (entry->second == card) return;
        m_nodes.remove(node, reached(entry->second));
        entry->second = card;
    }
    m_nodes.insert(node, reached(card));
}

void CanvasGrids::removeNode(NodeId node) {
    const auto entry = m_cards.find(node);
    if (entry == m_cards.end()) return;
    m_nodes.remove(node, reached(entry->second));
    m_cards.erase(entry);
}

QRectF CanvasGrids::cardOf(NodeId node) const {
    const auto entry = m_cards.find(node);
    return entry == m_cards.end() ? QRectF() : entry->second;
}

void CanvasGrids::setEdge(PortRef input, const std::vector<QRectF>& footprint) {
    removeEdge(input);
    for (const QRectF& rect : footprint) m_edges.insert(input, reached(rect));
    m_footprints[edgeKey(input)] = footprint;
}

void CanvasGrids::removeEdge(PortRef input) {
    const auto entry = m_footprints.find(edgeKey(input));
    if (entry == m_footprints.end()) return;
    for (const QRectF& rect : entry->second) m_edges.remove(input, reached(rect));
    m_footprints.erase(entry);
}

void CanvasGrids::clear() {
    m_nodes.clear();
    m_edges.clear();
    m_cards.clear();
    m_footprints.clear();
}

}  // namespace gradlens

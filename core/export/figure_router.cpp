// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/figure_router.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr double kCell = 256;
constexpr double kMargin = 20;   // between a lane and the cards beside it
constexpr double kLaneGap = 12;  // between two lanes
constexpr double kStub = 16;     // straight out of a card and into the next
constexpr double kRounding = 8;

std::int64_t cellOf(double value) {
    return static_cast<std::int64_t>(std::floor(std::clamp(value, -1e9, 1e9) / kCell));
}

template <class Visit>
void forCells(const FigureBox& box, Visit visit) {
    for (std::int64_t column = cellOf(box.x); column <= cellOf(box.right()); ++column)
        for (std::int64_t row = cellOf(box.y); row <= cellOf(box.bottom()); ++row)
            visit(column << 32 ^ (row & 0xFFFFFFFF));
}

FigureBox around(Point a, Point b) {
    return {std::min(a.x, b.x), std::min(a.y, b.y), std::abs(a.x - b.x), std::abs(a.y - b.y)};
}

// A line through the corners, rounded at each.
std::vector<FigureStroke> rounded(const std::vector<Point>& corners) {
    std::vector<FigureStroke> strokes{{FigureStroke::Kind::Move, {}, {}, corners.front()}};
    const auto towards = [](Point from, Point to, double by) {
        const double length = std::max(std::hypot(to.x - from.x, to.y - from.y), 1e-9);
        return Point{from.x + (to.x - from.x) * by / length, from.y + (to.y - from.y) * by / length};
    };
    for (std::size_t i = 1; i + 1 < corners.size(); ++i) {
        const Point before = corners[i - 1], corner = corners[i], after = corners[i + 1];
        const double radius = std::min({kRounding, std::hypot(corner.x - before.x, corner.y - before.y) / 2,
                                        std::hypot(after.x - corner.x, after.y - corner.y) / 2});
        if (radius < 0.5) continue;
        const Point begin = towards(corner, before, radius), end = towards(corner, after, radius);
        strokes.push_back({FigureStroke::Kind::Line, {}, {}, begin});
        strokes.push_back(
            {FigureStroke::Kind::Curve, towards(corner, before, radius / 2), towards(corner, after, radius / 2), end});
    }
    strokes.push_back({FigureStroke::Kind::Line, {}, {}, corners.back()});
    return strokes;
}
}  // namespace

void FigureGrid::add(const FigureBox& box) {
    forCells(box, [&](std::int64_t cell) { m_cells[cell].push_back(m_boxes.size()); });
    m_boxes.push_back(box);
}

std::optional<FigureBox> FigureGrid::meeting(const FigureBox& box,
                                             std::initializer_list<const FigureBox*> except) const {
    std::optional<FigureBox> result;
    forCells(box, [&](std::int64_t cell) {
        const auto found = m_cells.find(cell);
        if (found == m_cells.end()) return;
        for (const std::size_t index : found->second) {
            const FigureBox& other = m_boxes[index];
            const bool excepted = std::ranges::any_of(
                except, [&](const FigureBox* spared) { return spared->x == other.x && spared->y == other.y; });
            if (excepted || !other.meets(box)) continue;
            if (result)
                result->include(other);
            else
                result = other;
        }
    });
    return result;
}

FigureRouter::FigureRouter(const std::vector<FigureBox>& cards, DrawingStyle::Edges edges) : m_edges(edges) {
    for (const FigureBox& card : cards) m_cards.add(card);
}

// Where a card lies in the straight way, the edge runs along a lane beside all that is in between; lanes keep apart.
std::optional<double> FigureRouter::laneBeside(Point from, Point to, const FigureBox& source, const FigureBox& target) {
    const bool backwards = to.y < from.y + 2 * kStub - 8;
    const FigureBox way = around(from, to).grown(4);
    if (!backwards) {
        // The middle of the way leaves the source's neighbours and the target's aside.
        constexpr int kSamples = 12;
        bool blocked = false;
        for (int i = 1; i < kSamples && !blocked; ++i) {
            const double share = static_cast<double>(i) / kSamples;
            const double bent = share * share * (3 - 2 * share);
            const Point at{from.x + (to.x - from.x) * bent, from.y + (to.y - from.y) * share};
            blocked = m_cards.meeting(FigureBox{at.x, at.y, 0, 0}.grown(3), {&source, &target}).has_value();
        }
        if (!blocked) return std::nullopt;
    }
    FigureBox between = m_cards.meeting(way, {&source, &target}).value_or(way);
    if (backwards) {
        between.include(source);
        between.include(target);
    }
    const double top = std::min(from.y, to.y), bottom = std::max(from.y, to.y);
    const auto stepOut = [&](double lane, double direction) {
        constexpr int kMostSteps = 64;
        for (int step = 0; step < kMostSteps; ++step) {
            const FigureBox line{lane - kLaneGap / 2, top + kStub, kLaneGap, std::max(bottom - top - 2 * kStub, 1.0)};
            if (const auto card = m_cards.meeting(line, {&source, &target}))
                lane = direction < 0 ? card->x - kMargin : card->right() + kMargin;
            else if (m_lanes.meeting(line))
                lane += direction * kLaneGap;
            else
                break;
        }
        return lane;
    };
    const double left = stepOut(between.x - kMargin, -1), right = stepOut(between.right() + kMargin, 1);
    const auto reach = [&](double lane) { return std::abs(lane - from.x) + std::abs(lane - to.x); };
    const double lane = reach(left) < reach(right) ? left : right;
    m_lanes.add({lane - 1, top, 2, bottom - top});
    return lane;
}

std::vector<FigureStroke> FigureRouter::route(Point from, Point to, const FigureBox& source, const FigureBox& target) {
    using Kind = FigureStroke::Kind;
    const auto lane = laneBeside(from, to, source, target);
    if (!lane && std::abs(from.x - to.x) < 0.5) return {{Kind::Move, {}, {}, from}, {Kind::Line, {}, {}, to}};
    if (m_edges == DrawingStyle::Edges::Orthogonal || to.y < from.y) {
        const double middle = (from.y + to.y) / 2;
        if (!lane) return rounded({from, {from.x, middle}, {to.x, middle}, to});
        return rounded(
            {from, {from.x, from.y + kStub}, {*lane, from.y + kStub}, {*lane, to.y - kStub}, {to.x, to.y - kStub}, to});
    }
    if (!lane) {
        constexpr double kLeastBow = 16, kMostBow = 140;
        const double bow = std::clamp((to.y - from.y) / 2, kLeastBow, kMostBow);
        return {{Kind::Move, {}, {}, from}, {Kind::Curve, {from.x, from.y + bow}, {to.x, to.y - bow}, to}};
    }
    const double bend = std::min(48.0, (to.y - from.y) / 3);
    return {{Kind::Move, {}, {}, from},
            {Kind::Curve, {from.x, from.y + bend / 2}, {*lane, from.y + bend / 4}, {*lane, from.y + bend}},
            {Kind::Line, {}, {}, {*lane, to.y - bend}},
            {Kind::Curve, {*lane, to.y - bend / 4}, {to.x, to.y - bend / 2}, to}};
}

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/arrange.h"

#include "ui/models/node_geometry.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace gradlens {

namespace {
// One coordinate of a point by axis, and how much of it a card takes.
double& along(Point& point, bool horizontal) {
    return horizontal ? point.x : point.y;
}
double cardExtent(bool horizontal) {
    return horizontal ? kCardWidth : kCardHeight;
}

std::vector<NodePosition> placesOf(const ModelGraph& graph, const std::vector<NodeId>& nodes) {
    std::vector<NodePosition> places;
    for (const NodeId id : nodes)
        if (const Node* node = graph.find(id)) places.emplace_back(id, node->position);
    return places;
}

void sortAlong(std::vector<NodePosition>& places, bool horizontal) {
    std::ranges::sort(places, {}, [&](NodePosition place) {
        return std::tuple(along(place.second, horizontal), along(place.second, !horizontal), place.first);
    });
}
}  // namespace

QRectF cardOf(const Node& node) {
    return {node.position.x, node.position.y, kCardWidth, kCardHeight};
}

QRectF rectOf(const Note& note) {
    return {note.position.x, note.position.y, note.width, note.height};
}

Note placedAt(Note note, const QRectF& rect) {
    note.position = {rect.x(), rect.y()};
    note.width = rect.width();
    note.height = rect.height();
    return note;
}

std::vector<NodePosition> aligned(const ModelGraph& graph, const std::vector<NodeId>& nodes, Alignment alignment) {
    std::vector<NodePosition> places = placesOf(graph, nodes);
    if (places.size() < 2) return {};
    const bool horizontal =
        alignment == Alignment::Left || alignment == Alignment::Centre || alignment == Alignment::Right;
    double least = std::numeric_limits<double>::max(), most = std::numeric_limits<double>::lowest();
    for (auto& [id, place] : places) {
        least = std::min(least, along(place, horizontal));
        most = std::max(most, along(place, horizontal));
    }
    const double line = alignment == Alignment::Left || alignment == Alignment::Top ? least
                        : alignment == Alignment::Right || alignment == Alignment::Bottom
                            ? most
                            : std::round((least + most) / 2);
    sortAlong(places, !horizontal);
    for (std::size_t i = 0; i < places.size(); ++i) {
        along(places[i].second, horizontal) = line;
        if (i == 0) continue;
        double& place = along(places[i].second, !horizontal);
        const double before = along(places[i - 1].second, !horizontal);
        if (place < before + cardExtent(!horizontal)) place = before + cardExtent(!horizontal) + kCardGap;
    }
    return places;
}

std::vector<NodePosition> distributed(const ModelGraph& graph, const std::vector<NodeId>& nodes,
                                      Qt::Orientation orientation) {
    std::vector<NodePosition> places = placesOf(graph, nodes);
    if (places.size() < 3) return {};
    const bool horizontal = orientation == Qt::Horizontal;
    sortAlong(places, horizontal);
    const double first = along(places.front().second, horizontal), last = along(places.back().second, horizontal);
    const double pitch = (last - first) / static_cast<double>(places.size() - 1);
    const double step = pitch >= cardExtent(horizontal) ? pitch : cardExtent(horizontal) + kCardGap;
    for (std::size_t i = 0; i < places.size(); ++i)
        along(places[i].second, horizontal) = std::round(first + step * static_cast<double>(i));
    return places;
}

std::vector<NodeId> inReadingOrder(const ModelGraph& graph, const std::vector<NodeId>& nodes) {
    std::vector<NodePosition> places = placesOf(graph, nodes);
    if (places.empty()) return {};
    const auto spread = [&](bool horizontal) {
        const auto [least, most] = std::ranges::minmax_element(places, [&](NodePosition a, NodePosition b) {
            return along(a.second, horizontal) < along(b.second, horizontal);
        });
        Point from = least->second, to = most->second;
        return along(to, horizontal) - along(from, horizontal);
    };
    sortAlong(places, spread(true) > spread(false));
    std::vector<NodeId> order;
    for (const auto& [id, place] : places) order.push_back(id);
    return order;
}

QRectF frameAround(const ModelGraph& graph, const std::vector<NodeId>& nodes) {
    QRectF around;
    for (const NodeId id : nodes)
        if (const Node* node = graph.find(id)) around |= cardOf(*node);
    if (around.isNull()) return around;
    return around.adjusted(-kFrameMargin, -kFrameTop, kFrameMargin, kFrameMargin);
}

FrameContents contentsOf(const ModelGraph& graph, const Note& frame) {
    FrameContents contents;
    const QRectF rect = rectOf(frame);
    for (const Node& node : graph.nodes())
        if (rect.contains(cardOf(node).center())) contents.nodes.push_back(node.id);
    for (const Note& note : graph.notes())
        if (note.id != frame.id && rect.contains(rectOf(note))) contents.notes.push_back(note.id);
    return contents;
}

namespace {
// The frame with the same margins around its content as before. Content that is gone does not count.
QRectF followed(const Note& frame, const ModelGraph& graph, const ModelGraph& before) {
    const QRectF rect = rectOf(frame);
    QRectF was, is;
    for (const NodeId id : contentsOf(before, frame).nodes) {
        const Node* now = graph.find(id);
        if (now == nullptr) continue;
        was |= cardOf(*before.find(id));
        is |= cardOf(*now);
    }
    if (was.isNull()) return rect;
    return {is.topLeft() + (rect.topLeft() - was.topLeft()),
            is.bottomRight() + (rect.bottomRight() - was.bottomRight())};
}

QRectF followedNearest(const Note& comment, const ModelGraph& graph, const ModelGraph& before) {
    const QRectF rect = rectOf(comment);
    const auto apart = [&](const Node& node) {
        const QPointF way = cardOf(node).center() - rect.center();
        return QPointF::dotProduct(way, way);
    };
    const Node* nearest = nullptr;
    for (const Node& node : before.nodes())
        if (graph.find(node.id) != nullptr && (nearest == nullptr || apart(node) < apart(*nearest))) nearest = &node;
    if (nearest == nullptr) return rect;
    const Point now = graph.find(nearest->id)->position;
    return rect.translated(now.x - nearest->position.x, now.y - nearest->position.y);
}
}  // namespace

void keepNotesAlong(ModelGraph& graph, const ModelGraph& before) {
    const std::vector<Note> notes(before.notes().begin(), before.notes().end());
    for (const Note& note : notes) {
        if (graph.findNote(note.id) == nullptr) continue;
        const QRectF rect =
            note.kind == Note::Kind::Frame ? followed(note, graph, before) : followedNearest(note, graph, before);
        graph.replaceNote(placedAt(note, rect));
    }
}

NodeId neighbour(const ModelGraph& graph, NodeId from, Step step) {
    const Node* start = graph.find(from);
    if (start == nullptr) return NodeId::None;
    const bool rightwards = graph.style().flow == DrawingStyle::Flow::Right;
    const bool horizontal = step == Step::Left || step == Step::Right;
    const bool forward = step == Step::Right || step == Step::Down;
    const auto distance = [&](const Node& node) {
        return std::hypot(node.position.x - start->position.x, node.position.y - start->position.y);
    };
    const Node* nearest = nullptr;
    const auto consider = [&](const Node* node) {
        if (node != nullptr && node != start && (nearest == nullptr || distance(*node) < distance(*nearest)))
            nearest = node;
    };
    if (horizontal == rightwards) {
        for (const Edge& edge : graph.edgesOf(from)) {
            const bool out = edge.from.node == from;
            if (out == forward) consider(graph.find(out ? edge.to.node : edge.from.node));
        }
    } else {
        // Beside: nearest of those that lie more that way than any other.
        for (const Node& node : graph.nodes()) {
            Point way{node.position.x - start->position.x, node.position.y - start->position.y};
            const double ahead = along(way, horizontal) * (forward ? 1 : -1);
            if (ahead > std::abs(along(way, !horizontal))) consider(&node);
        }
    }
    return nearest == nullptr ? NodeId::None : nearest->id;
}

}  // namespace gradlens

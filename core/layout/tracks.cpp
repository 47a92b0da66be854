// SPDX-License-Identifier: GPL-3.0-or-later
// Channel routing by the left-edge rule (Hashimoto and Stevens 1971, "Wire routing by optimizing channel assignment"):
// what shifts sideways between two layers does so on tracks, as few as keep apart what is not the same.
#include "core/layout/layered_graph.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace gradlens::layout {

namespace {
constexpr double kStraight = 0.5;  // ends nearer than this across need no track

std::size_t index(int i) {
    return static_cast<std::size_t>(i);
}

// Segments that leave one port: they share a track and part from it where they must.
struct Net {
    double start = 0, low = 0, high = 0;
    bool toTheRight = true;
    std::vector<int> segments;
};

class Channel {
public:
    // Tracks of the nets, from the top; nets are given in any order and keep it.
    std::vector<int> assign(const std::vector<Net>& nets) {
        std::vector<std::size_t> order(nets.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        // Of two that go to the right the one that starts further right runs above: so they do not cross. To the left
        // it is the other way round.
        std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
            const auto key = [&](std::size_t i) {
                const Net& net = nets[i];
                return std::tuple(!net.toTheRight, net.toTheRight ? -net.start : net.start, i);
            };
            return key(a) < key(b);
        });
        std::vector<int> tracks(nets.size(), 0);
        for (const std::size_t i : order) tracks[i] = place(nets[i]);
        return tracks;
    }

    int count() const { return static_cast<int>(m_tracks.size()); }

private:
    struct Run {
        double high;
        bool toTheRight;
    };
    using Track = std::map<double, Run>;  // by where they begin; they do not touch

    static const Run* touching(const Track& track, const Net& net) {
        constexpr double kApart = 8;
        auto run = track.lower_bound(net.low - kApart);
        if (run != track.begin() && std::prev(run)->second.high > net.low - kApart) --run;
        return run != track.end() && run->first < net.high + kApart ? &run->second : nullptr;
    }

    int place(const Net& net) {
        // Below all of its kind that it meets; past those of the other kind, which it crosses either way.
        std::size_t track = 0;
        for (std::size_t i = m_tracks.size(); i-- > 0;) {
            const Run* met = touching(m_tracks[i], net);
            if (met == nullptr || met->toTheRight != net.toTheRight) continue;
            track = i + 1;
            break;
        }
        while (track < m_tracks.size() && touching(m_tracks[track], net) != nullptr) ++track;
        if (track == m_tracks.size()) m_tracks.emplace_back();
        m_tracks[track][net.low] = {net.high, net.toTheRight};
        return static_cast<int>(track);
    }

    std::vector<Track> m_tracks;
};
}  // namespace

double endOf(const Vertex& vertex, double x, double fraction) {
    return x - vertex.left + fraction * (vertex.left + vertex.right);
}

Tracks assignTracks(const LayeredGraph& graph, std::span<const double> x) {
    Tracks result;
    result.ofSegment.assign(graph.segments.size(), -1);
    result.counts.assign(graph.layers.size(), 0);
    std::vector<Net> nets;
    for (std::size_t layer = 0; layer < graph.layers.size(); ++layer) {
        nets.clear();
        for (const int vertex : graph.layers[layer]) {
            int rank = -1;  // segments below a vertex are sorted by their port
            for (const int s : graph.below[vertex]) {
                const Segment& segment = graph.segments[index(s)];
                const double from = endOf(graph.vertices[index(vertex)], x[index(vertex)], segment.upperFraction);
                const double to =
                    endOf(graph.vertices[index(segment.lower)], x[index(segment.lower)], segment.lowerFraction);
                if (std::abs(to - from) < kStraight) continue;
                if (segment.upperRank != rank) nets.push_back({from, from, from, true, {}});
                rank = segment.upperRank;
                Net& net = nets.back();
                net.low = std::min(net.low, to);
                net.high = std::max(net.high, to);
                net.toTheRight = net.high - net.start >= net.start - net.low;
                net.segments.push_back(s);
            }
        }
        Channel channel;
        const std::vector<int> tracks = channel.assign(nets);
        for (std::size_t i = 0; i < nets.size(); ++i)
            for (const int s : nets[i].segments) result.ofSegment[index(s)] = tracks[i];
        result.counts[layer] = channel.count();
    }
    return result;
}

}  // namespace gradlens::layout

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/waves.h"

#include "core/plan/access.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <unordered_map>
#include <utility>

namespace gradlens {

namespace {
constexpr double kSmallFlops = 4e6, kSmallBytes = 1 << 20;        // below: kernels stay on one thread
constexpr double kFlopsPerSecond = 6e10, kBytesPerSecond = 2e10;  // of one core, roughly
constexpr double kNegligible = 2e-6;                              // seconds: not worth handing over
constexpr double kWorthwhile = 10e-6;    // seconds saved: what starting the threads costs, and some more
constexpr std::size_t kMostGroups = 16;  // a wave
constexpr std::size_t kLookAhead = 64;   // groups: running further ahead would keep memory for too long

double secondsOf(const Group& group) {
    return std::max(group.flops / kFlopsPerSecond, group.bytes / kBytesPerSecond);
}

class Scheduler {
public:
    Scheduler(const TrainingGraph& graph, std::vector<Group> groups)
        : m_graph(graph),
          m_groups(std::move(groups)),
          m_waiting(m_groups.size()),
          m_firstSuccessor(m_groups.size() + 1) {}

    Schedule run(bool concurrent) {
        findDependencies();
        for (std::size_t i = 0; i < m_groups.size(); ++i)
            if (m_waiting[i] == 0) m_ready.insert(i);
        Schedule result;
        result.groups.reserve(m_groups.size());
        while (!m_ready.empty()) {
            const std::vector<std::size_t> wave = concurrent ? nextWave() : std::vector<std::size_t>{*m_ready.begin()};
            result.waves.push_back({result.groups.size(), wave.size()});
            for (const std::size_t group : wave) m_ready.erase(group);
            for (const std::size_t group : wave) {
                for (std::size_t i = m_firstSuccessor[group]; i < m_firstSuccessor[group + 1]; ++i)
                    if (--m_waiting[m_successors[i]] == 0) m_ready.insert(m_successors[i]);
                result.groups.push_back(std::move(m_groups[group]));
            }
        }
        return result;
    }

private:
    // A group waits for who writes what it reads, and overwrites what others read or wrote only after them. Only values
    // in the State are written more than once.
    void findDependencies() {
        std::vector<std::int32_t> writers(m_graph.values.size(), -1);
        std::unordered_map<ValueIndex, std::vector<std::int32_t>>
            readers;  // of values in the State, since the last write
        for (std::size_t i = 0; i < m_groups.size(); ++i) {
            const auto group = static_cast<std::int32_t>(i);
            for (const InstructionIndex index : m_groups[i].instructions)
                eachRead(m_graph, instruction(index), [&](ValueIndex value) {
                    waitFor(group, writers[static_cast<std::size_t>(value)]);
                    if (m_graph.values[static_cast<std::size_t>(value)].inState()) readers[value].push_back(group);
                });
            for (const InstructionIndex index : m_groups[i].instructions)
                eachWrite(m_graph, instruction(index), [&](ValueIndex value) {
                    waitFor(group, std::exchange(writers[static_cast<std::size_t>(value)], group));
                    if (!m_graph.values[static_cast<std::size_t>(value)].inState()) return;
                    for (const std::int32_t reader : std::exchange(readers[value], {})) waitFor(group, reader);
                });
        }
        listSuccessors();
    }

    void waitFor(std::int32_t group, std::int32_t other) {
        if (other >= 0 && other != group) m_edges.emplace_back(other, group);
    }

    // The edges, sorted by where they begin (by counting).
    void listSuccessors() {
        for (const auto& [from, to] : m_edges) ++m_firstSuccessor[static_cast<std::size_t>(from) + 1];
        std::partial_sum(m_firstSuccessor.begin(), m_firstSuccessor.end(), m_firstSuccessor.begin());
        m_successors.resize(m_edges.size());
        std::vector<std::size_t> next(m_firstSuccessor.begin(), m_firstSuccessor.end());
        for (const auto& [from, to] : m_edges) {
            m_successors[next[static_cast<std::size_t>(from)]++] = static_cast<std::size_t>(to);
            ++m_waiting[static_cast<std::size_t>(to)];
        }
    }

    const Instruction& instruction(InstructionIndex index) const {
        return m_graph.instructions[static_cast<std::size_t>(index)];
    }
    bool isForward(std::size_t group) const {
        return instruction(m_groups[group].instructions[0]).kind == InstructionKind::Forward;
    }
    bool mayRunBeside(std::size_t group) const {
        const Group& candidate = m_groups[group];
        return candidate.kind != Group::Kind::Updates &&
               instruction(candidate.instructions[0]).kind != InstructionKind::Update &&
               candidate.flops < kSmallFlops && candidate.bytes < kSmallBytes && secondsOf(candidate) > kNegligible;
    }

    // The first group that is ready, with those behind it that may run beside it where that pays.
    std::vector<std::size_t> nextWave() const {
        const std::size_t first = *m_ready.begin();
        std::vector<std::size_t> wave{first};
        if (!mayRunBeside(first)) return wave;
        double total = secondsOf(m_groups[first]), longest = total;
        for (auto next = std::next(m_ready.begin());
             next != m_ready.end() && *next <= first + kLookAhead && wave.size() < kMostGroups; ++next) {
            if (!mayRunBeside(*next) || isForward(*next) != isForward(first)) continue;
            const double seconds = secondsOf(m_groups[*next]);
            total += seconds;
            longest = std::max(longest, seconds);
            wave.push_back(*next);
        }
        if (total - longest < kWorthwhile) wave.resize(1);
        return wave;
    }

    const TrainingGraph& m_graph;
    std::vector<Group> m_groups;
    std::vector<std::size_t> m_waiting;                          // by group: dependencies that have not run
    std::vector<std::pair<std::int32_t, std::int32_t>> m_edges;  // who must run before whom
    std::vector<std::size_t> m_firstSuccessor, m_successors;     // the same by who runs before
    std::set<std::size_t> m_ready;
};
}  // namespace

Schedule scheduled(const TrainingGraph& graph, std::vector<Group> groups, bool concurrent) {
    return Scheduler(graph, std::move(groups)).run(concurrent);
}

}  // namespace gradlens

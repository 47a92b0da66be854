// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/probe_set.h"

#include "core/kernels/statistics.h"

#include <algorithm>

namespace gradlens {

namespace {
// Nobody sees more than this many pictures a second.
constexpr std::chrono::milliseconds kShortestInterval{40};
constexpr double kSmallestBudget = 1e-4;

// Values that exist at rest without running anything.
bool restsInState(const Value& value) {
    return value.inState();
}

// Whether axis 0 is the batch.
bool isPerSample(const TrainingGraph& graph, const Value& value) {
    if (value.kind == ValueKind::Gradient) return isPerSample(graph, graph.values[static_cast<std::size_t>(value.of)]);
    return !value.inState() && value.type.shape.rank() > 0;
}
}  // namespace

ProbeId ProbeSet::add(ProbeRequest request) {
    const std::lock_guard lock(m_mutex);
    Entry& entry = m_entries[++m_lastId];
    entry.id = m_lastId;
    entry.request = std::move(request);
    ++m_changes;
    return m_lastId;
}

void ProbeSet::remove(ProbeId probe) {
    const std::lock_guard lock(m_mutex);
    if (m_entries.erase(probe) > 0) ++m_changes;
}

std::shared_ptr<const ProbeResult> ProbeSet::latest(ProbeId probe) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_entries.find(probe);
    return found == m_entries.end() ? nullptr : found->second.latest;
}

void ProbeSet::attach(TrainingRun* run, const Arena* arena) {
    m_run = run;
    m_arena = arena;
    m_watching = m_sampling = false;
    m_watchedChanges = 0;
    m_next = {};
    m_usualStep = {};
    const std::lock_guard lock(m_mutex);
    for (auto& [id, entry] : m_entries) {
        entry.latest.reset();
        entry.restStep = -1;
    }
}

std::vector<ProbeSet::Target> ProbeSet::targets(bool onlyStale) const {
    std::vector<Target> result;
    const auto graph = m_run->graph();
    const std::lock_guard lock(m_mutex);
    for (const auto& [id, entry] : m_entries) {
        if (onlyStale && entry.restStep == m_run->state().step) continue;
        const ValueIndex value = graph->find(entry.request.value);
        if (value != kNoValue)
            result.push_back({id, entry.request, value, graph->values[static_cast<std::size_t>(value)].writer});
    }
    return result;
}

void ProbeSet::beforeStep(bool always) {
    m_stepBegan = Clock::now();
    m_sampling = always || m_stepBegan >= m_next;
    m_sampled = false;
    m_cost = {};
    if (!m_sampling) {
        if (m_watching) m_run->watch(std::vector<bool>(m_run->graph()->instructions.size(), false));
        m_watching = false;
        return;
    }
    const std::uint64_t changes = m_changes.load();
    if (changes != m_watchedChanges) m_targets = targets(false);
    if (m_watching && changes == m_watchedChanges) return;
    m_watchedChanges = changes;
    std::vector<bool> watched(m_run->graph()->instructions.size(), false);
    for (const Target& target : m_targets)
        if (target.writer >= 0) watched[static_cast<std::size_t>(target.writer)] = true;
    m_run->watch(watched);
    m_watching = true;
}

void ProbeSet::sampleBatch() {
    if (!m_sampling) return;
    for (const Target& target : m_targets)
        if (target.writer < 0) sample(target);
}

void ProbeSet::sampleAfter(InstructionIndex instruction) {
    for (const Target& target : m_targets)
        if (target.writer == instruction) sample(target);
}

bool ProbeSet::afterStep() {
    // A plan that keeps what is watched also runs a little longer: a sampled step costs what it takes beyond a usual
    // one.
    constexpr int kSteps = 8;  // that the usual time is averaged over
    const Clock::duration took = Clock::now() - m_stepBegan;
    if (!m_sampling) {
        m_usualStep = m_usualStep == Clock::duration::zero() ? took : (m_usualStep * (kSteps - 1) + took) / kSteps;
        return false;
    }
    if (m_usualStep > Clock::duration::zero()) m_cost = std::max(m_cost, took - m_usualStep);
    const double share = std::max(m_budget.load(), kSmallestBudget);
    const auto pause = std::chrono::duration_cast<Clock::duration>(m_cost * (1.0 / share));
    m_next = Clock::now() + std::max<Clock::duration>(pause, kShortestInterval);
    return m_sampled;
}

void ProbeSet::sample(const Target& target) {
    const auto begin = Clock::now();
    const TensorView whole = m_run->view(target.value);
    auto result = std::make_shared<ProbeResult>();
    result->probe = target.id;
    result->step = m_run->state().step;
    result->type = {whole.dtype(), whole.shape()};
    result->statistics = statisticsOf(*m_arena, whole);
    if (target.request.histogramBins > 0)
        result->histogram =
            histogramOf(whole, result->statistics.min, result->statistics.max, target.request.histogramBins);
    if (target.request.copyTensor) {
        Shape shape = whole.shape();
        const auto graph = m_run->graph();
        if (target.request.maxSamples > 0 &&
            isPerSample(*graph, graph->values[static_cast<std::size_t>(target.value)]) &&
            shape[0] > target.request.maxSamples)
            shape.set(0, target.request.maxSamples);
        result->tensor = Tensor(m_pool, whole.dtype(), shape);
        result->tensor.copyFrom(TensorView(whole.data(), whole.dtype(), shape));
    }
    m_sampled = true;
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_entries.find(target.id);
        if (found != m_entries.end()) {
            result->version = ++m_lastVersion;
            found->second.latest = std::move(result);
        }
    }
    m_cost += Clock::now() - begin;
}

bool ProbeSet::wantsRefresh() const {
    return m_run != nullptr && !targets(true).empty();
}

void ProbeSet::refresh() {
    m_targets = targets(true);
    std::vector<ProbeId> refreshed;
    for (const Target& target : m_targets) refreshed.push_back(target.id);
    const auto graph = m_run->graph();
    std::vector<bool> watched(graph->instructions.size(), false);
    bool needsPreview = false;
    for (Target& target : m_targets) {
        if (restsInState(graph->values[static_cast<std::size_t>(target.value)])) {
            sample(target);
            target.value = kNoValue;
        } else {
            needsPreview = true;
            if (target.writer >= 0) watched[static_cast<std::size_t>(target.writer)] = true;
        }
    }
    std::erase_if(m_targets, [](const Target& target) { return target.value == kNoValue; });
    if (needsPreview) {
        m_run->watch(watched);
        m_run->preview();
        for (const Target& target : m_targets)
            if (target.writer < 0) sample(target);
    }
    m_watching = false;
    m_watchedChanges = 0;
    m_run->watch(std::vector<bool>(graph->instructions.size(), false));
    const std::int64_t step = m_run->state().step;
    const std::lock_guard lock(m_mutex);
    for (const ProbeId id : refreshed)
        if (const auto found = m_entries.find(id); found != m_entries.end()) found->second.restStep = step;
}

}  // namespace gradlens

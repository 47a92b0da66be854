// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/executor_cache.h"

namespace gradlens {

ExecutorCache::ExecutorCache(const Arena& arena, Lower lower, const State& state)
    : m_arena(arena), m_lower(std::move(lower)), m_state(state) {}

ExecutorCache::Prepared& ExecutorCache::prepared(std::int64_t batchSize, bool training) {
    Prepared& found = m_prepared[{batchSize, training}];
    if (found.plan == nullptr) found.plan = std::make_shared<const Plan>(makePlan(m_lower(batchSize, training)));
    return found;
}

const Plan& ExecutorCache::plan(std::int64_t batchSize, bool training) {
    return *prepared(batchSize, training).plan;
}

std::shared_ptr<Executor> ExecutorCache::made(std::shared_ptr<const Plan> plan) const {
    auto executor = std::make_shared<Executor>(std::move(plan), m_arena, m_workspace);
    executor->bindState(bindings(m_state, executor->graph()));
    return executor;
}

std::vector<ValueIndex> ExecutorCache::watchedAndFusedAway(const Plan& plan) const {
    std::vector<ValueIndex> values;
    for (std::size_t i = 0; i < m_watched.size(); ++i) {
        if (!m_watched[i] || plan.graph->instructions[i].kind != InstructionKind::Forward) continue;
        for (const ValueIndex output : plan.graph->instructions[i].outputs)
            if (plan.placements[static_cast<std::size_t>(output)].where == Placement::Where::Nowhere)
                values.push_back(output);
    }
    return values;
}

std::shared_ptr<Executor> ExecutorCache::training(std::int64_t batchSize, StepBy by) {
    Prepared& found = prepared(batchSize, true);
    const bool changed = found.version != m_version;
    if (changed) {
        const std::vector<ValueIndex> kept = std::exchange(found.kept, watchedAndFusedAway(*found.plan));
        if (kept != found.kept) found.keeping.reset();
        found.version = m_version;
    }
    std::shared_ptr<Executor>& choice = by == StepBy::Instruction ? found.stepping
                                        : !found.kept.empty()     ? found.keeping
                                                                  : found.fused;
    if (choice == nullptr) {
        if (&choice == &found.fused)
            choice = made(found.plan);
        else
            choice = made(
                std::make_shared<const Plan>(makePlan(found.plan->graph, {found.kept, by != StepBy::Instruction})));
    } else if (!changed && found.last == choice.get()) {
        return choice;
    }
    found.last = choice.get();
    choice->setObserver(m_observer);
    for (std::size_t i = 0; i < m_watched.size(); ++i) choice->watch(static_cast<InstructionIndex>(i), m_watched[i]);
    return choice;
}

std::shared_ptr<Executor> ExecutorCache::evaluating(std::int64_t batchSize) {
    Prepared& found = prepared(batchSize, false);
    if (found.fused == nullptr) found.fused = made(found.plan);
    return found.fused;
}

void ExecutorCache::rebind() {
    for (auto& [key, found] : m_prepared)
        for (const auto& executor : {found.fused, found.keeping, found.stepping})
            if (executor != nullptr) executor->bindState(bindings(m_state, executor->graph()));
}

void ExecutorCache::setObserver(std::function<void(InstructionIndex)> observer) {
    m_observer = std::move(observer);
    ++m_version;
}

void ExecutorCache::watch(std::vector<bool> instructions) {
    if (m_watched == instructions) return;
    m_watched = std::move(instructions);
    ++m_version;
}

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
// The probes of a run: which instructions to watch, when sampling fits the time budget, and what was last seen.
// add, remove and latest: any thread; the rest: the trainer thread.
#pragma once
#include "core/train/trainer.h"
#include "core/train/training_run.h"

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>

namespace gradlens {

class ProbeSet {
public:
    using Clock = std::chrono::steady_clock;

    ProbeId add(ProbeRequest request);
    void remove(ProbeId probe);
    std::shared_ptr<const ProbeResult> latest(ProbeId probe) const;
    void setBudget(double share) { m_budget.store(share); }

    // The run to look at; null for none. Results of an earlier run are forgotten.
    void attach(TrainingRun* run, const Arena* arena);

    // Before each step: decides whether this one is sampled, and sets the watch bits accordingly.
    void beforeStep(bool always);
    // After the batch is there: values that no instruction writes.
    void sampleBatch();
    // The observer of the run.
    void sampleAfter(InstructionIndex instruction);
    // After the step. Returns whether anything new was seen.
    bool afterStep();

    // At rest: whether somebody looks at something that was not seen at this step yet.
    bool wantsRefresh() const;
    // At rest: samples everything, by a preview of the next batch where the State does not tell.
    void refresh();

private:
    struct Entry {
        ProbeId id = 0;
        ProbeRequest request;
        std::shared_ptr<const ProbeResult> latest;
        std::int64_t restStep = -1;  // the step at which a refresh last sampled it
    };
    // What the trainer thread works on: a copy, so that no lock is held while sampling.
    struct Target {
        ProbeId id;
        ProbeRequest request;
        ValueIndex value;
        InstructionIndex writer;
    };
    std::vector<Target> targets(bool onlyStale) const;
    void sample(const Target& target);

    mutable std::mutex m_mutex;
    std::map<ProbeId, Entry> m_entries;
    ProbeId m_lastId = 0;
    std::uint64_t m_lastVersion = 0;
    std::atomic<double> m_budget{0.02};
    std::atomic<std::uint64_t> m_changes{1};  // of the set of probes

    TrainingRun* m_run = nullptr;
    const Arena* m_arena = nullptr;
    BufferPool m_pool{std::size_t{64} << 20};
    std::vector<Target> m_targets;
    bool m_sampling = false;
    bool m_watching = false;
    std::uint64_t m_watchedChanges = 0;
    bool m_sampled = false;
    Clock::duration m_cost{};
    Clock::duration m_usualStep{};  // of steps that were not sampled
    Clock::time_point m_stepBegan{};
    Clock::time_point m_next{};
};

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
// The executors of a run: one for each batch size, to train and to evaluate, made when first asked for. They share one
// workspace. Where somebody watches a value that the plan has fused away, another plan keeps it for as long as they
// look. Used by one thread at a time.
#pragma once
#include "core/engine/executor.h"
#include "core/train/state.h"

#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace gradlens {

// How a step advances: as planned, or one instruction at a time with every value there to be seen. Same bits.
enum class StepBy { Wave, Instruction };

class ExecutorCache {
public:
    using Lower = std::function<std::shared_ptr<const TrainingGraph>(std::int64_t batchSize, bool training)>;

    // `state` must outlive this; rebind() after its tensors were exchanged.
    ExecutorCache(const Arena& arena, Lower lower, const State& state);

    // Ready to begin a step, watched as asked for. May plan anew.
    std::shared_ptr<Executor> training(std::int64_t batchSize, StepBy by);
    std::shared_ptr<Executor> evaluating(std::int64_t batchSize);
    // How a batch size is planned when nobody looks.
    const Plan& plan(std::int64_t batchSize, bool training);

    void rebind();
    void setObserver(std::function<void(InstructionIndex)> observer);
    void watch(std::vector<bool> instructions);  // those of training; takes effect with the next step

private:
    struct Prepared {
        std::shared_ptr<const Plan> plan;
        std::shared_ptr<Executor> fused, keeping, stepping;  // made when needed
        std::vector<ValueIndex> kept;                        // what `keeping` does not fuse away
        std::uint64_t version = 0;                           // of what is watched, as `kept` and `last` know it
        const Executor* last = nullptr;                      // that was handed out
    };
    Prepared& prepared(std::int64_t batchSize, bool training);
    std::shared_ptr<Executor> made(std::shared_ptr<const Plan> plan) const;
    std::vector<ValueIndex> watchedAndFusedAway(const Plan& plan) const;

    const Arena& m_arena;
    Lower m_lower;
    const State& m_state;
    std::shared_ptr<Workspace> m_workspace = std::make_shared<Workspace>();
    std::map<std::pair<std::int64_t, bool>, Prepared> m_prepared;
    std::function<void(InstructionIndex)> m_observer;
    std::vector<bool> m_watched;
    std::uint64_t m_version = 1;  // of observer and watched
};

}  // namespace gradlens

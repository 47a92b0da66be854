// SPDX-License-Identifier: GPL-3.0-or-later
// The weights a preview computes with: those of a run by name where type and shape fit, else the initial ones that a
// new run would have, kept from call to call. Internal to core/train; one thread.
#pragma once
#include "core/train/state.h"

#include <filesystem>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

namespace gradlens {

class PreviewWeights {
public:
    explicit PreviewWeights(const Arena& arena) : m_arena(arena) {}

    // What the next calls are about. run may be null.
    void use(std::shared_ptr<const State> run, std::uint64_t seed, std::filesystem::path folder);
    // By value index of `graph`; running statistics are copies, which may be written to. Empty when asked to stop.
    // Throws Error where a file of initial values does not fit.
    std::vector<TensorView> bound(const TrainingGraph& graph, const std::stop_token& stop);
    // Drops what no call since the last time has asked for.
    void forgetUnused();
    std::int64_t newParameters() const { return m_new; }  // that a run there is does not have, since use()

private:
    struct Initial {
        ParameterSpec spec;
        DType dtype = DType::Float32;
        std::uint64_t seed = 0, sequence = 0;
        std::filesystem::path folder;
        Tensor tensor;
        bool used = true;
    };
    const Tensor* ofRun(const Value& value) const;
    const Tensor& initial(const Value& value, const ParameterSpec& spec, std::uint64_t sequence);

    const Arena& m_arena;
    std::shared_ptr<const State> m_run;
    std::unordered_map<std::string_view, const Tensor*> m_ofRun;
    std::uint64_t m_seed = 0;
    std::filesystem::path m_folder;
    std::map<std::string, Initial> m_initial;
    std::vector<Tensor> m_running;
    std::int64_t m_new = 0;
};

}  // namespace gradlens

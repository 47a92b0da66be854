// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/preview_weights.h"

#include "core/train/initialise.h"

namespace gradlens {

namespace {
bool alike(const ParameterSpec& a, const ParameterSpec& b) {
    return a.shape == b.shape && a.initializer == b.initializer && a.fanIn == b.fanIn && a.fanOut == b.fanOut &&
           a.scale == b.scale && a.file == b.file && a.fileTensor == b.fileTensor;
}
}  // namespace

void PreviewWeights::use(std::shared_ptr<const State> run, std::uint64_t seed, std::filesystem::path folder) {
    m_ofRun.clear();
    m_run = std::move(run);
    if (m_run != nullptr)
        for (const StateEntry& entry : m_run->entries) m_ofRun[entry.name] = &entry.tensor;
    m_seed = seed;
    m_folder = std::move(folder);
    m_new = 0;
}

const Tensor* PreviewWeights::ofRun(const Value& value) const {
    const auto found = m_ofRun.find(value.name);
    if (found == m_ofRun.end()) return nullptr;
    const Tensor& tensor = *found->second;
    return tensor.dtype() == value.type.dtype && tensor.shape() == value.type.shape ? &tensor : nullptr;
}

const Tensor& PreviewWeights::initial(const Value& value, const ParameterSpec& spec, std::uint64_t sequence) {
    Initial& kept = m_initial[value.name];
    kept.used = true;
    if (kept.tensor && alike(kept.spec, spec) && kept.dtype == value.type.dtype && kept.seed == m_seed &&
        kept.sequence == sequence && kept.folder == m_folder)
        return kept.tensor;
    kept.tensor = {};  // nothing half done is kept
    Tensor tensor(value.type.dtype, value.type.shape);
    initialise(m_arena, spec, Random(m_seed, RandomStream::Initialise, sequence), tensor.view(), value.name, m_folder);
    kept = {spec, value.type.dtype, m_seed, sequence, m_folder, std::move(tensor)};
    return kept.tensor;
}

std::vector<TensorView> PreviewWeights::bound(const TrainingGraph& graph, const std::stop_token& stop) {
    const std::vector<std::uint64_t> sequences = initialSequences(graph);
    std::vector<TensorView> views(graph.values.size());
    m_running.clear();
    m_new = 0;
    for (std::size_t i = 0; i < views.size(); ++i) {
        const Value& value = graph.values[i];
        const ParameterSpec* spec = graph.specOf(static_cast<ValueIndex>(i));
        if (spec == nullptr) continue;
        if (stop.stop_requested()) return {};
        const Tensor* tensor = ofRun(value);
        if (tensor == nullptr) {
            tensor = &initial(value, *spec, sequences[i]);
            if (m_run != nullptr && value.kind == ValueKind::Parameter) ++m_new;
        }
        if (value.kind == ValueKind::RunningState) {
            m_running.push_back(tensor->clone());
            tensor = &m_running.back();
        }
        views[i] = tensor->view();
    }
    return views;
}

void PreviewWeights::forgetUnused() {
    std::erase_if(m_initial, [](const auto& entry) { return !entry.second.used; });
    for (auto& [name, kept] : m_initial) kept.used = false;
}

}  // namespace gradlens

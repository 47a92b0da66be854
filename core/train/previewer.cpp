// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/previewer.h"

#include "core/base/error.h"
#include "core/base/machine_memory.h"
#include "core/graph/block_library.h"
#include "core/graph/flatten.h"
#include "core/train/class_weights.h"
#include "core/train/preview_pass.h"
#include "core/train/preview_weights.h"

#include <algorithm>
#include <numeric>

namespace gradlens {

namespace {
// Samples whose statistics normalising layers get on the way to gradients.
constexpr std::int64_t kBatchOfStatistics = 8;
// Times that a layer which cannot do with its input is left out and the rest tried again.
constexpr int kMostAttempts = 4;

PreviewTensor measured(Tensor tensor) {
    PreviewTensor result;
    if (!tensor) return result;
    result.statistics = statisticsOf(tensor.view());
    result.tensor = std::move(tensor);
    return result;
}

TensorView front(const Tensor& batch, std::int64_t samples) {
    Shape shape = batch.shape();
    shape.set(0, samples);
    return {batch.view().data(), batch.dtype(), shape};
}

Tensor firstOf(const Tensor& batch) {
    Tensor sample(batch.dtype(), batch.shape().slice(1));
    sample.copyFrom(TensorView(batch.view().data(), batch.dtype(), sample.shape()));
    return sample;
}

FlatDrawing flattened(const Project& project, const Dataset& dataset) {
    FlatDrawing flat = flatten(project.graph, catalogueOf(project, drawingCatalogue()));
    try {
        flat.graph = withClassWeights(std::move(flat.graph), drawingCatalogue(), dataset);
    } catch (const Error&) {  // no loss can take them (yet); a run will say so
        flat = flatten(project.graph, catalogueOf(project, drawingCatalogue()));
    }
    return flat;
}
}  // namespace

const NodePreview* Preview::find(NodeId node) const {
    const auto found = std::ranges::lower_bound(nodes, node, {}, &NodePreview::node);
    return found == nodes.end() || found->node != node ? nullptr : &*found;
}

struct Previewer::Impl {
    // A drawing made ready to run on a dataset. Where one pass does for both, there is no pass for outputs alone.
    struct Prepared {
        std::shared_ptr<const Project> project;
        std::shared_ptr<const Dataset> dataset;
        bool gradients = false;
        std::vector<std::pair<NodeId, PortRef>> drawn;  // node of the drawing: the output it shows, without blocks
        std::unique_ptr<PreviewPass> outputs, training;
        std::string fault;  // where drawing and data disagree
    };

    bool isPrepared(const PreviewRequest& request) const {
        return prepared.project == request.project && prepared.dataset == request.dataset &&
               prepared.gradients == request.gradients && (prepared.outputs || prepared.training);
    }

    void unprepare() {
        prepared.outputs.reset();
        prepared.training.reset();
    }

    void prepare(const PreviewRequest& request) {
        prepared = {request.project, request.dataset, request.gradients, {}, nullptr, nullptr, {}};
        const FlatDrawing flat = flattened(*request.project, *request.dataset);
        for (const Node& node : request.project->graph.nodes())
            if (const auto source = flat.source({node.id, 0})) prepared.drawn.emplace_back(node.id, *source);
        std::vector<PortRef> ports;
        for (const auto& [node, port] : prepared.drawn) ports.push_back(port);
        const auto sound = [&](std::int64_t batchSize) {
            return soundPart(flat.graph, *request.dataset, batchSize, request.project->training.precision, excluded,
                             prepared.fault);
        };
        const GraphAnalysis alone = sound(1);
        const bool backward = request.gradients && hasLoss(alone), together = normalisesOverBatch(alone);
        const auto pass = [&](const GraphAnalysis& analysis, PreviewPass::Mode mode) {
            return std::make_unique<PreviewPass>(arena, workspace, flat.graph, analysis, mode);
        };
        if (!backward || together) {
            prepared.outputs = pass(alone, PreviewPass::Mode::Evaluate);
            prepared.outputs->takeOutputs(ports);
        }
        if (backward) {
            const std::int64_t samples = std::min(kBatchOfStatistics, sizeOfPart(request));
            prepared.training =
                together ? pass(sound(samples), PreviewPass::Mode::Train) : pass(alone, PreviewPass::Mode::Train);
            if (!together) prepared.training->takeOutputs(ports);
            prepared.training->takeGradients(ports);
        }
    }

    static const DatasetPart& partOf(const PreviewRequest& request) {
        return request.validation ? request.dataset->validation : request.dataset->train;
    }
    static std::int64_t sizeOfPart(const PreviewRequest& request) { return partOf(request).size(); }

    std::size_t bytesNeeded() const {
        std::size_t workspaceBytes = 0, stateBytes = 0, rest = 0;
        for (const PreviewPass* pass : {prepared.outputs.get(), prepared.training.get()}) {
            if (pass == nullptr) continue;
            workspaceBytes = std::max(workspaceBytes, pass->plan().workspaceBytes);
            stateBytes = std::max(stateBytes, pass->plan().stateBytes);
            rest += pass->takenBytes() + pass->plan().batchBytes;
        }
        return workspaceBytes + stateBytes + rest;
    }

    // The sample, and those after it as far as a pass wants them. As they are: augmentation is for training.
    void readBatch(const PreviewRequest& request, std::int64_t first) {
        DatasetPart part = partOf(request);
        part.augmented = false;
        const std::int64_t samples = prepared.training ? prepared.training->graph().batchSize : 1;
        std::vector<std::int64_t> indices(static_cast<std::size_t>(samples));
        std::iota(indices.begin(), indices.end(), first);
        for (std::int64_t& index : indices) index %= part.size();
        const DType real = request.project->training.precision;
        const auto type = [&](DType stored) { return stored == DType::Int32 ? DType::Int32 : real; };
        features = Tensor(type(part.featureType()), request.dataset->featureShape.withFront(samples));
        labels = Tensor(type(part.labelType()), request.dataset->labelShape.withFront(samples));
        gather(arena, *request.dataset, part, indices, features.view(), labels.view());
    }

    PreviewPass::Outcome run(PreviewPass& pass, const PreviewRequest& request, const std::stop_token& stop) {
        const std::int64_t samples = pass.graph().batchSize;
        StepInputs inputs{front(features, samples), front(labels, samples), request.project->training.seed, 0, 0};
        const std::vector<TensorView> state = weights.bound(pass.graph(), stop);
        if (stop.stop_requested()) return PreviewPass::Outcome::Stopped;
        const PreviewPass::Outcome outcome = pass.run(inputs, state, stop);
        if (outcome == PreviewPass::Outcome::Failed) {
            excluded.insert(pass.failedNode());
            failure = pass.failure();
        }
        return outcome;
    }

    void collect(Preview& result) const {
        const PreviewPass& outputs = prepared.outputs ? *prepared.outputs : *prepared.training;
        for (const auto& [node, port] : prepared.drawn) {
            NodePreview entry{node, measured(outputs.output(port)), {}};
            if (prepared.training) entry.gradient = measured(prepared.training->gradient(port));
            if (entry.output.tensor) result.nodes.push_back(std::move(entry));
        }
    }

    // Fills in `result`; false when asked to stop.
    bool compute(const PreviewRequest& request, Preview& result, const std::stop_token& stop) {
        const std::int64_t size = sizeOfPart(request);
        if (size == 0) {
            result.fault = "There are no samples in this part of the data.";
            return true;
        }
        result.sample = std::clamp<std::int64_t>(request.sample, 0, size - 1);
        if (!excluded.empty()) {  // another sample or drawing may do
            excluded.clear();
            failure.clear();
            unprepare();
        }
        weights.use(request.weights, request.project->training.seed, request.dataset->folder);
        using Outcome = PreviewPass::Outcome;
        for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
            if (stop.stop_requested()) return false;
            if (!isPrepared(request)) prepare(request);
            if (const std::size_t bytes = bytesNeeded(); bytes > kMostBytes) {
                result.fault = "A preview of this drawing needs " + memoryText(bytes) + "; it may take " +
                               memoryText(kMostBytes) + ".";
                return true;
            }
            readBatch(request, result.sample);
            Outcome outcome = Outcome::Done;
            for (PreviewPass* pass : {prepared.outputs.get(), prepared.training.get()})
                if (pass != nullptr && outcome == Outcome::Done) outcome = run(*pass, request, stop);
            if (outcome == Outcome::Stopped) return false;
            if (outcome == Outcome::Done) break;
            unprepare();  // to be prepared without the node that failed
        }
        result.fault = failure.empty() ? prepared.fault : failure;
        if (!isPrepared(request)) return true;
        weights.forgetUnused();
        collect(result);
        result.features = firstOf(features);
        result.labels = firstOf(labels);
        if (request.weights) result.step = request.weights->step;
        result.newParameters = weights.newParameters();
        return true;
    }

    Arena arena{1};
    std::shared_ptr<Workspace> workspace = std::make_shared<Workspace>();
    PreviewWeights weights{arena};
    Prepared prepared;
    std::set<NodeId> excluded;  // nodes (without blocks) that failed in the last call
    std::string failure;        // of the last of them
    Tensor features, labels;    // of the batch
};

Previewer::Previewer() : m_impl(std::make_unique<Impl>()) {}
Previewer::~Previewer() = default;

std::shared_ptr<const Preview> Previewer::preview(const PreviewRequest& request, const std::stop_token& stop) {
    auto result = std::make_shared<Preview>();
    result->dataset = request.dataset;
    result->validation = request.validation;
    result->gradients = request.gradients;
    try {
        if (!m_impl->compute(request, *result, stop)) return nullptr;
    } catch (const std::bad_alloc&) {
        result->fault = "There is not enough memory for a preview.";
    } catch (const std::exception& error) {
        result->fault = error.what();
    }
    return result;
}

}  // namespace gradlens

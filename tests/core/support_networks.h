// SPDX-License-Identifier: GPL-3.0-or-later
// Drawings, datasets and projects to test with: small, deterministic, and random ones by seed.
#pragma once
#include "core/data/dataset.h"
#include "core/engine/executor.h"
#include "core/io/project.h"
#include "core/train/state.h"

#include <QElapsedTimer>
#include <QTest>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace gradlens::test {

// Adds a node and connects `from`, each at its first output, to the ports 0, 1, ... in order.
NodeId draw(ModelGraph& graph, const std::string& op, const std::vector<NodeId>& from = {}, Attributes attributes = {},
            const std::string& name = {});
NodeId drawFeatures(ModelGraph& graph, IntegerList shape);
NodeId drawClassLabels(ModelGraph& graph);
Attributes units(std::int64_t count);

// Input(2) -> Dense(8) -> Tanh -> Dense(classes) -> SoftmaxCrossEntropy.
ModelGraph pointsNetwork(std::int64_t classes = 2);
// Input(1x8x8) -> Conv2D -> BatchNorm -> ReLU -> MaxPool -> Flatten -> Dropout -> Dense(10) -> SoftmaxCrossEntropy.
ModelGraph imagesNetwork();
// A random smooth branching network (Dense, Conv2D, BatchNorm, Tanh, Sigmoid, GELU, Add, Concat, values used twice) on
// 2x6x6 images, with a MeanSquaredError against a real target of 3. `withKinks`: ReLU, Dropout and pooling also.
ModelGraph randomNetwork(std::uint64_t seed, bool withKinks);

// 1x8x8 images of ten classes, as random as noise: `train` and `validation` samples.
std::shared_ptr<const Dataset> noiseImages(std::int64_t train, std::int64_t validation);
Project imagesProject();
// XOR points: loads in no time. 256 samples to train on, 64 to validate; batches of 32, 8 an epoch.
Project pointsProject();
#ifdef GRADLENS_SOURCE_DIR
inline std::filesystem::path resourcesFolder() {
    return std::filesystem::path(GRADLENS_SOURCE_DIR) / "resources";
}
#endif

// A lowered network with its State, run directly through an Executor.
struct Machine {
    Machine(const ModelGraph& drawing, std::int64_t batch, DType realType, const char* optimizer = "SGD",
            int threads = 1);
    // With the optimizer's own learning rate.
    Machine(const ModelGraph& drawing, std::int64_t batch, DType realType, const OptimizerSpec& optimizer,
            int threads = 1);
    // One step on the same random batch.
    void step();
    double loss() const;

    Arena arena;
    GraphAnalysis analysis;
    ModelGraph graph;
    std::shared_ptr<const TrainingGraph> lowered;
    std::shared_ptr<Plan> plan;
    State state;
    Tensor features, labels;
    std::shared_ptr<Workspace> workspace = std::make_shared<Workspace>();
    std::unique_ptr<Executor> executor;
    // Makes the executor anew, after a change of the plan.
    void useOwnPlan();
};

bool sameBytes(const TensorView& a, const TensorView& b);
std::string text(const std::vector<Problem>& problems);

}  // namespace gradlens::test

// SPDX-License-Identifier: GPL-3.0-or-later
// The networks that `gradlens-cli bench` times: the same layers, batches, losses and optimizers that
// tests/bench/compare_with_pytorch.py times in PyTorch, drawn with the op catalogue. Each trains on one fixed random
// batch.
#pragma once
#include "core/graph/model_graph.h"
#include "core/plan/optimizer.h"
#include "core/tensor/shape.h"

#include <span>
#include <string>
#include <vector>

namespace gradlens::cli {

struct Workload {
    std::string name;
    std::string description;
    ModelGraph (*draw)() = nullptr;
    std::int64_t batch = 1;
    Shape features;           // of one sample
    Shape labels;             // of one sample; scalar: a class for the sample
    std::int64_t tokens = 0;  // features are token numbers below this; 0: real numbers from [0, 1)
    std::int64_t classes = 10;
    OptimizerSpec optimizer;
};

std::span<const Workload> workloads();
const Workload* findWorkload(std::string_view name);

}  // namespace gradlens::cli

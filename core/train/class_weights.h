// SPDX-License-Identifier: GPL-3.0-or-later
// Class weights that come from the data (transform class_weights), given to the losses that take them.
#pragma once
#include "core/data/dataset.h"
#include "core/graph/model_graph.h"
#include "core/ops/catalogue/catalogue.h"

namespace gradlens {

// `drawing`, without blocks and sound, with dataset.classWeights in every loss that can weigh classes and names no
// weights of its own; a class that the dataset does not have counts 1. Throws Error where there are weights and no loss
// takes any.
ModelGraph withClassWeights(ModelGraph drawing, const OpCatalogue& catalogue, const Dataset& dataset);

}  // namespace gradlens

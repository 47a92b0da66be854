// SPDX-License-Identifier: GPL-3.0-or-later
// What advice wants to know of a dataset, measured on the part it trains on.
#pragma once
#include "core/data/dataset_source.h"
#include "core/graph/advice/advice.h"

#include <functional>

namespace gradlens {

// Features from up to 1,000 samples spread evenly, labels from all that lie in memory, else from up to 100,000. Takes
// milliseconds. keepGoing is asked now and then; where it says no, what is known by then is returned. May throw Error,
// from samples that are read from files.
DatasetFacts factsOf(const Dataset& dataset, const DatasetSpec& spec, const std::function<bool()>& keepGoing = {});

}  // namespace gradlens

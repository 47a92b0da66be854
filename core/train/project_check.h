// SPDX-License-Identifier: GPL-3.0-or-later
// All there is to say of a project before it runs: faults of the drawing, where drawing and data disagree, advice, and
// the fixes there are. What the canvas, the problems list and `check` show. Pure functions; any thread.
#pragma once
#include "core/base/error.h"
#include "core/data/dataset_facts.h"
#include "core/io/project.h"

#include <memory>
#include <optional>
#include <vector>

namespace gradlens {

// A dataset and what is to be known of it, or why it could not be loaded; empty where that was not tried.
struct KnownData {
    std::shared_ptr<const Dataset> dataset = nullptr;
    std::shared_ptr<const DatasetFacts> facts = nullptr;
    std::optional<Problem> fault = {};
    friend bool operator==(const KnownData&, const KnownData&) = default;
};

// An Error as a problem of the project as a whole.
Problem problemOf(const Error& error);
// Loads what the project names. Never throws Error: that is the fault then.
KnownData loadKnownData(const Project& project, const DatasetEnvironment& environment);

// `analysis` is of the project's drawing, `catalogue` knows its blocks. Errors first, then warnings, then advice that
// the project does not silence.
std::vector<Problem> checkProject(const Project& project, const OpCatalogue& catalogue, const GraphAnalysis& analysis,
                                  const KnownData& data);

}  // namespace gradlens

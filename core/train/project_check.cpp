// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/project_check.h"

#include "core/graph/fix.h"
#include "core/train/training_run.h"
#include "core/train/training_settings.h"

#include <algorithm>

namespace gradlens {

Problem problemOf(const Error& error) {
    Problem problem;
    problem.message = error.where().empty() ? error.problem() : error.where() + ": " + error.problem();
    problem.hint = error.hint();
    return problem;
}

KnownData loadKnownData(const Project& project, const DatasetEnvironment& environment) {
    KnownData data;
    try {
        data.dataset = loadDataset(project.data, environment);
        data.facts = std::make_shared<const DatasetFacts>(factsOf(*data.dataset, project.data));
    } catch (const Error& error) {
        data = {};
        data.fault = problemOf(error);
    }
    return data;
}

std::vector<Problem> checkProject(const Project& project, const OpCatalogue& catalogue, const GraphAnalysis& analysis,
                                  const KnownData& data) {
    std::vector<Problem> faults = analysis.problems;
    offerFixes(project.graph, catalogue, analysis, faults);
    if (data.dataset != nullptr)
        std::ranges::move(problemsWithDataset(project, analysis, *data.dataset), std::back_inserter(faults));
    if (data.fault) faults.push_back(*data.fault);
    std::vector<Problem> problems;
    for (const Severity severity : {Severity::Error, Severity::Warning})
        std::ranges::copy_if(faults, std::back_inserter(problems),
                             [&](const Problem& problem) { return problem.severity == severity; });
    AdviceContext context{project.training.optimizer.name, 0, project.training.batchSize, data.facts.get()};
    if (findOptimizer(context.optimizer) != nullptr) context.learningRate = learningRateOf(project.training);
    for (Problem& problem : advise(project.graph, catalogue, analysis, context))
        if (std::ranges::find(project.silenced, problem.rule) == project.silenced.end())
            problems.push_back(std::move(problem));
    return problems;
}

}  // namespace gradlens

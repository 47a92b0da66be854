// SPDX-License-Identifier: GPL-3.0-or-later
// What there is to say of the project, and what is done about it.
#include "core/graph/fix.h"
#include "core/train/training_run.h"
#include "ui/models/design_document.h"

#include <algorithm>

namespace gradlens {

void DesignDocument::check() {
    m_checker.check(m_project, m_catalogue, m_data);
}

void DesignDocument::setKnownData(KnownData data) {
    if (data == m_data) return;
    m_data = std::move(data);
    check();
}

namespace {
bool sayTheSame(const Problem& a, const Problem& b) {
    return a.node == b.node && a.port == b.port && a.message == b.message;
}
}  // namespace

// Faults are found at once; fixes and advice that the last check knew stand until the next has looked.
std::vector<Problem> DesignDocument::problemsSoFar() const {
    std::vector<Problem> all = knownAnalysis().problems;
    if (m_data.dataset != nullptr && !m_data.facts->tokens)  // looking for the largest token takes its time
        std::ranges::move(problemsWithDataset(m_project, knownAnalysis(), *m_data.dataset), std::back_inserter(all));
    for (const Problem& known : m_checker.problems()) {
        if (known.rule.empty()) {
            if (known.fixes.empty()) continue;
            const auto same = std::ranges::find_if(all, [&](const Problem& each) { return sayTheSame(each, known); });
            if (same != all.end()) same->fixes = known.fixes;
        } else if (known.node == NodeId::None || m_project.graph.find(known.node) != nullptr) {
            all.push_back(known);
        }
    }
    return all;
}

std::vector<Problem> DesignDocument::problems() const {
    if (isInside()) return knownAnalysis().problems;  // the rest is about the project's own drawing
    std::vector<Problem> all = m_checker.isUpToDate() ? m_checker.problems() : problemsSoFar();
    for (const Problem& problem : m_runProblems)
        if (std::ranges::none_of(all, [&](const Problem& each) { return sayTheSame(each, problem); }))
            all.push_back(problem);
    return all;
}

bool DesignDocument::applyFix(const Fix& fix) {
    const QString step = QString::fromStdString(fix.title);
    const int before = m_undo.index();
    if (fix.kind == Fix::Kind::SetTraining) {
        Settings changed = settings();
        for (const auto& [name, value] : fix.attributes.entries()) {
            if (name == "batch_size")
                changed.training.batchSize = std::get<std::int64_t>(value);
            else
                changed.training.optimizer.attributes.set(name, value);
        }
        editSettings(step, std::move(changed), {});
    } else if (fix.kind == Fix::Kind::SetData) {
        Settings changed = settings();
        for (const auto& [name, value] : fix.attributes.entries()) changed.data.attributes.set(name, value);
        editSettings(step, std::move(changed), {});
    } else {
        edit(step, [&](ModelGraph& graph) { graph = fixed(graph, m_catalogue, fix); });
    }
    endMerge();
    return m_undo.index() != before;
}

void DesignDocument::setSilenced(const std::string& rule, bool silenced) {
    Settings changed = settings();
    std::erase(changed.silenced, rule);
    if (silenced) changed.silenced.push_back(rule);
    editSettings(silenced ? tr("Silence advice") : tr("Hear advice again"), std::move(changed), {});
}

void DesignDocument::hearAllAdvice() {
    Settings changed = settings();
    changed.silenced.clear();
    editSettings(tr("Hear advice again"), std::move(changed), {});
}

}  // namespace gradlens

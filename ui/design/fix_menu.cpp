// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/fix_menu.h"

#include "ui/theme/theme.h"

#include <QAction>
#include <QMenu>

#include <algorithm>

namespace gradlens {

std::vector<Problem> problemsOf(const DesignDocument& document, NodeId node) {
    std::vector<Problem> problems = document.problems();
    std::erase_if(problems, [&](const Problem& problem) { return problem.node != node; });
    return problems;
}

bool addFixes(QMenu& menu, DesignDocument& document, const std::vector<Problem>& problems) {
    bool any = false;
    for (const Problem& problem : problems) {
        for (const Fix& fix : problem.fixes) {
            QAction* action = menu.addAction(Theme::instance().icon("check"), QString::fromStdString(fix.title));
            QObject::connect(action, &QAction::triggered, &document, [&document, fix] { document.applyFix(fix); });
            any = true;
        }
    }
    std::vector<std::string> rules;
    for (const Problem& problem : problems)
        if (!problem.rule.empty() && std::ranges::find(rules, problem.rule) == rules.end())
            rules.push_back(problem.rule);
    for (const std::string& rule : rules) {
        const AdviceRule* known = findAdviceRule(rule);
        if (known == nullptr) continue;
        const QString title = QString::fromStdString(known->title);
        QAction* action = menu.addAction(
            Theme::instance().icon("eye-off"),
            rules.size() == 1 ? DesignDocument::tr("Do not tell me this again in this project")
                              : DesignDocument::tr("Do not tell me again in this project: %1").arg(title));
        QObject::connect(action, &QAction::triggered, &document,
                         [&document, rule] { document.setSilenced(rule, true); });
        any = true;
    }
    return any;
}

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/rules/rules.h"

namespace gradlens {

namespace {
std::vector<Problem> find(const AdviceView& view) {
    std::vector<Problem> problems;
    for (const NodeAnalysis* node : view.nodes()) {
        if (!AdviceView::is(node, "Split")) continue;
        const int outputs = outputCountOf(*node->op, node->attributes);
        std::string unread;
        int count = 0;
        for (int port = 0; port < outputs; ++port) {
            if (view.isRead(*node, port)) continue;
            unread += (count++ > 0 ? ", " : "") + std::to_string(port + 1);
        }
        if (count == 0) continue;
        problems.push_back(advice(*node, view.name(*node) + ": nothing reads its " + (count > 1 ? "parts " : "part ") +
                                             unread + " of " + std::to_string(outputs)));
    }
    return problems;
}
}  // namespace

AdviceRule unusedOutput() {
    return {"unused-output", "An output that nobody reads",
            "What is cut off here is computed and thrown away. Connect it, or cut off less with a Slice.",
            "[the drawing itself]", find};
}

}  // namespace gradlens

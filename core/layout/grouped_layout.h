// SPDX-License-Identifier: GPL-3.0-or-later
// The layered layout of a drawing some of whose nodes belong together: each group is laid out on its own, then stands
// as one box in what is around it, so that its nodes stay together and nobody else's come between. Groups may hold
// groups. Pure geometry, no recursion, deterministic. Any thread.
#pragma once
#include "core/layout/layered_layout.h"

namespace gradlens {

struct LayoutGroup {
    int parent = -1;  // a group before this one; -1: none
    // Kept free between the box and what is in it.
    double left = 0, top = 0, right = 0, bottom = 0;
};

struct LayoutBox {
    double x = 0, y = 0, width = 0, height = 0;
};

struct GroupedLayout {
    LayoutResult drawing;
    std::vector<LayoutBox> groups;  // empty groups have no size
};

// groupOf: the innermost group of each node, -1 for none. Nothing when it was asked to stop.
std::optional<GroupedLayout> groupedLayout(const LayoutInput& input, const std::vector<int>& groupOf,
                                           const std::vector<LayoutGroup>& groups, const LayoutOptions& options = {},
                                           const std::stop_token& stop = {});

}  // namespace gradlens

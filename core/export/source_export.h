// SPDX-License-Identifier: GPL-3.0-or-later
// A project as Python source that runs on its own: the network as a class with its weights, the objective, the
// optimizer and its schedule, and a loader of our checkpoints that gives the same outputs for the same weights. The
// text depends on the project alone; whatever names and texts it holds stay names and texts. Any thread.
#pragma once
#include "core/io/project.h"

#include <string>
#include <string_view>

namespace gradlens {

enum class SourceFramework { PyTorch, Keras };

struct SourceOptions {
    std::string checkpoint = {};  // what the program loads unless it is told another; empty: fresh weights
};

// catalogue: drawingCatalogue(). Throws Error: the drawing is at fault, or has something the framework cannot say
// exactly; the message names the layer, its op and why.
std::string exportSource(const Project& project, SourceFramework framework, const OpCatalogue& catalogue,
                         const SourceOptions& options = {});

std::string_view frameworkName(SourceFramework framework);  // "PyTorch"

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
// Names of nodes as names in Python: letters, digits and '_', none of the language's own, none that a module of PyTorch
// or a model of Keras has already, each once.
#pragma once
#include "core/export/source_export.h"

#include <set>
#include <string>
#include <string_view>

namespace gradlens {

class PythonNames {
public:
    explicit PythonNames(SourceFramework framework);
    // Takes the names of the functions and classes that a text defines at its left edge.
    void reserveDefinitions(std::string_view text);
    // A free name made from `wanted`, which is taken from then on.
    std::string take(std::string_view wanted);

private:
    std::set<std::string, std::less<>> m_taken;
};

// One line of comment: what would end it is gone.
std::string pythonComment(std::string_view text);

}  // namespace gradlens

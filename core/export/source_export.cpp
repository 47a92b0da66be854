// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/source_export.h"

#include "core/export/source_files.h"
#include "core/export/source_program.h"

namespace gradlens {

std::string_view frameworkName(SourceFramework framework) {
    return framework == SourceFramework::PyTorch ? "PyTorch" : "Keras";
}

std::string exportSource(const Project& project, SourceFramework framework, const OpCatalogue& catalogue,
                         const SourceOptions& options) {
    const SourceProgram program = sourceProgram(project, framework, catalogue);
    return framework == SourceFramework::PyTorch ? torchFile(program, project, options)
                                                 : kerasFile(program, project, options);
}

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
// The command that writes a project as something for elsewhere: source of other frameworks, a figure.
#include "app/cli/command.h"
#include "core/export/figure_svg.h"
#include "core/export/source_export.h"
#include "core/graph/block_library.h"
#include "core/io/atomic_file.h"
#include "core/io/safetensors.h"

#include <cstdio>

namespace gradlens::cli {

namespace {
std::string textOf(const ExportOptions& options) {
    const Project project = loadProject(options.project, drawingCatalogue());
    if (options.kind == ExportOptions::Kind::Svg)
        return figureOf(project.graph, catalogueOf(project, drawingCatalogue()), figureColors(options.style)).svg;
    SourceOptions source;
    if (!options.checkpoint.empty()) {
        const SafetensorsReader readable(options.checkpoint);  // throws where it is none
        source.checkpoint = options.checkpoint.string();
    }
    const SourceFramework framework =
        options.kind == ExportOptions::Kind::PyTorch ? SourceFramework::PyTorch : SourceFramework::Keras;
    return exportSource(project, framework, drawingCatalogue(), source);
}
}  // namespace

int exportProject(const ExportOptions& options) {
    const std::string text = textOf(options);
    if (options.output.empty() || options.output == "-")
        std::fwrite(text.data(), 1, text.size(), stdout);
    else
        writeFileAtomically(options.output, text);
    return 0;
}

}  // namespace gradlens::cli

// SPDX-License-Identifier: GPL-3.0-or-later
// A program as a whole Python file.
#pragma once
#include "core/export/source_program.h"

#include <span>

namespace gradlens {

std::string torchFile(const SourceProgram& program, const Project& project, const SourceOptions& options);
std::string kerasFile(const SourceProgram& program, const Project& project, const SourceOptions& options);

// What both have in common. Pieces end with a newline.
// "# ..." lines: whose network it is and how the file is used; `imports` follow.
std::string fileHead(const Project& project, SourceFramework framework, std::string_view imports);
// BATCH_SIZE and such.
std::string constantsText(const Project& project, const SourceOptions& options);
// Assignments, with a comment where another block begins and a note of the shape.
std::string linesText(std::span<const ProgramLine> lines);
// WEIGHTS, and a function that reads a checkpoint and gives get(name).
std::string weightsText(const SourceProgram& program);
std::string checkpointReader();
// Definitions with two empty lines between them.
std::string definitionsText(std::span<const std::string> definitions);
std::string inputNames(std::span<const ProgramInput> inputs);
// "dense1, mu"; one name stands alone, none is None.
std::string outputsText(const SourceProgram& program);

}  // namespace gradlens

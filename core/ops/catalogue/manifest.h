// SPDX-License-Identifier: GPL-3.0-or-later
// The generated list of the functions in core/ops/*.cpp that define an op.
#pragma once
#include "core/ops/catalogue/op.h"

#include <span>

namespace gradlens {
std::span<OpDefinition (*const)()> opManifest();
}

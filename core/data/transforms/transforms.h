// SPDX-License-Identifier: GPL-3.0-or-later
// The transforms, one function each; transform.cpp lists them.
#pragma once
#include "core/data/transform.h"

namespace gradlens {

TransformDefinition flipTransform();
TransformDefinition cropTransform();
TransformDefinition rotateTransform();
TransformDefinition cutoutTransform();
TransformDefinition oneHotTransform();
TransformDefinition classWeightsTransform();
TransformDefinition normaliseTransform();

}  // namespace gradlens

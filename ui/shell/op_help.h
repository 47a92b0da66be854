// SPDX-License-Identifier: GPL-3.0-or-later
// The help page of an op, made from its definition. Pure function.
#pragma once
#include "core/ops/catalogue/op.h"

#include <QString>
#include <QStringList>

namespace gradlens {

QString opHelpMarkdown(const OpDefinition& op);

}  // namespace gradlens

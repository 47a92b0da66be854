// SPDX-License-Identifier: GPL-3.0-or-later
// Where the shipped examples and datasets are, for Qt. Any thread.
#pragma once
#include <QString>

namespace gradlens {

// Empty, after a warning, when there are none.
QString resourcesFolder();
// An example project by its stem: "digits-mlp".
QString exampleFile(const QString& name);

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
// The rules of advice as part of a help page, written from their definitions. Any thread.
#pragma once
#include <QString>

namespace gradlens {

QString adviceHelpMarkdown();

}  // namespace gradlens

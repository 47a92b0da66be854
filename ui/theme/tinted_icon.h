// SPDX-License-Identifier: GPL-3.0-or-later
// Icons drawn from resources/icons/<name>.svg in a colour of the current theme, sharp at any size and pixel ratio.
// The colour is looked up when painting, so an icon made once follows the theme. GUI thread only.
#pragma once
#include "ui/theme/theme.h"

namespace gradlens {

// `off` tints the icon, `on` the checked state. An unknown name gives a null icon.
QIcon tintedIcon(const QString& name, ThemeColor off, ThemeColor on);

}  // namespace gradlens

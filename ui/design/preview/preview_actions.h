// SPDX-License-Identifier: GPL-3.0-or-later
// What can be asked of the preview with a key, from menus and the command palette. Owned by the Design workspace's
// canvas.
#pragma once

class QAction;

namespace gradlens {

struct PreviewActions {
    QAction *cycle = nullptr, *previousSample = nullptr, *nextSample = nullptr, *randomSample = nullptr;
};

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
// Whether things on screen may move on their own accord. GUI thread only.
#pragma once

namespace gradlens {

// Not when the desktop says so, nor when the user chose less motion here.
bool isMotionWanted();
void setMotionReduced(bool reduced);
bool isMotionReduced();

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/motion.h"

#include <QApplication>
#include <QStyle>

namespace gradlens {

namespace {
bool reducedMotion = false;
}

bool isMotionWanted() {
    return !reducedMotion && QApplication::style()->styleHint(QStyle::SH_Widget_Animation_Duration) > 0;
}

void setMotionReduced(bool reduced) {
    reducedMotion = reduced;
}

bool isMotionReduced() {
    return reducedMotion;
}

}  // namespace gradlens

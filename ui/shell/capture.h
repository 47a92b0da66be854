// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of every workspace without a screen: opens a project, trains it for some steps, writes start.png,
// design.png, train.png and inspect.png. Needs a QApplication; runs its event loop. GUI thread.
#pragma once
#include "ui/theme/theme.h"

#include <QSize>
#include <QString>
#include <QStringList>

#include <cstdint>

namespace gradlens {

struct CaptureOptions {
    QString folder;   // made when missing
    QString project;  // empty: an example whose data is there
    std::int64_t steps = 200;
    int threads = 0;
    Theme::Mode theme = Theme::Mode::Dark;
    QSize size{1440, 900};
};

// Progress goes to stderr. The paths written. Throws Error.
QStringList capture(const CaptureOptions& options);

}  // namespace gradlens

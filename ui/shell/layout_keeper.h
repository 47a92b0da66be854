// SPDX-License-Identifier: GPL-3.0-or-later
// Remembers where the splitters and docks of a widget stand: every QSplitter and QMainWindow below it that has an
// object name. GUI thread.
#pragma once
#include "ui/shell/app_settings.h"

#include <QHash>

class QWidget;

namespace gradlens {

class LayoutKeeper {
public:
    explicit LayoutKeeper(AppSettings& settings) : m_settings(settings) {}
    // Notes the layout as built (for reset), then puts it as it was left last time.
    void adopt(QWidget* root);
    void save(QWidget* root);
    void reset(QWidget* root);

private:
    AppSettings& m_settings;
    QHash<QString, QByteArray> m_built;
};

}  // namespace gradlens

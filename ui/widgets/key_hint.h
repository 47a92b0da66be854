// SPDX-License-Identifier: GPL-3.0-or-later
// A key as it looks on a keyboard, for hints: "Ctrl+K". GUI thread.
#pragma once
#include "ui/theme/theme.h"

#include <QKeySequence>
#include <QLabel>

namespace gradlens {

class KeyHint : public QLabel {
public:
    explicit KeyHint(const QKeySequence& keys, QWidget* parent = nullptr)
        : QLabel(keys.toString(QKeySequence::NativeText), parent) {
        setProperty("look", "key");
        setFont(Theme::instance().small());
        setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    }
};

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
// Pieces that the forms of the property panel are made of, in one rhythm. GUI thread.
#pragma once
#include <QString>

class QLabel;
class QVBoxLayout;
class QWidget;

namespace gradlens {

inline constexpr int kFormSpacing = 10;

// A column with the panel's margins inside `part`.
QVBoxLayout* partLayout(QWidget* part);
// A field below its caption.
QVBoxLayout* captioned(const QString& text, QWidget* field);
// A faint text that wraps.
QLabel* summaryLabel();

}  // namespace gradlens

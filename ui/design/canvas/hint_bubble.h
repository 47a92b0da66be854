// SPDX-License-Identifier: GPL-3.0-or-later
// A short sentence beside the pointer that says what would happen, or why it may not. GUI thread.
#pragma once
#include <QLabel>

namespace gradlens {

class HintBubble : public QLabel {
    Q_OBJECT
public:
    enum class Tone { Plain, Warning, Refusal };
    explicit HintBubble(QWidget* parent);
    // Near `point` (of the parent), kept inside. An empty text hides it.
    void say(const QString& text, QPoint point, Tone tone);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Tone m_tone = Tone::Plain;
};

}  // namespace gradlens

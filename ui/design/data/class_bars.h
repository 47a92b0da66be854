// SPDX-License-Identifier: GPL-3.0-or-later
// How many samples each class has, as bars: the training part above, the validation part below. A click chooses a
// class. GUI thread.
#pragma once
#include <QScrollArea>
#include <QStringList>

#include <cstdint>
#include <vector>

namespace gradlens {

class ClassBars : public QScrollArea {
    Q_OBJECT
public:
    explicit ClassBars(QWidget* parent = nullptr);
    // By class; validation may be empty.
    void setCounts(const QStringList& names, std::vector<std::int64_t> train, std::vector<std::int64_t> validation);
    int count() const;
    QRect rowOf(int classNumber) const;  // in widget()

signals:
    void classChosen(int classNumber);

private:
    class Bars;
    Bars* m_bars;
};

}  // namespace gradlens

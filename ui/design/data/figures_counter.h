// SPDX-License-Identifier: GPL-3.0-or-later
// Counts the classes and measures the features of a dataset on a thread of its own. GUI thread; never waits, but for
// the destructor.
#pragma once
#include "core/data/dataset_figures.h"

#include <QObject>

#include <list>
#include <memory>
#include <thread>

namespace gradlens {

class FiguresCounter : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    ~FiguresCounter() override;

    // counted() follows; what was being counted before is dropped. Null: nothing to count.
    void count(std::shared_ptr<const Dataset> dataset);
    // Of the dataset counted last; null until counted().
    const DatasetFigures* figures() const { return m_figures.get(); }
    QString fault() const { return m_fault; }  // why there are none

signals:
    void counted();  // or a fault

private:
    struct Count {
        quint64 id;
        std::jthread thread;
    };
    void deliver(quint64 id, std::shared_ptr<const DatasetFigures> figures, const QString& fault);

    std::shared_ptr<const DatasetFigures> m_figures;
    QString m_fault;
    quint64 m_last = 0;
    std::list<Count> m_counts;  // the last is wanted; others are on their way out
};

}  // namespace gradlens

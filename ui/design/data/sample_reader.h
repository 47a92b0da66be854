// SPDX-License-Identifier: GPL-3.0-or-later
// Samples of a dataset as they are to be shown, read and prepared on a thread of its own: only those that are asked
// for, so that a dataset larger than memory costs no more than a small one. GUI thread; never waits, but for the
// destructor.
#pragma once
#include "core/data/dataset.h"

#include <QHash>
#include <QImage>
#include <QObject>
#include <QString>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace gradlens {

enum class SampleKind { Picture, Tokens, Numbers };
SampleKind kindOf(const Dataset& dataset);

// Which samples, and how they are looked at.
struct SampleLook {
    std::shared_ptr<const Dataset> dataset;
    bool validation = false;
    bool prepared = false;  // scaled and transformed, as a batch gets them; false: as loaded
    Augmentation augmentation = {};
    const DatasetPart& part() const { return validation ? dataset->validation : dataset->train; }
};

struct Sample {
    QString label;              // "Ankle boot", "0.25"
    int classNumber = -1;       // where it has one class
    QImage picture;             // of a picture, at most kMostPixels on a side
    QString text;               // of tokens
    std::vector<float> values;  // of numbers
    float minimum = 0, maximum = 0, mean = 0;
    static constexpr int kMostPixels = 256;
};

class SampleReader : public QObject {
    Q_OBJECT
public:
    explicit SampleReader(QObject* parent = nullptr);
    ~SampleReader() override;

    // Another look: what was read before is forgotten. A null dataset: nothing to read.
    void setLook(SampleLook look);
    const SampleLook& look() const { return m_look; }
    // Reads what of these is not there yet, in this order, in place of what was wanted before.
    void want(const std::vector<std::int64_t>& samples);
    const Sample* find(std::int64_t sample) const;
    bool isIdle() const;  // all that is wanted is there

signals:
    void arrived();                                            // more samples are there
    void failed(const QString& message, const QString& hint);  // a sample could not be read; the rest is not tried

private:
    struct Result {
        quint64 generation;
        std::int64_t index;
        Sample sample;
        QString message, hint;  // of a fault
    };
    void work(const std::stop_token& stop);
    void put(Result result);
    void take();
    void trim();

    SampleLook m_look;
    QHash<qint64, Sample> m_samples;
    std::vector<std::int64_t> m_lastWanted;
    qint64 m_bytes = 0;

    std::mutex m_mutex;  // guards what follows
    std::condition_variable_any m_wake;
    SampleLook m_lookForThread;
    quint64 m_generation = 0;
    std::vector<std::int64_t> m_wanted;  // the next one last
    std::vector<Result> m_results;
    bool m_told = false;  // take() is on its way

    std::jthread m_thread;
};

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
// The GUI's side of the trainer: polls its channels at the frame rate and tells panels what is new. The only object in
// ui/ that talks to the Trainer. GUI thread only; never waits.
#pragma once
#include "core/train/trainer.h"

#include <QHash>
#include <QObject>
#include <QString>
#include <QTimer>

#include <cstdint>
#include <memory>

namespace gradlens {

// Keeps a probe registered for as long as it lives. Movable; made by Session::probe(). May outlive the session.
class ProbeHandle {
public:
    ProbeHandle() = default;
    ~ProbeHandle();
    ProbeHandle(ProbeHandle&& other) noexcept;
    ProbeHandle& operator=(ProbeHandle&& other) noexcept;

    explicit operator bool() const { return m_probe != nullptr; }
    ProbeId id() const { return m_probe ? *m_probe : 0; }
    // The latest result, or null.
    std::shared_ptr<const ProbeResult> latest() const;

private:
    friend class Session;
    void drop();
    std::weak_ptr<Trainer> m_trainer;
    std::shared_ptr<const ProbeId> m_probe;
};

class Session : public QObject {
    Q_OBJECT
public:
    explicit Session(TrainerOptions options, QObject* parent = nullptr);
    ~Session() override;

    // A run of this project, written to runFolder (resumed there when the folder holds one; empty: written nowhere).
    // Replaces the current run, which is autosaved first.
    void prepare(const Project& project, const QString& projectFolder, const QString& runFolder);
    // Ends the current run, autosaved; status() is that of an empty trainer until the next prepare().
    void close();
    bool isPrepared() const;

    void run();
    void pause();
    void stop();
    void stepInstruction();
    void stepBatch(qint64 batches = 1);
    void stepEpoch();
    void setLearningRate(double learningRate);
    void setEpochs(qint64 epochs);
    // From the next step on, another drawing or other settings over the same data (see Trainer::edit()).
    void edit(const Project& project);
    void save();

    const TrainerStatus& status() const { return m_status; }
    std::shared_ptr<const ScalarLog> scalars() const;
    std::shared_ptr<const TrainingGraph> trainingGraph() const;

    // Registers a probe; probeChanged(id) follows with each new result. Unknown value names deliver nothing until a run
    // has them.
    ProbeHandle probe(const ProbeRequest& request);

    // All parameters at once, for what computes with them: weightsChanged() follows, at the latest with the next step.
    void askForWeights();
    std::shared_ptr<const State> weights() const { return m_weights; }  // of this run; null before the first

signals:
    void statusChanged();         // m_status is new; at most once a frame
    void scalarsChanged();        // new points; read on from where you were
    void scalarsReplaced();       // another run: scalars() is another object
    void trainingGraphChanged();  // another run or plan
    void probeChanged(gradlens::ProbeId probe);
    void weightsChanged();  // weights() are others, or gone with their run
    void eventArrived(const gradlens::TrainerEvent& event);

private:
    struct WatchedProbe {
        std::weak_ptr<const ProbeId> alive;  // its handle
        quint64 version = 0;
    };

    void poll();
    void pollScalars();
    void pollGraph();
    void pollProbes();
    void setWeights(std::shared_ptr<const State> weights);

    std::shared_ptr<Trainer> m_trainer;
    QTimer m_timer;
    TrainerStatus m_status;
    bool m_closed = true;
    QHash<quint64, WatchedProbe> m_probes;
    std::weak_ptr<const ScalarLog> m_seenScalars;
    std::int64_t m_seenPoints = 0;
    std::weak_ptr<const TrainingGraph> m_seenGraph;
    std::shared_ptr<const State> m_weights;
    std::uint64_t m_version = 0;
};

}  // namespace gradlens

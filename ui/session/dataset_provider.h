// SPDX-License-Identifier: GPL-3.0-or-later
// The data of the project, loaded on a thread of its own, for whoever shows samples or judges the drawing by them. One
// dataset is current: the one last asked for. GUI thread only; never waits, but for the destructor.
#pragma once
#include "core/data/dataset_source.h"

#include <QObject>
#include <QString>

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace gradlens {

// Which dataset: where relative paths start and the seed (generators, splits) decide too.
struct DatasetRequest {
    DatasetSpec spec;
    QString projectFolder;  // empty: the project was never saved
    std::uint64_t seed = 1;
    friend bool operator==(const DatasetRequest&, const DatasetRequest&) = default;
};

class DatasetProvider : public QObject {
    Q_OBJECT
public:
    enum class State { Nothing, Loading, Loaded, Failed };

    // resourcesFolder empty: found when first needed.
    explicit DatasetProvider(QString resourcesFolder = {}, QObject* parent = nullptr);
    ~DatasetProvider() override;  // asks what is under way to stop, and waits for it

    // Makes this the current dataset. loaded() or failed() follows, at once for one that is still kept; nothing happens
    // when it is the current one already. What was being loaded before is cancelled.
    void request(const DatasetRequest& request);
    // The current one again, from its files.
    void reload();
    // Nothing is current any more; loaded() and failed() of what was asked for will not come.
    void cancel();

    State state() const { return m_state; }
    const std::optional<DatasetRequest>& current() const { return m_current; }
    // Of the current request; null unless Loaded. Holders keep it alive.
    std::shared_ptr<const Dataset> dataset() const { return m_dataset; }
    QString message() const { return m_message; }  // Failed: what and where
    QString hint() const { return m_hint; }        // Failed: what to do

signals:
    void stateChanged();           // before loaded() or failed()
    void progressed(double done);  // 0..1, of the load under way
    void loaded();                 // dataset() is there
    void failed(const QString& message, const QString& hint);

private:
    struct Load;
    struct Kept {
        DatasetRequest request;
        std::shared_ptr<const Dataset> dataset;
    };

    void start(const DatasetRequest& request);
    void stopLoads();
    void deliver(quint64 id, std::shared_ptr<const Dataset> dataset, const QString& message, const QString& hint);
    void show(std::shared_ptr<const Dataset> dataset);
    void setState(State state);

    QString m_resourcesFolder;
    State m_state = State::Nothing;
    std::optional<DatasetRequest> m_current;
    std::shared_ptr<const Dataset> m_dataset;
    QString m_message, m_hint;
    std::vector<Kept> m_kept;                  // the last few, the latest last: undo brings them back at once
    std::list<std::unique_ptr<Load>> m_loads;  // the one under way is the last; cancelled ones are on their way out
    quint64 m_lastId = 0;
};

}  // namespace gradlens

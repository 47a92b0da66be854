// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/dataset_provider.h"

#include "core/base/error.h"
#include "core/io/resources.h"

#include <algorithm>
#include <exception>

namespace gradlens {

namespace {
constexpr std::size_t kMostKept = 2;  // datasets may be large

std::filesystem::path toPath(const QString& text) {
    return std::filesystem::path(text.toStdU16String());
}

QString said(const Error& error) {
    return QString::fromStdString(error.where().empty() ? error.problem() : error.where() + ": " + error.problem());
}
}  // namespace

struct DatasetProvider::Load {
    quint64 id = 0;
    std::jthread thread;
};

DatasetProvider::DatasetProvider(QString resourcesFolder, QObject* parent)
    : QObject(parent), m_resourcesFolder(std::move(resourcesFolder)) {}

DatasetProvider::~DatasetProvider() {
    stopLoads();
    m_loads.clear();  // joins
}

void DatasetProvider::request(const DatasetRequest& request) {
    if (m_current == request && m_state != State::Nothing) return;
    stopLoads();
    m_current = request;
    const auto kept = std::ranges::find(m_kept, request, &Kept::request);
    if (kept == m_kept.end()) {
        start(request);
        return;
    }
    std::rotate(kept, kept + 1, m_kept.end());
    show(m_kept.back().dataset);
}

void DatasetProvider::reload() {
    if (!m_current) return;
    stopLoads();
    std::erase_if(m_kept, [&](const Kept& kept) { return kept.request == *m_current; });
    start(*m_current);
}

void DatasetProvider::cancel() {
    stopLoads();
    m_current.reset();
    m_dataset.reset();
    setState(State::Nothing);
}

void DatasetProvider::stopLoads() {
    for (const auto& load : m_loads) load->thread.request_stop();
}

void DatasetProvider::start(const DatasetRequest& request) {
    m_dataset.reset();
    m_message.clear();
    m_hint.clear();
    const quint64 id = ++m_lastId;
    auto load = std::make_unique<Load>();
    load->id = id;
    load->thread = std::jthread([this, id, request, resources = m_resourcesFolder](const std::stop_token& stop) {
        std::shared_ptr<const Dataset> dataset;
        QString message, hint;
        double shown = 0;
        const auto progress = [&](double done) {
            constexpr double kWorthTelling = 0.02;
            if (done - shown >= kWorthTelling) {
                shown = done;
                QMetaObject::invokeMethod(
                    this,
                    [this, id, done] {
                        if (id == m_lastId && m_state == State::Loading) emit progressed(done);
                    },
                    Qt::QueuedConnection);
            }
            return !stop.stop_requested();
        };
        try {
            dataset = loadDataset(
                request.spec, {toPath(request.projectFolder), resources.isEmpty() ? findResources() : toPath(resources),
                               request.seed, progress});
        } catch (const Error& error) {
            message = said(error);
            hint = QString::fromStdString(error.hint());
        } catch (const std::exception& error) {
            message = QString::fromUtf8(error.what());
        }
        QMetaObject::invokeMethod(
            this, [this, id, dataset, message, hint] { deliver(id, dataset, message, hint); }, Qt::QueuedConnection);
    });
    m_loads.push_back(std::move(load));
    setState(State::Loading);
}

void DatasetProvider::deliver(quint64 id, std::shared_ptr<const Dataset> dataset, const QString& message,
                              const QString& hint) {
    const auto load = std::ranges::find(m_loads, id, [](const auto& each) { return each->id; });
    const bool wanted = !(*load)->thread.get_stop_token().stop_requested();
    m_loads.erase(load);  // its thread has nothing left to do
    if (!wanted) return;
    if (dataset != nullptr) {
        m_kept.push_back({*m_current, dataset});
        if (m_kept.size() > kMostKept) m_kept.erase(m_kept.begin());
        show(std::move(dataset));
        return;
    }
    m_message = message;
    m_hint = hint;
    setState(State::Failed);
    emit failed(message, hint);
}

void DatasetProvider::show(std::shared_ptr<const Dataset> dataset) {
    m_dataset = std::move(dataset);
    m_message.clear();
    m_hint.clear();
    setState(State::Loaded);
    emit loaded();
}

void DatasetProvider::setState(State state) {
    m_state = state;
    emit stateChanged();
}

}  // namespace gradlens

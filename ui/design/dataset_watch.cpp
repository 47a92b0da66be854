// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/dataset_watch.h"

#include <QFileInfo>

namespace gradlens {

namespace {
constexpr int kPause = 250;  // milliseconds without an edit
}

DatasetWatch::DatasetWatch(DesignDocument& document, DatasetProvider& provider, QObject* parent)
    : QObject(parent), m_document(document), m_provider(provider) {
    m_pause.setSingleShot(true);
    m_pause.setInterval(kPause);
    connect(&m_pause, &QTimer::timeout, this, &DatasetWatch::follow);
    connect(&document, &DesignDocument::projectChanged, &m_pause, qOverload<>(&QTimer::start));
    connect(&document, &DesignDocument::pathChanged, &m_pause, qOverload<>(&QTimer::start));
    connect(&provider, &DatasetProvider::stateChanged, this, &DatasetWatch::tell);
    m_pause.start();
}

DatasetRequest DatasetWatch::wanted() const {
    const QString path = m_document.path();
    return {m_document.project().data, path.isEmpty() ? QString() : QFileInfo(path).absolutePath(),
            m_document.project().training.seed};
}

void DatasetWatch::follow() {
    if (m_provider.current() != wanted()) m_document.setKnownData({});
    if (m_document.knownAnalysis().valid()) m_provider.request(wanted());
    tell();
}

void DatasetWatch::tell() {
    if (m_provider.current() != wanted()) return;
    KnownData data;
    if (m_provider.state() == DatasetProvider::State::Loaded) {
        data.dataset = m_provider.dataset();
        data.facts = m_provider.facts();
    } else if (m_provider.state() == DatasetProvider::State::Failed) {
        data.fault = Problem{};
        data.fault->message = m_provider.message().toStdString();
        data.fault->hint = m_provider.hint().toStdString();
    }
    m_document.setKnownData(std::move(data));
}

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/preview/drawing_preview.h"

#include <QFileInfo>
#include <QLocale>
#include <QRandomGenerator>

#include <algorithm>

namespace gradlens {

DrawingPreview::DrawingPreview(DesignDocument& document, Session& session, DatasetProvider& data, QObject* parent)
    : QObject(parent), m_document(document), m_data(data), m_session(session) {
    connect(&document, &DesignDocument::analysisChanged, this, &DrawingPreview::refreshProject);
    // Of the settings only these change what is computed; cards that move do not.
    connect(&document, &DesignDocument::projectChanged, this, [this] {
        if (!isOn() || m_project == nullptr) return;
        const TrainingSpec &before = m_project->training, &now = m_document.project().training;
        if (before.seed != now.seed || before.precision != now.precision) refreshProject();
    });
    connect(&document, &DesignDocument::reset, this, [this] {
        setSample(0);
        refreshProject();
    });
    connect(&document, &DesignDocument::pathChanged, this, &DrawingPreview::refreshData);
    connect(&data, &DatasetProvider::stateChanged, this, [this] {
        m_session.setDataset(m_data.dataset());
        if (hasValidation() || m_data.dataset() == nullptr) {
            setSample(m_sample);
        } else {
            setValidation(false);
        }
        emit sampleChanged();
        emit previewChanged();
    });
    connect(&m_session, &PreviewSession::previewChanged, this, &DrawingPreview::previewChanged);
    m_session.setDataset(m_data.dataset());
    m_session.setGradients(false);
}

void DrawingPreview::setMode(Mode mode) {
    if (mode == m_mode) return;
    m_mode = mode;
    m_session.setGradients(mode == Mode::Gradient);
    m_session.setActive(isOn());
    if (isOn())
        refreshProject();
    else
        m_project.reset();
    emit modeChanged();
}

void DrawingPreview::cycleMode() {
    constexpr int kModes = 3;
    setMode(static_cast<Mode>((static_cast<int>(m_mode) + 1) % kModes));
}

void DrawingPreview::refreshProject() {
    if (!isOn()) return;
    m_project = std::make_shared<const Project>(m_document.project());
    m_session.setProject(m_project);
    refreshData();
}

void DrawingPreview::refreshData() {
    if (!isOn()) return;
    const QString folder = m_document.path().isEmpty() ? QString() : QFileInfo(m_document.path()).absolutePath();
    m_data.request({m_document.project().data, folder, m_document.project().training.seed});
}

qint64 DrawingPreview::sampleCount() const {
    const auto dataset = m_data.dataset();
    if (dataset == nullptr) return 0;
    return (m_validation ? dataset->validation : dataset->train).size();
}

bool DrawingPreview::hasValidation() const {
    const auto dataset = m_data.dataset();
    return dataset != nullptr && dataset->validation.size() > 0;
}

void DrawingPreview::setValidation(bool validation) {
    if (validation == m_validation || (validation && !hasValidation())) return;
    m_validation = validation;
    m_sample = std::clamp<qint64>(m_sample, 0, std::max<qint64>(sampleCount() - 1, 0));
    m_session.setSample(m_validation, m_sample);
    emit sampleChanged();
}

void DrawingPreview::setSample(qint64 sample) {
    const qint64 count = sampleCount();
    const qint64 kept = count > 0 ? std::clamp<qint64>(sample, 0, count - 1) : std::max<qint64>(sample, 0);
    if (kept == m_sample) return;
    m_sample = kept;
    m_session.setSample(m_validation, m_sample);
    emit sampleChanged();
}

void DrawingPreview::stepSample(qint64 by) {
    const qint64 count = sampleCount();
    if (count > 0) setSample(((m_sample + by) % count + count) % count);
}

void DrawingPreview::randomSample() {
    const qint64 count = sampleCount();
    if (count > 0) setSample(static_cast<qint64>(QRandomGenerator::global()->generate64() % quint64(count)));
}

const NodePreview* DrawingPreview::nodePreview(NodeId node) const {
    const auto preview = this->preview();
    return preview == nullptr || m_document.isInside() ? nullptr : preview->find(node);
}

QString DrawingPreview::weightsText() const {
    const auto preview = this->preview();
    if (preview == nullptr || preview->nodes.empty()) return {};
    if (preview->step < 0) return tr("Initial weights");
    const QString text = tr("Weights of step %1").arg(QLocale().toString(qlonglong(preview->step)));
    return preview->newParameters == 0 ? text : tr("%1, new ones initial").arg(text);
}

QString DrawingPreview::faultText() const {
    switch (m_data.state()) {
        case DatasetProvider::State::Loading:
            return tr("Loading the data…");
        case DatasetProvider::State::Failed:
            return m_data.message();
        case DatasetProvider::State::Nothing:
        case DatasetProvider::State::Loaded:
            break;
    }
    const auto preview = this->preview();
    return preview == nullptr ? QString() : QString::fromStdString(preview->fault);
}

}  // namespace gradlens

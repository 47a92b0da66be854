// SPDX-License-Identifier: GPL-3.0-or-later
// Which preview of the drawing is shown: whether at all, of outputs or gradients, on which sample. Keeps it up to date
// with the document, the data and the run. GUI thread only.
#pragma once
#include "ui/models/design_document.h"
#include "ui/session/dataset_provider.h"
#include "ui/session/preview_session.h"

#include <QObject>
#include <QString>

#include <memory>

namespace gradlens {

class DrawingPreview : public QObject {
    Q_OBJECT
public:
    enum class Mode { Off, Output, Gradient };

    // All must outlive it. Data is asked for, and loaded, only while the preview is on.
    DrawingPreview(DesignDocument& document, Session& session, DatasetProvider& data, QObject* parent = nullptr);

    Mode mode() const { return m_mode; }
    bool isOn() const { return m_mode != Mode::Off; }
    void setMode(Mode mode);
    void cycleMode();  // Off, Output, Gradient, Off ...

    // A sample of the training or the validation part; moving past an end goes on at the other.
    bool isValidation() const { return m_validation; }
    qint64 sample() const { return m_sample; }
    qint64 sampleCount() const;  // of the part; 0 while it is not known
    bool hasValidation() const;
    void setValidation(bool validation);
    void setSample(qint64 sample);
    void stepSample(qint64 by);
    void randomSample();

    std::shared_ptr<const Preview> preview() const { return m_session.preview(); }  // null: none
    const NodePreview* nodePreview(NodeId node) const;
    // "Initial weights", "Weights of step 1,204"; empty while there is no preview.
    QString weightsText() const;
    // Why there is no preview, or not of everything; empty when all is well.
    QString faultText() const;
    bool isBusy() const { return m_session.isBusy(); }

signals:
    void modeChanged();
    void sampleChanged();   // another sample is asked for, or others can be
    void previewChanged();  // preview() or its texts

private:
    void refreshProject();
    void refreshData();

    DesignDocument& m_document;
    DatasetProvider& m_data;
    PreviewSession m_session;
    Mode m_mode = Mode::Off;
    bool m_validation = false;
    qint64 m_sample = 0;
    std::shared_ptr<const Project> m_project;  // as last handed to the session
};

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps a provider at the document's data, and the document informed of what was loaded: its checks then know the data.
// Loads only for drawings without faults; those are told of first. GUI thread only.
#pragma once
#include "ui/models/design_document.h"
#include "ui/session/dataset_provider.h"

#include <QObject>
#include <QTimer>

namespace gradlens {

class DatasetWatch : public QObject {
    Q_OBJECT
public:
    // Both must outlive the watch.
    DatasetWatch(DesignDocument& document, DatasetProvider& provider, QObject* parent = nullptr);

    // What the document asks for.
    DatasetRequest wanted() const;

private:
    void follow();
    void tell();

    DesignDocument& m_document;
    DatasetProvider& m_provider;
    QTimer m_pause;  // a path that is being typed is not looked for letter by letter
};

}  // namespace gradlens

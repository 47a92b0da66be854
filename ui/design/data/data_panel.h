// SPDX-License-Identifier: GPL-3.0-or-later
// The data of the project: where it comes from and what is done to it, above; what came of it, below. Loads while it is
// visible. GUI thread.
#pragma once
#include "ui/models/design_document.h"
#include "ui/session/dataset_provider.h"

#include <QWidget>

#include <optional>

class QLabel;
class QProgressBar;
class QPushButton;
class QSplitter;
class QStackedWidget;

namespace gradlens {

class ChoiceForm;
class EmptyState;
class SampleBrowser;
class TransformList;

class DataPanel : public QWidget {
    Q_OBJECT
public:
    // Document and provider must outlive it.
    DataPanel(DesignDocument& document, DatasetProvider& provider, QWidget* parent = nullptr);

    ChoiceForm* source() const { return m_source; }
    TransformList* transforms() const { return m_transforms; }
    SampleBrowser* browser() const { return m_browser; }
    EmptyState* trouble() const { return m_trouble; }  // why there is nothing to see, and what to do
    QPushButton* cancelButton() const { return m_cancel; }
    bool isLoading() const;

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeSettings();
    QWidget* makeLoading();
    void refresh();
    void request();
    void showState();
    void showFault(const QString& message, const QString& hint);

    DesignDocument& m_document;
    DatasetProvider& m_provider;
    ChoiceForm* m_source;
    TransformList* m_transforms;
    QStackedWidget* m_state;
    SampleBrowser* m_browser;
    EmptyState* m_trouble;
    QWidget* m_loading;
    QLabel* m_loadingText;
    QProgressBar* m_progress;
    QPushButton* m_cancel;
    QTimer m_requestTimer;                 // typing a number asks for one dataset, not for one a digit
    QTimer m_loadingTimer;                 // what loads at once flashes no bar
    std::optional<DatasetSpec> m_refused;  // what the user stopped loading; asked for again only by hand
};

}  // namespace gradlens

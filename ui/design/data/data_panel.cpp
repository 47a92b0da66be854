// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/data/data_panel.h"

#include "ui/design/choice_form.h"
#include "ui/design/data/sample_browser.h"
#include "ui/design/data/sample_sheet.h"
#include "ui/design/data/transform_list.h"
#include "ui/design/form_parts.h"
#include "ui/theme/theme.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/section.h"

#include <QFileInfo>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace gradlens {

namespace {
constexpr int kTypingPause = 250, kUnseenLoad = 150;  // milliseconds
constexpr int kSettingsHeight = 210, kBrowserHeight = 440;

std::vector<ChoiceForm::Option> sourceOptions() {
    std::vector<ChoiceForm::Option> options;
    for (const DatasetSource& source : datasetSources())
        options.push_back({source.name, source.label, source.summary, source.attributes});
    return options;
}
}  // namespace

DataPanel::DataPanel(DesignDocument& document, DatasetProvider& provider, QWidget* parent)
    : QWidget(parent), m_document(document), m_provider(provider) {
    setObjectName("dataPanel");
    setAccessibleName(tr("Data"));
    m_browser = new SampleBrowser;
    setFocusProxy(&m_browser->sheet());
    m_trouble = new EmptyState("data", {}, {});
    m_trouble->setObjectName("dataTrouble");
    m_loading = makeLoading();
    m_state = new QStackedWidget;
    for (QWidget* page : {static_cast<QWidget*>(m_browser), m_loading, static_cast<QWidget*>(m_trouble)})
        m_state->addWidget(page);
    auto* down = new QSplitter(Qt::Vertical, this);
    down->addWidget(makeSettings());
    down->addWidget(m_state);
    down->setChildrenCollapsible(false);
    down->setStretchFactor(0, 0);
    down->setStretchFactor(1, 1);
    down->setSizes({kSettingsHeight, kBrowserHeight});
    m_state->setMinimumHeight(200);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(down);

    m_requestTimer.setSingleShot(true);
    m_requestTimer.setInterval(kTypingPause);
    m_loadingTimer.setSingleShot(true);
    m_loadingTimer.setInterval(kUnseenLoad);
    connect(&m_requestTimer, &QTimer::timeout, this, &DataPanel::request);
    connect(&m_loadingTimer, &QTimer::timeout, this, [this] { m_state->setCurrentWidget(m_loading); });
    connect(m_trouble, &EmptyState::actionTriggered, this, [this] {
        m_refused = {};
        if (m_provider.state() == DatasetProvider::State::Failed)
            m_provider.reload();
        else
            request();
        showState();
    });
    connect(m_browser, &SampleBrowser::failed, this, &DataPanel::showFault);
    connect(&m_provider, &DatasetProvider::stateChanged, this, &DataPanel::showState);
    connect(&m_provider, &DatasetProvider::progressed, m_progress,
            [this](double done) { m_progress->setValue(static_cast<int>(done * m_progress->maximum())); });
    connect(&m_document, &DesignDocument::projectChanged, this, &DataPanel::refresh);
    connect(&m_document, &DesignDocument::reset, this, [this] {
        m_source->forget();
        m_refused = {};
        refresh();
    });
    connect(&m_document, &DesignDocument::pathChanged, this, &DataPanel::refresh);
    refresh();
    showState();
}

QWidget* DataPanel::makeSettings() {
    m_source =
        new ChoiceForm("dataSource", tr("Source"), tr("There is no data source called '%1'."), sourceOptions(), this);
    connect(m_source, &ChoiceForm::chosen, this, [this](const std::string& name) {
        const DatasetSource* source = findDatasetSource(name);
        m_document.setData({name, {}, m_document.project().data.transforms},
                           tr("Take the data from %1").arg(QString::fromStdString(source->label)));
    });
    connect(m_source, &ChoiceForm::edited, this, [this](const Attributes& attributes) {
        DatasetSpec changed = m_document.project().data;
        changed.attributes = attributes;
        m_document.setData(changed);
    });
    connect(m_source, &ChoiceForm::editingFinished, this, [this] { m_document.endMerge(); });
    m_transforms = new TransformList(m_document);

    auto* content = new QWidget;
    content->setProperty("look", "panel");
    content->setAttribute(Qt::WA_StyledBackground);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, Theme::kSpace / 2, 0, 0);
    column->setSpacing(0);
    auto* sourcePart = new QWidget;
    partLayout(sourcePart)->addWidget(m_source);
    column->addWidget(sourcePart);
    auto* transforms = new CollapsibleSection(tr("Transforms"));
    transforms->setContent(m_transforms);
    transforms->header()->addTool(m_transforms->addButton());
    column->addWidget(transforms);
    column->addStretch();
    auto* area = new QScrollArea;
    area->setObjectName("dataSettings");
    area->setProperty("look", "panel");
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidget(content);
    area->setMinimumHeight(120);
    return area;
}

QWidget* DataPanel::makeLoading() {
    m_loadingText = new QLabel(tr("Loading"));
    m_loadingText->setProperty("look", "muted");
    m_loadingText->setAlignment(Qt::AlignCenter);
    m_loadingText->setWordWrap(true);
    m_progress = new QProgressBar;
    m_progress->setRange(0, 1000);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Loading the data"));
    m_cancel = new QPushButton(tr("Stop loading"));
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        m_refused = m_document.project().data;
        m_provider.cancel();
    });
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(Theme::kSpace * 3, Theme::kSpace * 3, Theme::kSpace * 3, Theme::kSpace * 3);
    column->setSpacing(Theme::kSpace * 3 / 2);
    column->addStretch();
    column->addWidget(m_loadingText);
    column->addWidget(m_progress);
    column->addWidget(m_cancel, 0, Qt::AlignHCenter);
    column->addStretch();
    return page;
}

bool DataPanel::isLoading() const {
    return m_state->currentWidget() == m_loading;
}

void DataPanel::refresh() {
    const Project& project = m_document.project();
    const QString folder = m_document.path().isEmpty() ? QString() : QFileInfo(m_document.path()).absolutePath();
    m_source->setChoice(project.data.source, project.data.attributes, folder);
    if (isVisible()) m_requestTimer.start();
}

void DataPanel::showEvent(QShowEvent*) {
    request();
    showState();
}

void DataPanel::request() {
    const Project& project = m_document.project();
    if (!isVisible() || project.data == m_refused) return;
    const QString folder = m_document.path().isEmpty() ? QString() : QFileInfo(m_document.path()).absolutePath();
    m_provider.request({project.data, folder, project.training.seed});
}

void DataPanel::showState() {
    m_loadingTimer.stop();
    if (!isVisible()) return;  // others load as well: nothing is counted for nobody
    const DatasetSource* source = findDatasetSource(m_document.project().data.source);
    switch (m_provider.state()) {
        case DatasetProvider::State::Loading:
            m_progress->setValue(0);
            m_loadingText->setText(
                tr("Loading %1").arg(source != nullptr ? QString::fromStdString(source->label) : tr("the data")));
            m_loadingTimer.start();
            return;
        case DatasetProvider::State::Loaded:
            m_browser->setDataset(m_provider.dataset(), m_provider.current()->seed);
            m_state->setCurrentWidget(m_browser);
            return;
        case DatasetProvider::State::Failed:
            showFault(m_provider.message(), m_provider.hint());
            return;
        case DatasetProvider::State::Nothing:
            break;
    }
    m_browser->setDataset(nullptr, 0);
    m_trouble->setTitle(tr("Nothing is loaded"));
    m_trouble->setHint(tr("Load the data to look through its samples."));
    m_trouble->setActionText(tr("Load"));
    m_state->setCurrentWidget(m_trouble);
}

void DataPanel::showFault(const QString& message, const QString& hint) {
    m_browser->setDataset(nullptr, 0);
    m_trouble->setTitle(tr("The data cannot be loaded"));
    QString text = message;
    if (!text.isEmpty()) text[0] = text[0].toUpper();
    if (!text.endsWith('.')) text += '.';
    m_trouble->setHint(hint.isEmpty() ? text : text + "\n\n" + hint);
    m_trouble->setActionText(tr("Try again"), "refresh");
    m_state->setCurrentWidget(m_trouble);
}

}  // namespace gradlens

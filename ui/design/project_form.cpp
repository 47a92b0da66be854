// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/project_form.h"

#include "ui/design/form_parts.h"
#include "ui/models/words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/section.h"

#include <QEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace gradlens {

namespace {
constexpr int kMargin = Theme::kSpace * 3 / 2;
}  // namespace

ProjectForm::ProjectForm(DesignDocument& document, QWidget* parent) : QWidget(parent), m_document(document) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, kMargin);
    column->setSpacing(0);
    auto* section = new CollapsibleSection(tr("Project"), this);
    section->setContent(makeProjectPart());
    column->addWidget(section);
    column->addStretch();
    connect(&m_document, &DesignDocument::projectChanged, this, &ProjectForm::refresh);
    connect(&m_document, &DesignDocument::analysisChanged, this, &ProjectForm::refreshFigures);
    refresh();
}

QWidget* ProjectForm::makeProjectPart() {
    auto* part = new QWidget;
    auto* column = partLayout(part);
    m_name = new QLineEdit;
    m_name->setObjectName("projectName");
    m_name->setAccessibleName(tr("Project name"));
    m_name->setPlaceholderText(tr("Untitled"));
    m_name->installEventFilter(this);
    column->addLayout(captioned(tr("Name"), m_name));
    m_description = new QPlainTextEdit;
    m_description->setObjectName("projectDescription");
    m_description->setAccessibleName(tr("Project description"));
    m_description->setPlaceholderText(tr("What it is for, what to look out for"));
    m_description->setTabChangesFocus(true);
    m_description->setFixedHeight(96);
    m_description->document()->setDocumentMargin(6);
    const auto frame = [this] {
        const Theme& theme = Theme::instance();
        m_description->setStyleSheet(
            QString("QPlainTextEdit { border: 1px solid %1; border-radius: 6px; } QPlainTextEdit:focus { border-color: "
                    "%2; }")
                .arg(theme.color(ThemeColor::Border).name(), theme.color(ThemeColor::Accent).name()));
    };
    connect(&Theme::instance(), &Theme::changed, this, frame);
    frame();
    m_description->installEventFilter(this);
    column->addLayout(captioned(tr("Description"), m_description));
    m_figures = summaryLabel();
    column->addWidget(m_figures);
    connect(m_name, &QLineEdit::textEdited, this, [this](const QString& text) { m_document.setName(text); });
    connect(m_description, &QPlainTextEdit::textChanged, this,
            [this] { m_document.setDescription(m_description->toPlainText()); });
    return part;
}

void ProjectForm::refresh() {
    const Project& project = m_document.project();
    const QString name = QString::fromStdString(project.name);
    if (m_name->text() != name) m_name->setText(name);
    const QString description = QString::fromStdString(project.description);
    if (m_description->toPlainText() != description) {
        const QSignalBlocker quiet(m_description);
        m_description->setPlainText(description);
    }
    refreshFigures();
}

void ProjectForm::refreshFigures() {
    const GraphAnalysis& analysis = m_document.knownAnalysis();
    const QString layers = counted(std::ssize(m_document.graph().nodes()), tr("layer"));
    const QString flops = flopsText(analysis.forwardFlops / static_cast<double>(analysis.batchSize));
    m_figures->setText(tr("%1, %2%3")
                           .arg(layers, compactNumber(static_cast<double>(analysis.parameters)) + tr(" parameters"),
                                flops.isEmpty() ? QString() : tr(", %1 forward a sample").arg(flops)));
}

bool ProjectForm::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::FocusOut) m_document.endMerge();
    return QWidget::eventFilter(watched, event);
}

}  // namespace gradlens

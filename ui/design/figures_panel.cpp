// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/figures_panel.h"

#include "core/base/error.h"
#include "core/io/atomic_file.h"
#include "core/plan/plan.h"
#include "core/train/training_run.h"
#include "ui/models/words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/elided_label.h"

#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace gradlens {

namespace {
constexpr std::size_t kMostPlanned = 1000;  // layers; a plan takes milliseconds up to there
}  // namespace

FiguresPanel::FiguresPanel(DesignDocument& document, QWidget* parent)
    : QWidget(parent), m_document(document), m_model(document) {
    setObjectName("figures");
    setProperty("look", "panel");
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("Figures"));
    m_sorted = new QSortFilterProxyModel(this);
    m_sorted->setSourceModel(&m_model);
    m_sorted->setSortRole(FiguresModel::SortRole);
    m_view = new QTableView(this);
    m_view->setModel(m_sorted);
    m_view->setSortingEnabled(true);
    m_view->sortByColumn(-1, Qt::AscendingOrder);  // as they run, until asked otherwise
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setShowGrid(false);
    m_view->setFont(Theme::instance().small());
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(24);
    m_view->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_view->horizontalHeader()->setHighlightSections(false);
    m_view->setAccessibleName(tr("Figures of the layers"));

    m_coloring = new QComboBox(this);
    m_coloring->setObjectName("costColoring");
    m_coloring->addItem(tr("No colours"), -1);
    for (const FiguresModel::Column column :
         {FiguresModel::Parameters, FiguresModel::MultiplyAdds, FiguresModel::Activations, FiguresModel::Time})
        m_coloring->addItem(m_model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString(), column);
    m_coloring->setToolTip(tr("What colours the layers on the canvas"));
    m_coloring->setAccessibleName(tr("Colour the canvas by"));
    const auto button = [this](const QString& icon, const QString& tip, auto run) {
        auto* made = new QToolButton(this);
        made->setIcon(Theme::instance().icon(icon));
        made->setToolTip(tip);
        made->setAccessibleName(tip);
        connect(made, &QToolButton::clicked, this, run);
        connect(&Theme::instance(), &Theme::changed, made,
                [made, icon] { made->setIcon(Theme::instance().icon(icon)); });
        return made;
    };
    m_totals = new ElidedLabel({}, this);
    m_totals->setProperty("look", "muted");
    m_totals->setFont(Theme::instance().small());
    auto* row = new QHBoxLayout;
    row->setContentsMargins(12, 4, 8, 4);
    row->addWidget(m_totals, 1);
    row->addWidget(m_coloring);
    row->addWidget(button("copy", tr("Copy the table"), [this] { copy(); }));
    row->addWidget(button("export", tr("Save as CSV"), [this] { askForCsv(); }));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_view, 1);
    column->addLayout(row);

    connect(&document, &DesignDocument::analysisChanged, this, [this] {
        if (isWanted()) refresh();
    });
    connect(m_coloring, &QComboBox::currentIndexChanged, this, [this] { refresh(); });
    connect(m_view, &QTableView::clicked, this, [this](const QModelIndex& index) {
        const auto node = static_cast<NodeId>(index.data(FiguresModel::NodeRole).toUInt());
        if (m_document.graph().find(node) == nullptr) return;
        m_document.selection().select(node);
        emit nodeChosen(node);
    });
}

bool FiguresPanel::isWanted() const {
    return isVisible() || m_coloring->currentIndex() > 0;
}

void FiguresPanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    refresh();
}

void FiguresPanel::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy))
        copy();
    else
        QWidget::keyPressEvent(event);
}

void FiguresPanel::refresh() {
    m_model.refresh();
    const CostTable& table = m_model.table();
    m_totals->setText(tr("%1 parameters · %2 multiply-adds a sample · %3 activations · %4 to train a batch of %5")
                          .arg(compactNumber(static_cast<double>(table.parameters)), compactNumber(table.multiplyAdds),
                               bytesText(table.activationBytes), memoryText())
                          .arg(table.batchSize));
    color();
}

QString FiguresPanel::memoryText() const {
    const GraphAnalysis& analysis = m_document.analysis();
    if (!analysis.valid() || analysis.nodes.size() > kMostPlanned ||
        findOptimizer(m_document.project().training.optimizer.name) == nullptr)
        return QStringLiteral("–");
    const Plan plan = makePlan(loweredForTraining(m_document.project(), analysis.batchSize));
    return bytesText(static_cast<double>(plan.stateBytes + plan.workspaceBytes + 2 * plan.batchBytes));
}

void FiguresPanel::color() {
    std::unordered_map<NodeId, double> heat;
    const int column = m_coloring->currentData().toInt();
    if (column >= 0)
        for (const LayerCost& layer : m_model.table().layers)
            if (const auto share = m_model.shareOf(layer, static_cast<FiguresModel::Column>(column)))
                heat.emplace(layer.node, *share);
    emit colored(heat);
}

QString FiguresPanel::totalsText() const {
    return m_totals->text();
}

void FiguresPanel::copy() const {
    QStringList lines;
    QStringList cells;
    for (int column = 0; column < FiguresModel::kColumns; ++column)
        cells << m_model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
    lines << cells.join('\t');
    for (int row = 0; row < m_sorted->rowCount(); ++row) {
        cells.clear();
        for (int column = 0; column < FiguresModel::kColumns; ++column)
            cells << m_sorted->index(row, column).data().toString();
        lines << cells.join('\t');
    }
    QGuiApplication::clipboard()->setText(lines.join('\n') + '\n');
}

void FiguresPanel::saveCsv(const QString& file) {
    writeFileAtomically(std::filesystem::path(file.toStdU16String()), csvOf(m_model.table()));
}

void FiguresPanel::askForCsv() {
    const QString file = QFileDialog::getSaveFileName(this, tr("Save the figures"), m_document.displayName() + ".csv",
                                                      tr("Tables (*.csv)"));
    if (file.isEmpty()) return;
    try {
        saveCsv(file);
    } catch (const Error& error) {
        emit failed(QString::fromUtf8(error.what()));
    }
}

}  // namespace gradlens

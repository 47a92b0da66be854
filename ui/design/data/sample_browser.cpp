// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/data/sample_browser.h"

#include "ui/design/data/class_bars.h"
#include "ui/design/data/feature_table.h"
#include "ui/design/data/scatter_view.h"
#include "ui/models/words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/axis_ticks.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/segmented_control.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QStackedWidget>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

namespace gradlens {

namespace {
constexpr int kMargin = Theme::kSpace * 3 / 2;

QString grouped(std::int64_t number) {
    return QString::fromStdString(groupedText(number));
}
QString figure(double number) {
    return QString::number(number, 'g', 4);
}

QLabel* noteLabel() {
    auto* label = new ElidedLabel;
    label->setProperty("look", "muted");
    label->setFont(Theme::instance().small());
    return label;
}

QHBoxLayout* lineOf(std::initializer_list<QWidget*> widgets) {
    auto* line = new QHBoxLayout;
    line->setContentsMargins(kMargin, 0, kMargin, 0);
    line->setSpacing(Theme::kSpace);
    for (QWidget* widget : widgets) {
        if (widget == nullptr)
            line->addStretch();
        else
            line->addWidget(widget);
    }
    return line;
}

QStringList namesOf(const Dataset& dataset) {
    QStringList names;
    for (const std::string& name : dataset.classNames)
        names << (name == " " ? QString(QChar(0x2423)) : QString::fromStdString(name).replace('\n', QChar(0x21b5)));
    return names;
}
}  // namespace

SampleBrowser::SampleBrowser(QWidget* parent) : QWidget(parent) {
    m_pages = new SegmentedControl(this);
    m_pages->addSegment(tr("Samples"), {}, tr("Leaf through the samples"));
    m_pages->addSegment(tr("Classes"), {}, tr("How many samples each class has"));
    m_pages->addSegment(tr("Figures"), {}, tr("How the numbers spread"));
    m_pages->setAccessibleName(tr("What of the data is shown"));
    m_sizes = noteLabel();
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(makeSamplesPage());
    m_stack->addWidget(makeClassesPage());
    m_stack->addWidget(makeFiguresPage());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, Theme::kSpace, 0, 0);
    column->setSpacing(Theme::kSpace / 2);
    column->addLayout(lineOf({m_pages, nullptr}));
    column->addLayout(lineOf({m_sizes}));
    column->addSpacing(Theme::kSpace / 2);
    column->addWidget(m_stack, 1);
    connect(m_pages, &SegmentedControl::currentChanged, m_stack, &QStackedWidget::setCurrentIndex);
    connect(&m_figures, &FiguresCounter::counted, this, &SampleBrowser::showCounted);
    connect(&m_reader, &SampleReader::failed, this, &SampleBrowser::failed);
    connect(&m_reader, &SampleReader::arrived, this, [this] { showCurrent(m_sheet->current()); });
    connect(&Theme::instance(), &Theme::changed, this, &SampleBrowser::setIcons);
    setIcons();
}

QWidget* SampleBrowser::makeSamplesPage() {
    m_part = new SegmentedControl;
    m_part->addSegment(tr("Training"));
    m_part->addSegment(tr("Validation"));
    m_part->setAccessibleName(tr("Part of the data"));
    m_form = new SegmentedControl;
    m_form->addSegment({}, "chart", tr("As points"));
    m_form->addSegment({}, "table", tr("As a table"));
    m_form->setAccessibleName(tr("Points or table"));
    m_preparation = new SegmentedControl;
    m_preparation->addSegment(tr("As loaded"), {}, tr("What the files hold"));
    m_preparation->addSegment(tr("As trained"), {}, tr("What the network sees: scaled, and transformed"));
    m_preparation->setAccessibleName(tr("Before or after scaling and transforms"));
    m_epoch = new QSpinBox;
    m_epoch->setObjectName("augmentedEpoch");
    m_epoch->setPrefix(tr("Epoch "));
    m_epoch->setRange(1, 9999);
    m_epoch->setToolTip(tr("Transforms draw anew in every epoch"));
    m_epoch->setAccessibleName(tr("Epoch whose transforms are shown"));
    m_filter = new QComboBox;
    m_filter->setObjectName("classFilter");
    m_filter->setAccessibleName(tr("Class to show"));
    m_filter->setToolTip(tr("Show the samples of one class"));
    m_filter->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_filter->setMinimumContentsLength(6);
    m_filter->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);  // takes what is left of its line
    m_goTo = new QLineEdit;
    m_goTo->setObjectName("goToSample");
    m_goTo->setPlaceholderText(tr("Go to #"));
    m_goTo->setToolTip(tr("Number of a sample, counted from 1, then Return"));
    m_goTo->setAccessibleName(tr("Go to sample"));
    m_goTo->setFixedWidth(84);
    m_sheet = new SampleSheet(m_reader);
    m_scatter = new ScatterView(m_reader);
    m_views = new QStackedWidget;
    m_views->addWidget(m_scatter);
    m_views->addWidget(m_sheet);
    m_sample = noteLabel();
    m_sight = noteLabel();
    m_pageUp = pageButton("chevron-up", tr("Page up"), -1);
    m_pageDown = pageButton("chevron-down", tr("Page down"), 1);

    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, Theme::kSpace / 2);
    column->setSpacing(Theme::kSpace * 3 / 4);
    auto* find = lineOf({m_part, m_filter});
    find->setStretch(1, 1);
    column->addLayout(find);
    column->addLayout(lineOf({m_preparation, nullptr, m_epoch, m_form}));
    auto* views = new QHBoxLayout;
    views->setContentsMargins(Theme::kSpace / 2, 0, Theme::kSpace / 2, 0);
    views->addWidget(m_views);
    column->addLayout(views, 1);
    column->addLayout(lineOf({m_sample}));
    auto* foot = lineOf({m_sight, m_goTo, m_pageUp, m_pageDown});
    foot->setStretch(0, 1);
    foot->setSpacing(2);
    column->addLayout(foot);

    connect(m_part, &SegmentedControl::currentChanged, this, &SampleBrowser::look);
    connect(m_preparation, &SegmentedControl::currentChanged, this, &SampleBrowser::look);
    connect(m_epoch, &QSpinBox::valueChanged, this, &SampleBrowser::look);
    connect(m_form, &SegmentedControl::currentChanged, m_views, &QStackedWidget::setCurrentIndex);
    connect(m_filter, &QComboBox::currentIndexChanged, this, &SampleBrowser::choose);
    connect(m_goTo, &QLineEdit::returnPressed, this, &SampleBrowser::jump);
    connect(m_goTo, &QLineEdit::textEdited, this, [this] { markGoTo(false); });
    connect(m_sheet, &SampleSheet::sightChanged, this, &SampleBrowser::showSight);
    connect(m_sheet, &SampleSheet::currentChanged, this, [this](qint64 position) {
        m_scatter->setCurrent(position);
        showCurrent(position);
    });
    connect(m_scatter, &ScatterView::currentChanged, m_sheet, &SampleSheet::setCurrent);
    return page;
}

QToolButton* SampleBrowser::pageButton(const QString& icon, const QString& tip, int pages) {
    auto* button = new QToolButton;
    button->setProperty("icon", icon);
    button->setObjectName(icon);
    button->setFixedSize(24, 24);
    button->setIconSize({14, 14});
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    connect(button, &QToolButton::clicked, this, [this, pages] { m_sheet->turnPage(pages); });
    return button;
}

QWidget* SampleBrowser::makeClassesPage() {
    m_balance = noteLabel();
    m_legend = new QLabel;
    m_legend->setTextFormat(Qt::RichText);
    m_legend->setFont(Theme::instance().small());
    m_legend->setProperty("look", "muted");
    m_bars = new ClassBars;
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(Theme::kSpace / 2);
    auto* head = lineOf({m_balance, m_legend});
    head->setStretch(0, 1);
    column->addLayout(head);
    column->addWidget(m_bars, 1);
    connect(m_bars, &ClassBars::classChosen, this, [this](int number) {
        if (m_filter->count() <= number + 1 || !m_filter->isEnabled()) return;
        m_filter->setCurrentIndex(number + 1);
        m_pages->setCurrentIndex(Samples);
    });
    return page;
}

QWidget* SampleBrowser::makeFiguresPage() {
    m_featureNote = noteLabel();
    m_features = new FeatureTable;
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(Theme::kSpace / 2);
    column->addLayout(lineOf({m_featureNote}));
    column->addWidget(m_features, 1);
    return page;
}

void SampleBrowser::setIcons() {
    m_pageUp->setIcon(Theme::instance().icon("chevron-up"));
    m_pageDown->setIcon(Theme::instance().icon("chevron-down"));
    const auto mark = [](ThemeColor role) { return Theme::instance().color(role).name(); };
    m_legend->setText(
        QString::fromUtf8("<span style='color:%1'>■</span> %2 &nbsp;<span style='color:%3'>■</span> %4")
            .arg(mark(ThemeColor::Train), tr("training"), mark(ThemeColor::Validation), tr("validation")));
}

void SampleBrowser::setDataset(std::shared_ptr<const Dataset> dataset, std::uint64_t seed) {
    if (dataset == m_dataset && seed == m_seed) return;
    m_dataset = std::move(dataset);
    m_seed = seed;
    m_figures.count(m_dataset);
    m_bars->setCounts({}, {}, {});
    m_balance->setText(m_dataset ? tr("Counting") : QString());
    m_featureNote->setText(m_dataset ? tr("Measuring") : QString());
    if (m_dataset == nullptr) {
        m_reader.setLook({});
        m_sheet->setChoice({});
        m_scatter->setChoice({});
        return;
    }
    const Dataset& shown = *m_dataset;
    m_features->setFigures(shown, {});
    m_part->setSegmentEnabled(1, shown.validation.size() > 0);
    if (shown.validation.size() == 0) m_part->setCurrentIndex(0);
    const QString parts =
        shown.validation.size() > 0
            ? tr("%1 to train, %2 to validate").arg(grouped(shown.train.size()), grouped(shown.validation.size()))
            : tr("%1 to train, none to validate").arg(grouped(shown.train.size()));
    m_sizes->setText(QString::fromUtf8("%1  ·  %2").arg(parts, shapeText(shown.featureShape, false)));
    m_sizes->setToolTip(QString::fromStdString(shown.name));
    const bool plane = kindOf(shown) == SampleKind::Numbers && shown.featureShape == Shape{2};
    m_form->setVisible(plane);
    m_views->setCurrentIndex(plane ? m_form->currentIndex() : 1);
    m_preparation->setVisible(kindOf(shown) != SampleKind::Tokens);
    {
        const QSignalBlocker quiet(m_filter);
        m_filter->clear();
        m_filter->addItem(tr("All classes"));
        m_filter->setEnabled(false);
    }
    look();
}

bool SampleBrowser::showsValidation() const {
    return m_part->currentIndex() == 1;
}

void SampleBrowser::look() {
    if (m_dataset == nullptr) return;
    SampleLook look{m_dataset, showsValidation(), m_preparation->currentIndex() == 1, {m_seed, m_epoch->value() - 1}};
    m_epoch->setVisible(look.prepared && look.part().augmented && !m_dataset->transforms.empty());
    m_reader.setLook(std::move(look));
    fillFilter();
    choose();
}

// The counts are of the part that is shown.
void SampleBrowser::fillFilter() {
    const DatasetFigures* figures = m_figures.figures();
    if (figures == nullptr) return;
    const PartFigures& part = showsValidation() ? figures->validation : figures->train;
    const QSignalBlocker quiet(m_filter);
    const int current = m_filter->currentIndex();
    m_filter->clear();
    m_filter->addItem(tr("All classes"));
    m_filter->setEnabled(!part.classOf.empty());
    if (!part.classOf.empty()) {
        const QStringList names = namesOf(*m_dataset);
        for (int i = 0; i < names.size(); ++i)
            m_filter->addItem(
                QString("%1  (%2)").arg(names[i], grouped(part.classCounts[static_cast<std::size_t>(i)])));
    }
    m_filter->setCurrentIndex(current < m_filter->count() ? std::max(current, 0) : 0);
}

void SampleBrowser::choose() {
    if (m_dataset == nullptr) return;
    SampleChoice choice(m_reader.look().part().size());
    if (const int wanted = m_filter->currentIndex() - 1; wanted >= 0 && m_figures.figures() != nullptr) {
        const auto& classOf =
            showsValidation() ? m_figures.figures()->validation.classOf : m_figures.figures()->train.classOf;
        std::vector<std::int64_t> samples;
        for (std::size_t i = 0; i < classOf.size(); ++i)
            if (classOf[i] == wanted) samples.push_back(static_cast<std::int64_t>(i));
        choice = SampleChoice(std::move(samples));
    }
    m_sheet->setChoice(choice);
    m_scatter->setChoice(choice);
    m_scatter->setCurrent(m_sheet->current());
}

void SampleBrowser::showCounted() {
    const DatasetFigures* figures = m_figures.figures();
    if (figures == nullptr) {
        m_balance->setText(m_figures.fault());
        m_featureNote->setText(m_figures.fault());
        return;
    }
    const auto& counts = figures->train.classCounts;
    m_bars->setCounts(namesOf(*m_dataset), counts, figures->validation.classCounts);
    const double imbalance = imbalanceOf(counts);
    if (counts.empty())
        m_balance->setText(tr("Its labels are numbers: there are no classes."));
    else if (imbalance == 0)
        m_balance->setText(tr("Only one class occurs."));
    else if (imbalance < 1.05)
        m_balance->setText(tr("%1 classes, balanced").arg(counts.size()));
    else
        m_balance->setText(tr("Largest %1 times the smallest").arg(figure(imbalance)));
    m_features->setFigures(*m_dataset, *figures);
    m_featureNote->setText(figures->features.empty()
                               ? tr("Its samples are tokens, not amounts.")
                               : tr("From %1 training samples").arg(grouped(figures->featureSamples)));
    fillFilter();
}

void SampleBrowser::showSight() {
    const std::int64_t count = m_sheet->choice().size();
    m_sight->setText(count == 0 ? tr("No samples")
                                : tr("%1 to %2 of %3")
                                      .arg(grouped(m_sheet->firstInSight() + 1), grouped(m_sheet->lastInSight() + 1),
                                           grouped(count)));
    m_pageUp->setEnabled(count > 0 && m_sheet->firstInSight() > 0);
    m_pageDown->setEnabled(count > 0 && m_sheet->lastInSight() + 1 < count);
}

void SampleBrowser::showCurrent(qint64 position) {
    const SampleChoice& choice = m_sheet->choice();
    if (position < 0 || position >= choice.size()) {
        m_sample->clear();
        return;
    }
    const std::int64_t index = choice.at(position);
    QStringList parts{"#" + grouped(index + 1)};
    if (const Sample* sample = m_reader.find(index); sample != nullptr) {
        parts << sample->label;
        if (kindOf(*m_dataset) == SampleKind::Picture)
            parts << tr("%1 to %2, mean %3")
                         .arg(figure(static_cast<double>(sample->minimum)),
                              figure(static_cast<double>(sample->maximum)), figure(static_cast<double>(sample->mean)));
        if (kindOf(*m_dataset) == SampleKind::Tokens) parts.last().prepend(tr("answers: "));
    }
    m_sample->setText(parts.join(QString::fromUtf8("  ·  ")));
}

void SampleBrowser::markGoTo(bool invalid) {
    if (m_goTo->property("invalid").toBool() == invalid) return;
    m_goTo->setProperty("invalid", invalid);
    m_goTo->style()->unpolish(m_goTo);
    m_goTo->style()->polish(m_goTo);
}

void SampleBrowser::jump() {
    bool isNumber = false;
    const qint64 number = m_goTo->text().trimmed().remove('#').remove(',').toLongLong(&isNumber);
    const bool fits = isNumber && number >= 1 && m_dataset && number <= m_reader.look().part().size();
    m_goTo->setToolTip(fits ? tr("Number of a sample, counted from 1, then Return")
                            : tr("There is no such sample: they go from 1 to %1")
                                  .arg(grouped(m_dataset ? m_reader.look().part().size() : 0)));
    markGoTo(!fits);
    if (!fits) return;
    m_sheet->setCurrent(m_sheet->choice().positionOf(number - 1));
    m_goTo->clear();
    m_sheet->setFocus();
}

QString SampleBrowser::sizesText() const {
    return m_sizes->text();
}
QString SampleBrowser::sightText() const {
    return m_sight->text();
}
QString SampleBrowser::sampleText() const {
    return m_sample->text();
}
QString SampleBrowser::balanceText() const {
    return m_balance->text();
}

}  // namespace gradlens

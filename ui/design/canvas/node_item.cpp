// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/canvas/node_item.h"

#include "ui/design/canvas/canvas_style.h"
#include "ui/design/preview/preview_picture.h"
#include "ui/models/node_geometry.h"
#include "ui/widgets/color_map.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QStyleOptionGraphicsItem>

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr double kCoolest = 80;  // of the colour table: what is darker is lost on a dark canvas
// Levels of detail, by zoom: below the first a card shows its name and op, large; below the second it is a plain block.
constexpr double kFarBelow = 0.6, kBlockBelow = 0.2, kNamelessBelow = 0.12;
constexpr double kPadding = 14, kFarAccent = 8;
constexpr double kRight = kCardWidth - 12;
constexpr double kPortRadius = 5;
constexpr double kBadgeRadius = 9;
constexpr double kSparkWidth = 68, kSparkHeight = 20;
constexpr QRectF kSpark(kRight - kSparkWidth, 28, kSparkWidth, kSparkHeight);
constexpr QRectF kHealth(kPadding, kCardHeight - 9, kRight - kPadding, 4);
constexpr double kNameTop = 9, kDetailTop = 30, kFigureTop = 50;
constexpr double kStackStep = 4, kChipPadding = 6;
constexpr QRectF kPreview(kPadding, 29, kRight - kPadding, kCardHeight - 29 - 13);
constexpr QRectF kFarPreview(kPadding + kFarAccent, 41, kRight - kPadding - kFarAccent, kCardHeight - 41 - 9);
constexpr int kBits = 32;

QStaticText made(const QString& text, const QFont& font, double width, Qt::TextElideMode mode = Qt::ElideRight) {
    QStaticText result(QFontMetricsF(font).elidedText(text, mode, width));
    result.setTextFormat(Qt::PlainText);
    result.prepare({}, font);
    return result;
}

double widthOf(const QString& text, const QFont& font) {
    return QFontMetricsF(font).horizontalAdvance(text);
}
}  // namespace

NodeItem::NodeItem(NodeId id, const CanvasStyle& style) : m_id(id), m_style(&style) {
    setZValue(1);
}

void NodeItem::setCard(NodeCard card) {
    if (card == m_card) return;
    m_card = std::move(card);
    restyled();
}

void NodeItem::setLife(NodeLife life) {
    const bool wasAlive = m_life.has_value();
    m_life = std::move(life);
    if (!wasAlive) m_textsStale = true;  // the curve takes room from the details
    update();
}

void NodeItem::clearLife() {
    if (!m_life) return;
    m_life.reset();
    m_textsStale = true;
    update();
}

void NodeItem::setHeat(std::optional<double> heat) {
    if (heat == m_heat) return;
    m_heat = heat;
    update();
}

QColor NodeItem::accentColor() const {
    if (!m_heat) return m_categoryColor;
    return QColor(colorTable(ColorMap::Magma)[static_cast<std::size_t>(
        kCoolest + (kColorSteps - 1 - kCoolest) * std::clamp(std::sqrt(*m_heat), 0.0, 1.0))]);
}

// The card takes a little of the colour, so that texts stay readable on it.
QBrush NodeItem::cardBrush() const {
    if (m_card.bypassed) return m_style->canvas;
    if (!m_heat) return m_style->card;
    constexpr double kTint = 0.35;
    const QColor hot = accentColor(), card = m_style->card;
    const double share = kTint * *m_heat;
    const auto mixed = [&](int a, int b) { return static_cast<int>(std::lround(a + (b - a) * share)); };
    return QColor(mixed(card.red(), hot.red()), mixed(card.green(), hot.green()), mixed(card.blue(), hot.blue()));
}

void NodeItem::setPreview(std::shared_ptr<const PreviewPicture> preview) {
    if (preview == m_preview) return;
    m_preview = std::move(preview);
    update();
}

void NodeItem::restyled() {
    m_categoryColor = m_card.category.isEmpty() ? m_style->faint : m_style->category(m_card.category);
    m_textsStale = true;
    update();
}

// Only when they are to be painted: most cards of a large drawing are out of sight.
void NodeItem::layOutTexts() {
    m_textsStale = false;
    const double width = kRight - kPadding;
    constexpr double kBetween = 10;
    // The op may take what a short name leaves; a long name gets at least half.
    const double nameWidth = std::min(widthOf(m_card.name, m_style->name), width * 0.5);
    const double opWidth = std::min(std::ceil(widthOf(m_card.op, m_style->op)), width - nameWidth - kBetween);
    m_op = made(m_card.op, m_style->op, opWidth);
    m_name = made(m_card.name, m_style->name, width - opWidth - kBetween, Qt::ElideMiddle);
    m_copies =
        made(m_card.copies > 1 ? QString::fromUtf8("\u00d7%1").arg(m_card.copies) : QString(), m_style->figure, width);
    const double copiesWidth = m_card.copies > 1 ? m_copies.size().width() + 2 * kChipPadding + kBetween : 0;
    m_detail = made(m_card.detail, m_style->detail, width - (m_life ? kSparkWidth + kBetween : 0) - copiesWidth);
    m_figures = made(m_card.figures, m_style->figure, width);
    const double figuresWidth = m_card.figures.isEmpty() ? 0 : widthOf(m_card.figures, m_style->figure) + kBetween;
    m_shape = made(m_card.shape, m_style->figure, width - figuresWidth);
    m_far = made(m_card.name, m_style->far, width - kFarAccent, Qt::ElideMiddle);
    m_farOp = made(m_card.op, m_style->farOp, width - kFarAccent);
}

void NodeItem::setHighlight(bool selected, bool hovered) {
    if (selected == m_selected && hovered == m_hovered) return;
    m_selected = selected;
    m_hovered = hovered;
    setZValue(selected ? 3 : hovered ? 2 : 1);
    update();
}

void NodeItem::setVerdicts(std::vector<ConnectionVerdict::Kind> verdicts, bool onInputs) {
    m_connecting = !verdicts.empty();
    m_verdicts = std::move(verdicts);
    m_verdictsOnInputs = onInputs;
    update();
}

void NodeItem::setHotPort(int port, bool input) {
    if (port == m_hotPort && input == m_hotInput) return;
    m_hotPort = port;
    m_hotInput = input;
    update();
}

void NodeItem::setFlow(DrawingStyle::Flow flow) {
    if (flow == m_flow) return;
    m_flow = flow;
    update();
}

QPointF NodeItem::inputPort(int port) const {
    const Point at = inputPortPosition(port, m_card.inputs, m_flow);
    return pos() + QPointF(at.x, at.y);
}

QPointF NodeItem::outputPort(int port) const {
    const Point at = outputPortPosition(port, m_card.outputs, m_flow);
    return pos() + QPointF(at.x, at.y);
}

QRectF NodeItem::cardRect() const {
    return {pos(), QSizeF(kCardWidth, kCardHeight)};
}

QRectF NodeItem::badgeRect() const {
    const QPointF centre = pos() + QPointF(kCardWidth - 4, 2);
    return {centre - QPointF(kBadgeRadius, kBadgeRadius), QSizeF(2 * kBadgeRadius, 2 * kBadgeRadius)};
}

QRectF NodeItem::boundingRect() const {
    constexpr double kOutside = 12;  // ports, halo, badge, shadow
    return QRectF(0, 0, kCardWidth, kCardHeight).adjusted(-kOutside, -kOutside, kOutside, kOutside);
}

void NodeItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
    const double detail = QStyleOptionGraphicsItem::levelOfDetailFromTransform(painter->worldTransform());
    if (m_textsStale && detail >= kNamelessBelow) layOutTexts();
    if (detail < kFarBelow) {
        paintFar(painter, detail);
        return;
    }
    paintFrame(painter);
    if (m_card.bypassed) {
        paintBypass(painter);
        constexpr double kDimmed = 0.45;
        painter->setOpacity(kDimmed);
        paintTexts(painter);
        paintCopies(painter);
        painter->setOpacity(1);
    } else {
        paintTexts(painter);
        paintCopies(painter);
        if (m_life) paintLife(painter);
    }
    paintPorts(painter);
    paintBadge(painter);
}

void NodeItem::paintFar(QPainter* painter, double detail) const {
    const bool error = m_card.trouble == NodeCard::Trouble::Error;
    const bool warning = m_card.trouble == NodeCard::Trouble::Warning;
    const bool marked = m_selected || error || warning;
    QPen pen(m_selected  ? m_style->accent
             : error     ? m_style->danger
             : warning   ? m_style->warning
             : m_hovered ? m_style->faint
                         : m_style->border,
             marked ? 2 : 1);
    pen.setCosmetic(true);
    if (m_card.bypassed) pen.setStyle(Qt::DashLine);
    const bool refused = m_connecting && std::ranges::none_of(m_verdicts, [](auto kind) {
                             return kind != ConnectionVerdict::Kind::Refused;
                         });
    const bool block = detail < kBlockBelow;
    painter->setRenderHint(QPainter::Antialiasing, !block);
    painter->setPen(pen);
    painter->setBrush(refused ? QBrush(m_style->canvas) : cardBrush());
    const QRectF card(0, 0, kCardWidth, kCardHeight);
    if (block) {
        painter->drawRect(card);
        painter->fillRect(QRectF(0, 0, 2 * kFarAccent, kCardHeight), accentColor());
    } else {
        painter->drawPath(m_style->cardPath);
        painter->setPen(Qt::NoPen);
        painter->setBrush(accentColor());
        painter->drawPath(m_style->farAccentPath);
    }
    if (m_life && m_life->hasHealth)
        paintHealth(painter, QRectF(kPadding + kFarAccent, kCardHeight - 9, kCardWidth - 2 * kPadding - kFarAccent, 6));
    painter->setRenderHint(QPainter::Antialiasing, true);
    if (detail < kNamelessBelow) return;
    painter->setPen(m_style->text);
    painter->setFont(m_style->far);
    painter->drawStaticText(QPointF(kPadding + kFarAccent, 4), m_far);
    if (m_preview && !block) {
        m_preview->paint(*painter, kFarPreview, false);
        return;
    }
    painter->setPen(m_categoryColor);
    painter->setFont(m_style->farOp);
    painter->drawStaticText(QPointF(kPadding + kFarAccent, 41), m_farOp);
}

void NodeItem::paintFrame(QPainter* painter) const {
    painter->setPen(Qt::NoPen);
    painter->setBrush(m_style->shadow);
    if (!m_card.bypassed) painter->drawPath(m_style->cardPath.translated(0, 2));
    paintStack(painter);
    const bool error = m_card.trouble == NodeCard::Trouble::Error;
    const bool warning = m_card.trouble == NodeCard::Trouble::Warning;
    if (m_selected || error) {
        painter->setBrush(Qt::NoBrush);
        painter->setPen(m_selected ? m_style->haloPen : m_style->haloErrorPen);
        painter->drawPath(m_style->haloPath);
    }
    painter->setPen(Qt::NoPen);
    painter->setBrush(cardBrush());
    painter->drawPath(m_style->cardPath);
    if (!m_card.bypassed) {
        painter->setBrush(accentColor());
        painter->drawPath(m_style->accentPath);
    }
    painter->setBrush(Qt::NoBrush);
    QPen outline = m_selected  ? m_style->selectedPen
                   : error     ? m_style->errorPen
                   : warning   ? m_style->warningPen
                   : m_hovered ? m_style->hoverPen
                               : m_style->cardPen;
    if (m_card.bypassed) {
        outline.setStyle(Qt::DashLine);
        if (!m_selected && !error && !warning) outline.setColor(m_style->faint);
    }
    painter->setPen(outline);
    painter->drawPath(m_style->cardPath);
}

// A block lies on its layers: one card looks out behind it, and one more when it is repeated.
void NodeItem::paintStack(QPainter* painter) const {
    painter->setBrush(m_style->card);
    painter->setPen(m_style->cardPen);
    for (int behind = std::min(m_card.copies, 2); behind > 0; --behind)
        painter->drawPath(m_style->cardPath.translated(behind * kStackStep, -behind * kStackStep));
}

void NodeItem::paintCopies(QPainter* painter) const {
    if (m_card.copies < 2) return;
    const double left = m_life ? kSpark.left() - kChipPadding : kRight;
    const QSizeF text = m_copies.size();
    const QRectF chip(left - text.width() - 2 * kChipPadding, kDetailTop - 1, text.width() + 2 * kChipPadding,
                      text.height() + 2);
    QColor fill = m_categoryColor;
    fill.setAlphaF(0.18F);
    painter->setPen(Qt::NoPen);
    painter->setBrush(fill);
    painter->drawRoundedRect(chip, chip.height() / 2, chip.height() / 2);
    painter->setPen(m_categoryColor);
    painter->setFont(m_style->figure);
    painter->drawStaticText(chip.topLeft() + QPointF(kChipPadding, 1), m_copies);
}

// What comes in goes straight through to what comes out.
void NodeItem::paintBypass(QPainter* painter) const {
    if (m_card.inputs == 0) return;
    painter->setPen(QPen(m_style->muted, 2));
    for (int port = 0; port < m_card.outputs; ++port) painter->drawLine(inputPort(0) - pos(), outputPort(port) - pos());
}

void NodeItem::paintTexts(QPainter* painter) const {
    painter->setFont(m_style->name);
    painter->setPen(m_style->text);
    painter->drawStaticText(QPointF(kPadding, kNameTop), m_name);
    painter->setFont(m_style->op);
    painter->setPen(m_categoryColor);
    // One base line for both sizes of letters.
    const double lower = QFontMetricsF(m_style->name).ascent() - QFontMetricsF(m_style->op).ascent();
    painter->drawStaticText(QPointF(kRight - m_op.size().width(), kNameTop + lower), m_op);
    if (m_preview) {
        m_preview->paint(*painter, kPreview);
        return;
    }
    painter->setFont(m_style->detail);
    painter->setPen(m_style->muted);
    painter->drawStaticText(QPointF(kPadding, kDetailTop), m_detail);
    painter->setFont(m_style->figure);
    painter->drawStaticText(QPointF(kPadding, kFigureTop), m_shape);
    painter->drawStaticText(QPointF(kRight - m_figures.size().width(), kFigureTop), m_figures);
}

void NodeItem::paintHealth(QPainter* painter, const QRectF& strip) const {
    // One NaN in a million is still to be seen: what is not finite gets a least width, the rest shares what is left.
    std::array<double, 6> widths{};
    double total = 0;
    for (std::size_t kind = 0; kind < widths.size(); ++kind) {
        const double fraction = static_cast<double>(m_life->health[kind]);
        const bool notFinite = kind == 0 || kind == 1 || kind == 5;
        if (fraction > 0) widths[kind] = std::max(fraction * strip.width(), notFinite ? strip.height() : 0.0);
        total += widths[kind];
    }
    double x = strip.left();
    for (std::size_t kind = 0; kind < widths.size(); ++kind) {
        const double width = widths[kind] * strip.width() / std::max(total, strip.width());
        if (width > 0) painter->fillRect(QRectF(x, strip.top(), width, strip.height()), m_style->health[kind]);
        x += width;
    }
}

void NodeItem::paintLife(QPainter* painter) const {
    if (m_life->hasHealth) paintHealth(painter, kHealth);
    const auto& spark = m_life->spark;
    if (spark.size() < 2 || m_preview) return;
    float low = std::numeric_limits<float>::max(), high = std::numeric_limits<float>::lowest();
    for (const float value : spark) {
        if (!std::isfinite(value)) continue;
        low = std::min(low, value);
        high = std::max(high, value);
    }
    const float span = high - low;
    QPolygonF line;
    painter->setPen(QPen(m_categoryColor, 1));
    const double step = kSpark.width() / static_cast<double>(spark.size() - 1);
    for (std::size_t i = 0; i < spark.size(); ++i) {
        const double x = kSpark.left() + step * static_cast<double>(i);
        if (!std::isfinite(spark[i])) {
            painter->drawPolyline(line);
            line.clear();
            painter->fillRect(QRectF(x - 1, kSpark.top(), 2, kSpark.height()), m_style->notANumber);
            continue;
        }
        const double height = span > 0 ? static_cast<double>((spark[i] - low) / span) : 0.5;
        line.append({x, kSpark.bottom() - height * kSpark.height()});
    }
    painter->drawPolyline(line);
}

void NodeItem::paintPorts(QPainter* painter) const {
    const auto paintPort = [&](QPointF centre, int port, bool input, bool connected, bool troubled) {
        QColor ring = connected ? m_style->muted : m_style->faint;
        QColor fill = connected ? m_style->muted : m_style->canvas;
        double radius = kPortRadius;
        if (troubled) ring = m_style->danger, fill = connected ? m_style->danger : m_style->canvas;
        if (m_connecting) {
            const auto index = static_cast<std::size_t>(port);
            const bool judged = input == m_verdictsOnInputs && index < m_verdicts.size();
            using Kind = ConnectionVerdict::Kind;
            const Kind verdict = judged ? m_verdicts[index] : Kind::Refused;
            ring = verdict == Kind::Fits       ? m_style->good
                   : verdict == Kind::Mismatch ? m_style->warning
                                               : m_style->border;
            if (judged && verdict != Kind::Refused) radius += 1.5;
            if (!connected || verdict == Kind::Refused) fill = m_style->canvas;
        }
        if (port == m_hotPort && input == m_hotInput) {
            radius += 2;
            if (!m_connecting) ring = m_style->accent;
            fill = ring;
        }
        painter->setPen(QPen(ring, 1.5));
        painter->setBrush(fill);
        painter->drawEllipse(centre, radius, radius);
    };
    const auto bit = [](std::uint32_t bits, int port) { return port < kBits && (bits >> port & 1u) != 0; };
    for (int port = 0; port < m_card.inputs; ++port)
        paintPort(inputPort(port) - pos(), port, true, bit(m_card.connectedInputs, port),
                  bit(m_card.troubledInputs, port));
    for (int port = 0; port < m_card.outputs; ++port)
        paintPort(outputPort(port) - pos(), port, false, m_card.outputConnected, false);
}

void NodeItem::paintBadge(QPainter* painter) const {
    if (m_card.trouble == NodeCard::Trouble::None) return;
    const QRectF badge = badgeRect().translated(-pos());
    painter->setPen(QPen(m_style->canvas, 2));
    painter->setBrush(m_card.trouble == NodeCard::Trouble::Error ? m_style->danger : m_style->warning);
    painter->drawEllipse(badge);
    painter->setPen(m_style->canvas);
    painter->setFont(m_style->badge);
    painter->drawText(badge, Qt::AlignCenter, "!");
}

}  // namespace gradlens

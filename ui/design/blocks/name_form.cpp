// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/blocks/name_form.h"

#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStyle>
#include <QVBoxLayout>

namespace gradlens {

namespace {
constexpr int kWidth = 320, kFromTop = 24;
}

NameForm::NameForm(const Text& text, const QString& name, std::function<QString(const QString&)> fault, QWidget* parent)
    : QFrame(parent), m_fault(std::move(fault)) {
    setObjectName("nameForm");
    setProperty("look", "card");
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(text.title);
    setFixedWidth(kWidth);
    auto* title = new QLabel(text.title, this);
    title->setFont(Theme::instance().strong());
    auto* hint = new QLabel(text.hint, this);
    hint->setProperty("look", "muted");
    hint->setFont(Theme::instance().small());
    hint->setWordWrap(true);
    hint->setVisible(!text.hint.isEmpty());
    m_field = new QLineEdit(name, this);
    m_field->setAccessibleName(tr("Name"));
    m_field->selectAll();
    m_message = new QLabel(this);
    m_message->setProperty("look", "danger");
    m_message->setFont(Theme::instance().small());
    m_message->setWordWrap(true);
    m_message->hide();
    auto* cancel = new QPushButton(tr("Cancel"), this);
    m_button = new QPushButton(text.button, this);
    m_button->setProperty("look", "primary");
    m_button->setDefault(true);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(Theme::kSpace);
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_button);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * Theme::kSpace, 2 * Theme::kSpace, 2 * Theme::kSpace, 2 * Theme::kSpace);
    column->setSpacing(Theme::kSpace);
    column->addWidget(title);
    column->addWidget(hint);
    column->addWidget(m_field);
    column->addWidget(m_message);
    column->addLayout(buttons);
    connect(m_field, &QLineEdit::textChanged, this, &NameForm::check);
    connect(m_field, &QLineEdit::returnPressed, this, &NameForm::accept);
    connect(m_button, &QPushButton::clicked, this, &NameForm::accept);
    connect(cancel, &QPushButton::clicked, this, &NameForm::leave);
    parent->installEventFilter(this);
    check();
    place();
    show();
    raise();
    m_field->setFocus();
}

QString NameForm::faultText() const {
    return m_message->text();
}

void NameForm::check() {
    const QString fault = m_fault(m_field->text());
    m_message->setText(fault);
    m_message->setVisible(!fault.isEmpty());
    m_button->setEnabled(fault.isEmpty());
    m_field->setProperty("invalid", !fault.isEmpty());
    m_field->style()->unpolish(m_field);
    m_field->style()->polish(m_field);
    place();
}

void NameForm::accept() {
    if (m_done || !m_button->isEnabled()) return;
    const QString name = m_field->text().trimmed();
    leave();
    emit accepted(name);
}

void NameForm::leave() {
    if (m_done) return;
    m_done = true;
    hide();
    parentWidget()->setFocus();
    deleteLater();
}

void NameForm::place() {
    adjustSize();
    move((parentWidget()->width() - width()) / 2, kFromTop);
}

void NameForm::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape)
        leave();
    else
        QFrame::keyPressEvent(event);
}

bool NameForm::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize) place();
    return QFrame::eventFilter(watched, event);
}

}  // namespace gradlens

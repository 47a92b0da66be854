// SPDX-License-Identifier: GPL-3.0-or-later
// Messages that need a decision or must not be missed: what happened, where, what to do, at most two buttons. Shown one
// below the other in a BannerArea. GUI thread.
#pragma once
#include <QFrame>

#include <functional>

class QLabel;
class QToolButton;
class QVBoxLayout;

namespace gradlens {

struct BannerMessage {
    enum class Kind { Info, Good, Warning, Error };
    Kind kind = Kind::Info;
    QString title;    // what happened, one sentence
    QString text;     // where, and what to do; may be empty
    QString details;  // for the curious: folded away behind "Details"; may be empty
    struct Action {
        QString text;
        std::function<void()> run;  // the banner closes after it
    };
    QList<Action> actions = {};
    // A message with the key of one that is shown replaces it.
    QString key = {};
};

class Banner : public QFrame {
    Q_OBJECT
public:
    explicit Banner(BannerMessage message, QWidget* parent = nullptr);
    const BannerMessage& message() const { return m_message; }

signals:
    void closed();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void addTexts(QVBoxLayout* column);
    BannerMessage m_message;
};

class BannerArea : public QWidget {
    Q_OBJECT
public:
    explicit BannerArea(QWidget* parent = nullptr);
    void show(BannerMessage message);
    void dismiss(const QString& key);
    void dismissAll();
    QList<BannerMessage> messages() const;

private:
    void remove(Banner* banner);
    QVBoxLayout* m_column;
    QList<Banner*> m_banners;
};

}  // namespace gradlens

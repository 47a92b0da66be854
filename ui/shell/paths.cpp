// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/paths.h"

namespace gradlens {
namespace {

QString sentence(QString text) {
    if (text.isEmpty()) return text;
    text[0] = text[0].toUpper();
    if (!text.endsWith('.') && !text.endsWith('?') && !text.endsWith('!')) text += '.';
    return text;
}

}  // namespace

BannerMessage bannerFor(const Error& error, const QString& key) {
    BannerMessage message;
    message.kind = BannerMessage::Kind::Error;
    message.key = key;
    const QString where = QString::fromStdString(error.where());
    // Problems go on from their place: "model.gradlens: is not valid JSON".
    const QString place = where.section('/', -1);
    const QString problem = QString::fromStdString(error.problem());
    message.title = place.isEmpty() ? sentence(problem) : place + ": " + problem;
    const QString hint = sentence(QString::fromStdString(error.hint()));
    message.text = where.isEmpty() ? hint : hint.isEmpty() ? where : where + "\n" + hint;
    return message;
}

}  // namespace gradlens

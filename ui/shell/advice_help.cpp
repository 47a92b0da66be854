// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/advice_help.h"

#include "core/graph/advice/advice.h"

namespace gradlens {

namespace {
// A bracket would begin a link.
QString plain(const std::string& text) {
    return QString::fromStdString(text).replace('[', "\\[").replace(']', "\\]");
}
}  // namespace

QString adviceHelpMarkdown() {
    QString text;
    for (const AdviceRule& rule : adviceRules())
        text += QString("\n**%1** (`%2`)  \n%3 *%4*\n")
                    .arg(plain(rule.title), QString::fromStdString(rule.id), plain(rule.reason), plain(rule.source));
    return text;
}

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/problem_text.h"

#include "ui/models/design_document.h"

namespace gradlens {

namespace {
QString escaped(const std::string& text) {
    return QString::fromStdString(text).toHtmlEscaped();
}
}  // namespace

QString problemTip(const Problem& problem) {
    QString text = QString("<p><b>%1</b></p>").arg(escaped(problem.message));
    if (!problem.expected.empty() || !problem.got.empty())
        text += QString(
                    "<table><tr><td>%1&nbsp;</td><td><tt>%2</tt></td></tr><tr><td>%3&nbsp;</td><td><tt>%4</tt></td></"
                    "tr></table>")
                    .arg(DesignDocument::tr("expected"), escaped(problem.expected), DesignDocument::tr("got"),
                         escaped(problem.got));
    if (!problem.hint.empty()) text += QString("<p>%1</p>").arg(escaped(problem.hint));
    if (!problem.source.empty()) text += QString("<p><i>%1</i></p>").arg(escaped(problem.source));
    if (!problem.fixes.empty())
        text += QString("<p>%1</p>").arg(DesignDocument::tr("Ctrl+. : %1").arg(escaped(problem.fixes.front().title)));
    return text;
}

}  // namespace gradlens

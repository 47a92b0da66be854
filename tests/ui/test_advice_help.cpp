// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/advice.h"
#include "core/graph/block_library.h"
#include "ui/shell/help_viewer.h"

#include <QTest>
#include <QTextBrowser>

using namespace gradlens;

class TestAdviceHelp : public QObject {
    Q_OBJECT

private slots:
    void everyRuleIsOnTheHelpPage() {
        HelpViewer help(drawingCatalogue());
        help.open("checks");
        const QString text = help.findChild<QTextBrowser*>()->toPlainText();
        for (const AdviceRule& rule : adviceRules())
            for (const std::string& part : {rule.title, rule.id, rule.reason, rule.source})
                QVERIFY2(text.contains(QString::fromStdString(part)), part.c_str());
    }
};

QTEST_MAIN(TestAdviceHelp)
#include "test_advice_help.moc"

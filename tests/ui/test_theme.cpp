// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"
#include "ui/theme/theme_colors.h"

#include <QApplication>
#include <QDir>
#include <QSignalSpy>
#include <QTest>

#include <initializer_list>

using namespace gradlens;

class TestTheme : public QObject {
    Q_OBJECT
private slots:
    void textIsReadableOnEveryBackground_data() {
        QTest::addColumn<Theme::Mode>("mode");
        QTest::newRow("dark") << Theme::Mode::Dark;
        QTest::newRow("light") << Theme::Mode::Light;
    }
    void textIsReadableOnEveryBackground() {
        QFETCH(Theme::Mode, mode);
        Theme& theme = Theme::instance();
        theme.apply(*qApp, mode);
        for (ThemeColor text : {ThemeColor::Text, ThemeColor::TextMuted, ThemeColor::TextFaint, ThemeColor::Accent,
                                ThemeColor::Good, ThemeColor::Warning, ThemeColor::Danger})
            for (ThemeColor background : {ThemeColor::Window, ThemeColor::Canvas, ThemeColor::Panel, ThemeColor::Raised,
                                          ThemeColor::Field, ThemeColor::Hover})
                QVERIFY2(contrastRatio(theme.color(text), theme.color(background)) >= 4.5,
                         qPrintable(nameOf(text) + " on " + nameOf(background)));
        QVERIFY(contrastRatio(theme.color(ThemeColor::AccentText), theme.color(ThemeColor::Accent)) >= 4.5);
    }

    void curvesStandOutFromTheCanvas() {
        Theme& theme = Theme::instance();
        for (Theme::Mode mode : {Theme::Mode::Dark, Theme::Mode::Light}) {
            theme.apply(*qApp, mode);
            for (int i = 0; i < 8; ++i) QVERIFY(contrastRatio(theme.series(i), theme.color(ThemeColor::Canvas)) >= 3.0);
            QVERIFY(contrastRatio(theme.color(ThemeColor::Train), theme.color(ThemeColor::Canvas)) >= 3.0);
            QVERIFY(contrastRatio(theme.color(ThemeColor::Validation), theme.color(ThemeColor::Canvas)) >= 3.0);
        }
    }

    void seriesColoursRepeatAfterEight() { QCOMPARE(Theme::instance().series(8), Theme::instance().series(0)); }

    void everyCategoryOfTheCatalogueHasItsOwnColour_data() {
        QTest::addColumn<QString>("category");
        for (const char* name :
             {"Input", "Dense", "Convolution", "Pooling", "Recurrent", "Attention", "Embedding", "Activation",
              "Normalisation", "Regularisation", "Arithmetic", "Reduction", "Merge", "Loss"})
            QTest::newRow(name) << QString(QLatin1String(name));
    }
    void everyCategoryOfTheCatalogueHasItsOwnColour() {
        QFETCH(QString, category);
        QVERIFY(Theme::instance().category(category) != Theme::instance().category("Shape"));
    }

    void applyingAThemeTellsWhoeverPaints() {
        Theme::instance().apply(*qApp, Theme::Mode::Dark);
        QSignalSpy changed(&Theme::instance(), &Theme::changed);
        Theme::instance().apply(*qApp, Theme::Mode::Light);
        QCOMPARE(changed.count(), 1);
        QVERIFY(!Theme::instance().isDark());
        QVERIFY(qApp->palette().color(QPalette::Window).lightness() > 128);
    }

    void styleSheetHasNoUnknownToken() {
        Theme::instance().apply(*qApp, Theme::Mode::Dark);
        QVERIFY(!qApp->styleSheet().isEmpty());
        QVERIFY2(!qApp->styleSheet().contains('@'), "a token of style.qss is not a colour of the theme");
    }

    void everyShippedIconDrawsSomething() {
        const QStringList names = QDir(":/icons").entryList({"*.svg"});
        QVERIFY(names.size() > 60);
        for (const QString& file : names) {
            const QImage image = Theme::instance().icon(file.chopped(4)).pixmap(QSize(24, 24)).toImage();
            bool drawn = false;
            for (int y = 0; y < image.height() && !drawn; ++y)
                for (int x = 0; x < image.width() && !drawn; ++x) drawn = qAlpha(image.pixel(x, y)) > 100;
            QVERIFY2(drawn, qPrintable(file));
        }
    }

    void iconsFollowTheThemeWithoutBeingMadeAgain() {
        Theme::instance().apply(*qApp, Theme::Mode::Dark);
        const QIcon icon = Theme::instance().icon("stop", ThemeColor::Text);
        const QColor dark = icon.pixmap(QSize(24, 24)).toImage().pixelColor(12, 12);
        Theme::instance().apply(*qApp, Theme::Mode::Light);
        const QColor light = icon.pixmap(QSize(24, 24)).toImage().pixelColor(12, 12);
        QVERIFY(dark.lightness() > 128);
        QVERIFY(light.lightness() < 128);
    }

    void unknownIconsAreNullAndSaidSo() {
        QTest::ignoreMessage(QtWarningMsg, "no icon named 'no-such-icon'");
        QVERIFY(Theme::instance().icon("no-such-icon").isNull());
    }
};

QTEST_MAIN(TestTheme)
#include "test_theme.moc"

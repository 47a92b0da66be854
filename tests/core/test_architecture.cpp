// SPDX-License-Identifier: GPL-3.0-or-later
// The map's arrows, read off the #include lines.
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QHash>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

namespace {
const QDir kSource(QStringLiteral(GRADLENS_SOURCE_DIR));

// Which parts a part may include besides itself.
const QHash<QString, QSet<QString>> kArrows{
    {"core/base", {}},
    {"core/tensor", {"core/base"}},
    {"core/parallel", {"core/base"}},
    {"core/kernels", {"core/tensor", "core/parallel", "core/base"}},
    {"core/layout", {"core/base"}},
    {"core/ops", {"core/kernels", "core/tensor", "core/parallel", "core/base"}},
    {"core/graph", {"core/ops", "core/tensor", "core/base"}},
    {"core/plan", {"core/graph", "core/ops", "core/kernels", "core/tensor", "core/parallel", "core/base"}},
    {"core/engine",
     {"core/plan", "core/graph", "core/ops", "core/kernels", "core/tensor", "core/parallel", "core/base"}},
    {"core/data", {"core/plan", "core/graph", "core/ops", "core/kernels", "core/tensor", "core/parallel", "core/base"}},
    {"core/io", {"core/data", "core/plan", "core/graph", "core/ops", "core/tensor", "core/base"}},
    {"core/train",
     {"core/engine", "core/data", "core/io", "core/plan", "core/graph", "core/ops", "core/kernels", "core/tensor",
      "core/parallel", "core/base"}},
    {"core/export",
     {"core/io", "core/layout", "core/data", "core/plan", "core/graph", "core/ops", "core/tensor", "core/base"}},
    {"ui/theme", {}},
    {"ui/widgets", {"ui/theme", "core"}},
    {"ui/models", {"core"}},
    {"ui/session", {"core"}},
    {"ui/design", {"ui/session", "ui/models", "ui/widgets", "ui/theme", "core"}},
    {"ui/train", {"ui/session", "ui/models", "ui/widgets", "ui/theme", "core"}},
    {"ui/inspect", {"ui/session", "ui/models", "ui/widgets", "ui/theme", "core"}},
    {"ui/shell", {"ui/design", "ui/train", "ui/inspect", "ui/session", "ui/models", "ui/widgets", "ui/theme", "core"}},
};

struct Include {
    QString file, target;
    bool system;
};

QVector<Include> includesBelow(const QString& folder) {
    static const QRegularExpression pattern(QStringLiteral("^\\s*#\\s*include\\s*([<\"])([^>\"]+)[>\"]"),
                                            QRegularExpression::MultilineOption);
    QVector<Include> includes;
    QDirIterator files(kSource.filePath(folder), {"*.h", "*.cpp", "*.in"}, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (!file.open(QIODevice::ReadOnly)) continue;
        auto matches = pattern.globalMatch(QString::fromUtf8(file.readAll()));
        while (matches.hasNext()) {
            const auto match = matches.next();
            includes.push_back(
                {kSource.relativeFilePath(file.fileName()), match.captured(2), match.captured(1) == "<"});
        }
    }
    return includes;
}

QString partOf(const QString& path) {
    return path.section('/', 0, 1);
}
}  // namespace

class TestArchitecture : public QObject {
    Q_OBJECT
private slots:
    void everyFolderHasItsArrows_data() {
        QTest::addColumn<QString>("part");
        for (const char* side : {"core", "ui"})
            for (const QString& name : QDir(kSource.filePath(side)).entryList(QDir::Dirs | QDir::NoDotAndDotDot))
                QTest::newRow(qPrintable(side + ("/" + name))) << side + ("/" + name);
    }
    void everyFolderHasItsArrows() {
        QFETCH(const QString, part);
        QVERIFY2(kArrows.contains(part), "a folder that the map does not know");
        for (const Include& include : includesBelow(part)) {
            if (include.system) continue;
            const QString target = partOf(include.target);
            const bool allowed = target == part || kArrows[part].contains(target) ||
                                 (target.startsWith("core/") && kArrows[part].contains("core"));
            QVERIFY2(allowed, qPrintable(include.file + " includes " + include.target));
        }
    }
    void coreKnowsNoQt() {
        for (const Include& include : includesBelow("core"))
            QVERIFY2(!(include.system && include.target.startsWith('Q')),
                     qPrintable(include.file + " includes " + include.target));
    }
    void eigenStaysInTheKernels() {
        for (const char* side : {"core", "ui", "app"})
            for (const Include& include : includesBelow(side))
                QVERIFY2(!include.target.startsWith("Eigen/") || include.file.startsWith("core/kernels/"),
                         qPrintable(include.file + " includes " + include.target));
    }
    void onlyTheSessionTalksToTheTrainer() {
        for (const Include& include : includesBelow("ui")) {
            const bool talks = include.target == "core/train/trainer.h" && include.file.endsWith(".cpp");
            QVERIFY2(!talks || include.file.startsWith("ui/session/"),
                     qPrintable(include.file + " includes " + include.target));
        }
    }
    void everySourceFileNamesItsLicence() {
        for (const char* side : {"core", "ui", "app", "tests"}) {
            QDirIterator files(kSource.filePath(side), {"*.h", "*.cpp", "*.py", "*.in", "CMakeLists.txt"}, QDir::Files,
                               QDirIterator::Subdirectories);
            while (files.hasNext()) {
                QFile file(files.next());
                QVERIFY(file.open(QIODevice::ReadOnly));
                QVERIFY2(file.read(400).contains("SPDX-License-Identifier: GPL-3.0-or-later"),
                         qPrintable(file.fileName()));
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestArchitecture)
#include "test_architecture.moc"

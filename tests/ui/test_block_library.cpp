// SPDX-License-Identifier: GPL-3.0-or-later
// The user's library of blocks: kept in files, offered in the palette, copied into the project that uses one; files
// that cannot be read are told and left alone.
#include "canvas_driver.h"
#include "core/base/error.h"
#include "core/graph/block_library.h"
#include "ui/design/blocks/block_actions.h"
#include "ui/design/blocks/name_form.h"
#include "ui/design/palette.h"
#include "ui/models/user_blocks.h"
#include "ui/shell/main_window.h"
#include "ui/widgets/banner.h"

#include <QDir>
#include <QFile>
#include <QLineEdit>
#include <QMenu>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace gradlens;

namespace {
QString folderOf(const QTemporaryDir& settings) {
    return UserBlocks::folderFor(settings.path());
}

void writeFile(const QString& path, const QByteArray& text) {
    QDir().mkpath(QFileInfo(path).absolutePath());
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
}
}  // namespace

class TestBlockLibrary : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_settings;
    std::unique_ptr<UserBlocks> m_library;
    std::unique_ptr<CanvasDriver> m_driver;
    CanvasDriver& driver() { return *m_driver; }
    DesignDocument& document() { return m_driver->document; }

    NodeId makeBlock(const QString& name, std::vector<NodeId> nodes) {
        document().selection().set(std::move(nodes));
        document().makeBlock(name);
        return document().selection().current();
    }
    QStringList headings() {
        QStringList names;
        OpList* list = driver().workspace.palette().list();
        for (int row = 0; row < list->count(); ++row)
            if (!(list->item(row)->flags() & Qt::ItemIsSelectable)) names << list->item(row)->text();
        return names;
    }

private slots:
    void init() {
        m_settings = std::make_unique<QTemporaryDir>();
        m_library = std::make_unique<UserBlocks>(drawingCatalogue(), folderOf(*m_settings));
        m_driver = std::make_unique<CanvasDriver>(drawingCatalogue());
        document().setUserBlocks(m_library.get());
        driver().drawChain();
    }
    void cleanup() {
        m_driver.reset();
        m_library.reset();
    }

    void aSavedBlockIsOfferedInAnotherProjectAndCopiedIntoIt() {
        const NodeId use = makeBlock("Stage", {driver().id("dense1"), driver().id("relu1")});
        makeBlock("Outer", {use});
        document().selection().select(document().selection().current());
        driver().workspace.blockActions().save->trigger();
        QVERIFY(QFile::exists(folderOf(*m_settings) + "/Outer.json"));
        QCOMPARE(m_library->entries().size(), std::size_t{1});
        QCOMPARE(m_library->entries()[0].needed.size(), std::size_t{2});

        document().newProject();
        driver().settle();
        QVERIFY(headings().contains("My blocks"));
        QVERIFY(document().catalogue().find("Outer") == nullptr);
        const NodeId added = document().appendNode("Outer");
        QCOMPARE(document().graph().find(added)->op, std::string("Outer"));
        QCOMPARE(document().project().blocks.size(), std::size_t{2});
        QVERIFY(headings().contains("This project"));
        QCOMPARE(document().undoStack().count(), 1);
        document().undoStack().undo();
        QVERIFY(document().project().blocks.empty());
        // Whoever opens the file needs no library.
        document().undoStack().redo();
        const auto json = toJson(document().project(), drawingCatalogue());
        QVERIFY(projectFromJson(json, drawingCatalogue(), "test") == document().project());
    }

    void blocksOfTheProjectStandInThePalette() {
        QVERIFY(!headings().contains("This project"));
        makeBlock("Stage", {driver().id("dense1"), driver().id("relu1")});
        QVERIFY(headings().contains("This project"));
        QVERIFY(driver().workspace.palette().itemOf("Stage") != nullptr);
        document().undoStack().undo();
        QVERIFY(driver().workspace.palette().itemOf("Stage") == nullptr);
    }

    void aBlockOfTheLibraryIsRenamedAndDeletedFromThePalette() {
        makeBlock("Stage", {driver().id("dense1"), driver().id("relu1")});
        m_library->save(document().project().blocks[0], document().project().blocks);
        document().newProject();
        std::unique_ptr<QMenu> menu(driver().workspace.blockActions().paletteMenu("Stage", &driver().workspace));
        QVERIFY(menu != nullptr);
        menu->actions()[0]->trigger();
        NameForm* form = driver().workspace.blockActions().nameForm();
        form->field()->selectAll();
        QTest::keyClicks(form->field(), "Level");
        QTest::keyClick(form->field(), Qt::Key_Return);
        QVERIFY(m_library->find("Level") != nullptr);
        QVERIFY(!QFile::exists(folderOf(*m_settings) + "/Stage.json"));
        menu.reset(driver().workspace.blockActions().paletteMenu("Level", &driver().workspace));
        menu->actions()[1]->trigger();
        QVERIFY(m_library->entries().empty());
        QVERIFY(QDir(folderOf(*m_settings)).entryList(QDir::Files).isEmpty());
        QVERIFY(driver().workspace.blockActions().paletteMenu("Dense", &driver().workspace) == nullptr);
    }

    void damagedFilesAreToldAndTheRestIsThere_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("reason");
        QTest::newRow("cut short") << QByteArray("{\"gradlens_blocks\": 1, \"blo") << "line 1";
        QTest::newRow("foreign") << QByteArray("{\"colour\": \"red\"}") << "holds no blocks";
        QTest::newRow("a list") << QByteArray("[1, 2]") << "holds no blocks";
        QTest::newRow("newer") << QByteArray("{\"gradlens_blocks\": 99, \"blocks\": []}") << "newer version";
        QTest::newRow("empty") << QByteArray("{\"gradlens_blocks\": 1, \"blocks\": []}") << "holds no block";
        QTest::newRow("in itself")
            << QByteArray(
                   R"({"gradlens_blocks": 1, "blocks": [{"gradlens_block": 1, "name": "Loop", "base_name": "loop",
                "summary": "", "nodes": [{"id": 1, "name": "a", "op": "Loop"}], "edges": []}]})")
            << "Loop uses Loop";
    }
    void damagedFilesAreToldAndTheRestIsThere() {
        QFETCH(QByteArray, text);
        QFETCH(QString, reason);
        makeBlock("Stage", {driver().id("dense1"), driver().id("relu1")});
        m_library->save(document().project().blocks[0], document().project().blocks);
        const QString path = folderOf(*m_settings) + "/broken.json";
        writeFile(path, text);
        m_library->reload();
        QCOMPARE(m_library->entries().size(), std::size_t{1});
        QCOMPARE(m_library->faults().size(), std::size_t{1});
        QCOMPARE(m_library->faults()[0].path, path);
        QVERIFY2(m_library->faults()[0].reason.contains(path), qPrintable(m_library->faults()[0].reason));
        QVERIFY2(m_library->faults()[0].reason.contains(reason), qPrintable(m_library->faults()[0].reason));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), text);
    }

    void theWindowTellsOnceOfADamagedFile() {
        writeFile(folderOf(*m_settings) + "/broken.json", "nonsense");
        MainWindow::Options options;
        options.settingsFolder = m_settings->path();
        options.runsFolder = m_settings->filePath("runs");
        MainWindow window(options);
        const QList<BannerMessage> messages = window.banners().messages();
        QCOMPARE(messages.size(), 1);
        QVERIFY(messages[0].text.contains("broken.json"));
        QFile::remove(folderOf(*m_settings) + "/broken.json");
        messages[0].actions[0].run();
        QVERIFY(window.banners().messages().isEmpty());
    }
};

QTEST_MAIN(TestBlockLibrary)
#include "test_block_library.moc"

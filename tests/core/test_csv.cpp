// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/data/csv.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <zlib.h>

using namespace gradlens;
using Names = std::vector<std::string>;

class TestCsv : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    CsvTable read(const QByteArray& text, const CsvOptions& options = {}) {
        QFile file(m_folder.filePath("table.csv"));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size()) qFatal("cannot write the test file");
        file.close();
        return readCsv(file.fileName().toStdString(), options);
    }
    void expectError(const QByteArray& text, const char* part, const CsvOptions& options = {}) {
        std::string message = "no error";
        try {
            read(text, options);
        } catch (const Error& error) {
            message = error.what();
            QVERIFY2(error.where().ends_with("table.csv"), message.c_str());
            QVERIFY2(!error.hint().empty(), message.c_str());
        }
        QVERIFY2(message.find(part) != std::string::npos, message.c_str());
    }
    static CsvOptions labelled(const char* label) {
        CsvOptions options;
        options.label = label;
        return options;
    }
    static CsvOptions regression() {
        CsvOptions options;
        options.classification = false;
        return options;
    }

private slots:
    void plainNumbersAreReadWithoutHeader() {
        const CsvTable table = read("1,2.5,0\n-3e2,+4,1\n");
        QVERIFY(table.features.shape() == (Shape{2, 2}));
        QCOMPARE(table.features.at(1), 2.5);
        QCOMPARE(table.features.at(2), -300.0);
        QCOMPARE(table.features.at(3), 4.0);
        QCOMPARE(table.labels.at(1), 1.0);
        QVERIFY(table.featureNames.empty());
    }
    void aHeaderIsDetected() {
        const CsvTable table = read("width,height,kind\n1,2,cat\n3,4,ant\n");
        QVERIFY((table.featureNames == Names{"width", "height"}));
        QVERIFY((table.classNames == Names{"ant", "cat"}));
        QCOMPARE(table.labels.at(0), 1.0);
    }
    void aTextLabelIsNoHeader() { QCOMPARE(read("1,2,cat\n3,4,ant\n").features.shape()[0], 2); }
    void delimitersAreDetected_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("semicolon") << QByteArray("1;2;0\n3;4;1");
        QTest::newRow("tab") << QByteArray("1\t2\t0\n3\t4\t1");
        QTest::newRow("bar") << QByteArray("1|2|0\n3|4|1\n");
        QTest::newRow("blanks") << QByteArray("  1   2 0 \n3 4     1\n");
        QTest::newRow("comma and blanks") << QByteArray("1, 2, 0\n3 , 4,1\n");
    }
    void delimitersAreDetected() {
        QFETCH(QByteArray, text);
        const CsvTable table = read(text);
        QVERIFY(table.features.shape() == (Shape{2, 2}));
        QCOMPARE(table.features.at(3), 4.0);
    }
    void windowsLineEndsBlankLinesAndAMarkAreSkipped() {
        const CsvTable table = read(
            "\xEF\xBB\xBF"
            "1,2,0\r\n\r\n   \r\n3,4,1\r\n\r\n");
        QVERIFY(table.features.shape() == (Shape{2, 2}));
        QVERIFY((table.classNames == Names{"0", "1"}));
    }
    void quotedFieldsMayHoldDelimitersQuotesAndLineEnds() {
        const CsvTable table = read("\"a, b\",label\n\"1\",\"two \"\"words\"\"\"\n2,\"over\ntwo lines\"\n");
        QVERIFY((table.featureNames == Names{"a, b"}));
        QVERIFY((table.classNames == Names{"over\ntwo lines", "two \"words\""}));
    }
    void numericClassesSortByValue() {
        const CsvTable table = read("1,10\n1,9\n1,2.0\n1,2\n");
        QVERIFY((table.classNames == Names{"2", "9", "10"}) || (table.classNames == Names{"2.0", "9", "10"}));
        QCOMPARE(table.labels.at(0), 2.0);
        QCOMPARE(table.labels.at(2), table.labels.at(3));
    }
    void theLabelColumnGoesByName() {
        const CsvTable table = read("kind,a,b\n1,5,6\n0,7,8\n", labelled("kind"));
        QCOMPARE(table.features.at(0), 5.0);
        QCOMPARE(table.labels.at(0), 1.0);
    }
    void theLabelColumnGoesByNumber() {
        const CsvTable table = read("x,5,6\ny,7,8\n", labelled("1"));
        QVERIFY((table.classNames == Names{"x", "y"}));
        QCOMPARE(table.features.at(1), 6.0);
    }
    void regressionKeepsTheNumbers() {
        const CsvTable table = read("1,0.5\n2,-1.5\n", regression());
        QCOMPARE(table.labels.dtype(), DType::Float32);
        QCOMPARE(table.labels.at(1), -1.5);
    }
    void tinyNumbersBecomeZero() { QCOMPARE(read("1e-400,0\n1,1\n").features.at(0), 0.0); }
    void countsInTheFirstRowNameTheClasses() {
        const CsvTable table = read("2,3,malignant,benign\n1,2,3,1\n4,5,6,0\n");
        QVERIFY(table.features.shape() == (Shape{2, 3}));
        QVERIFY((table.classNames == Names{"malignant", "benign"}));
        QCOMPARE(table.labels.at(0), 1.0);
    }
    void countsThatDoNotHoldAreTold() { expectError("5,3,no,yes\n1,2,3,1\n4,5,6,0\n", "promises 5 rows, 2 are there"); }
    void aLabelBeyondTheNamedClassesIsTold() { expectError("2,1,no,yes\n1,0\n1,2\n", "the label '2' stands for none"); }
    void gzipIsReadToo() {
        const QByteArray path = m_folder.filePath("table.csv.gz").toUtf8();
        gzFile file = gzopen(path.constData(), "wb");
        gzputs(file, "1,2,0\n3,4,1\n");
        gzclose(file);
        QCOMPARE(readCsv(path.toStdString()).features.at(3), 4.0);
    }

    void textAmongNumbersIsPlaced() { expectError("1,2,0\n1,abc,0\n", "row 2, column 2: 'abc' is not a number"); }
    void theColumnsNameIsGiven() { expectError("a,b,c\n1,2,0\n\n1,x,0\n", "row 4, column 2 (b): 'x' is not a number"); }
    void halfANumberIsNoNumber() { expectError("1,2,0\n1,2.5mm,0\n", "'2.5mm' is not a number"); }
    void aMissingValueIsPlaced() { expectError("1,2,0\n1,,0\n", "row 2, column 2: the value is missing"); }
    void aMissingLabelIsPlaced() { expectError("1,2,0\n1,2,\n", "row 2, column 3: the label is missing"); }
    void nanIsRefused() { expectError("1,2,0\nNaN,2,0\n", "row 2, column 1: 'NaN' marks a missing value"); }
    void infinityIsRefused() { expectError("1,2,0\ninf,2,0\n", "'inf' is not a finite number"); }
    void numbersBeyondSinglePrecisionAreRefused() { expectError("1,2,0\n1e39,2,0\n", "'1e39' is not a finite number"); }
    void numbersBeyondDoublePrecisionAreRefused() {
        expectError("1,2,0\n1e999,2,0\n", "'1e999' is not a finite number");
    }
    void aShortRowIsPlaced() { expectError("1,2,0\n1,2\n", "row 2 has 2 columns, 3 are expected"); }
    void aLongRowIsPlaced() { expectError("1,2,0\n1,2,3,4\n", "row 2 has 4 columns, 3 are expected"); }
    void anEmptyFileSaysSo() { expectError("", "the file is empty"); }
    void blankLinesAloneAreEmpty() { expectError("\n\n  \n", "the file is empty"); }
    void aHeaderAloneIsTold() { expectError("a,b\n", "no row of data"); }
    void oneColumnIsNotEnough() { expectError("1\n2\n", "there is one column"); }
    void anUnknownLabelListsTheColumns() { expectError("a,b,c\n1,2,0\n", "The columns are a, b, c", labelled("kind")); }
    void aLabelBeyondTheColumnsIsTold() {
        expectError("1,2,0\n", "there is no column 4, the table has 3", labelled("4"));
    }
    void anOpenQuoteIsPlaced() { expectError("1,2,0\n1,2,\"a\n3,4,5\n", "row 2: a quote is opened and never closed"); }
    void binaryIsNoText() { expectError(QByteArray("1,2\0,0\n", 7), "zero bytes"); }
    void tooManyClassesHintAtRegression() {
        QByteArray text;
        for (int i = 0; i < 10002; ++i) text += "1," + QByteArray::number(i) + ".5\n";
        expectError(text, "Choose the task regression");
    }

    void realTablesAreRead_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("columns");
        QTest::addColumn<QString>("lastClass");
        QTest::newRow("iris") << "iris.csv" << 150 << 4 << "virginica";
        QTest::newRow("wine") << "wine_data.csv" << 178 << 13 << "class_2";
        QTest::newRow("breast cancer") << "breast_cancer.csv" << 569 << 30 << "benign";
        QTest::newRow("digits") << "digits.csv.gz" << 1797 << 64 << "9";
    }
    void realTablesAreRead() {
        QFETCH(QString, name);
        QFETCH(int, rows);
        QFETCH(int, columns);
        QFETCH(QString, lastClass);
        const auto file = std::filesystem::path(GRADLENS_SHARED_DATA) / name.toStdString();
        if (!std::filesystem::exists(file)) QSKIP("the table is not on this machine");
        const CsvTable table = readCsv(file);
        QVERIFY(table.features.shape() == (Shape{rows, columns}));
        QCOMPARE(QString::fromStdString(table.classNames.back()), lastClass);
    }

    void rowsAcrossReadBuffersStayWhole() {
        // Well beyond the megabyte read at a time.
        QByteArray text;
        for (int i = 0; i < 100000; ++i)
            text +=
                QByteArray::number(i) + "," + QByteArray::number(2 * i) + ",\"c" + QByteArray::number(i % 3) + "\"\n";
        const CsvTable table = read(text);
        QCOMPARE(table.features.shape()[0], 100000);
        const auto values = table.features.as<const float>();
        for (std::size_t i = 0; i < 100000; ++i)
            if (values[2 * i] != static_cast<float>(i) || values[2 * i + 1] != static_cast<float>(2 * i))
                QFAIL("a row differs");
    }
    void cancellingStopsTheReading() {
        QByteArray text;
        for (int i = 0; i < 10000; ++i) text += "1,2,0\n";
        QFile file(m_folder.filePath("long.csv"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
        file.close();
        const std::function<bool(double)> refuse = [](double) { return false; };
        QVERIFY_THROWS_EXCEPTION(Error, readCsv(file.fileName().toStdString(), {}, Progress{&refuse}));
    }
};

QTEST_GUILESS_MAIN(TestCsv)
#include "test_csv.moc"

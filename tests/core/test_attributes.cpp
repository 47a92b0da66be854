// SPDX-License-Identifier: GPL-3.0-or-later
// Attribute values, their specs and their text; and the catalogue's look-ups.
#include "core/ops/catalogue/attributes.h"
#include "core/ops/catalogue/catalogue.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace gradlens;

namespace {
const AttributeSpec kUnits = integerAttribute("units", "Units", 10, 1, 65536, "How many");
const AttributeSpec kRate = realAttribute("rate", "Rate", 0.5, 0, 0.99, "How often");
const AttributeSpec kBias = booleanAttribute("bias", "Bias", true, "Whether");
const AttributeSpec kMode = choiceAttribute("mode", "Mode", "same", {"same", "valid"}, "Which");
const AttributeSpec kKernel = pairAttribute("kernel", "Kernel", 3, 1, 100, "How large");
const AttributeSpec kShape = listAttribute("shape", "Shape", {-1}, -1, 1000, 0, 4, "Which shape");

std::string faultOf(const AttributeSpec& spec, const AttributeValue& value) {
    std::string message;
    return normalised(spec, value, &message) ? "accepted" : message;
}
}  // namespace

class TestAttributes : public QObject {
    Q_OBJECT

private slots:
    void settingTwiceKeepsOneValueInItsPlace();
    void removingForgets();
    void anIntegerStandsForAReal();
    void oneNumberStandsForAPair();
    void faultsSayWhatIsAllowed_data();
    void faultsSayWhatIsAllowed();
    void nanIsNotInAnyRange();
    void completingFillsInDefaults();
    void completingReportsStrangersAndMisfits();
    void textParsesAsTheUserMeansIt_data();
    void textParsesAsTheUserMeansIt();
    void nonsenseTextParsesAsNothing_data();
    void nonsenseTextParsesAsNothing();
    void realsSurviveTheirTextExactly();
    void opsAreFoundByNameOnly();
    void aMisspeltOpHasANearestOne();
    void categoriesComeInTheOrderOfDrawing();
};

void TestAttributes::settingTwiceKeepsOneValueInItsPlace() {
    Attributes attributes{{"a", true}, {"b", 2.0}};
    attributes.set("a", false);
    QCOMPARE(attributes.entries().size(), std::size_t{2});
    QCOMPARE(attributes.entries()[0].first, std::string("a"));
    QVERIFY(!attributes.flag("a"));
}

void TestAttributes::removingForgets() {
    Attributes attributes{{"a", true}};
    attributes.remove("a");
    QVERIFY(attributes.find("a") == nullptr);
}

void TestAttributes::anIntegerStandsForAReal() {
    QVERIFY(normalised(kRate, std::int64_t{0}, nullptr) == AttributeValue(0.0));
}

void TestAttributes::oneNumberStandsForAPair() {
    QVERIFY(normalised(kKernel, std::int64_t{5}, nullptr) == AttributeValue(IntegerList{5, 5}));
    QVERIFY(normalised(kKernel, IntegerList{5}, nullptr) == AttributeValue(IntegerList{5, 5}));
}

void TestAttributes::faultsSayWhatIsAllowed_data() {
    QTest::addColumn<QString>("got");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const std::string& got, const char* expected) {
        QTest::newRow(name) << QString::fromStdString(got) << QString(expected);
    };
    row("too small", faultOf(kUnits, std::int64_t{0}), "must be between 1 and 65536, got 0");
    row("not whole", faultOf(kUnits, 2.5), "must be a whole number, got 2.5");
    row("real too large", faultOf(kRate, 1.0), "must be between 0 and 0.99, got 1");
    row("not a number", faultOf(kRate, std::string("x")), "must be a number, got x");
    row("no such choice", faultOf(kMode, std::string("full")), "must be one of same, valid, got full");
    row("too many", faultOf(kKernel, IntegerList{1, 2, 3}), "must have 2 numbers, got 3");
    row("element out of range", faultOf(kKernel, IntegerList{1, 0}), "must be between 1 and 100, got 0");
    row("list too long", faultOf(kShape, IntegerList{1, 2, 3, 4, 5}), "must have 0 to 4 numbers, got 5");
}

void TestAttributes::faultsSayWhatIsAllowed() {
    QFETCH(QString, got);
    QFETCH(QString, expected);
    QCOMPARE(got, expected);
}

void TestAttributes::nanIsNotInAnyRange() {
    QVERIFY(!normalised(kRate, std::numeric_limits<double>::quiet_NaN(), nullptr));
}

void TestAttributes::completingFillsInDefaults() {
    const std::vector<AttributeSpec> specs = {kUnits, kRate};
    std::vector<AttributeFault> faults;
    const Attributes all = completed(specs, {{"rate", 0.25}}, &faults);
    QCOMPARE(all.integer("units"), 10);
    QCOMPARE(all.real("rate"), 0.25);
    QVERIFY(faults.empty());
}

void TestAttributes::completingReportsStrangersAndMisfits() {
    const std::vector<AttributeSpec> specs = {kUnits};
    std::vector<AttributeFault> faults;
    const Attributes all = completed(specs, {{"units", std::int64_t{-1}}, {"unist", std::int64_t{3}}}, &faults);
    QCOMPARE(all.integer("units"), 10);
    QCOMPARE(all.entries().size(), std::size_t{1});
    QCOMPARE(faults.size(), std::size_t{2});
    QCOMPARE(faults[0].attribute, std::string("units"));
    QCOMPARE(faults[1].attribute, std::string("unist"));
}

void TestAttributes::textParsesAsTheUserMeansIt_data() {
    QTest::addColumn<bool>("same");
    const auto row = [](const char* name, const AttributeSpec& spec, const char* text, const AttributeValue& expected) {
        QTest::newRow(name) << (fromText(spec, text) == expected);
    };
    row("blanks around", kUnits, "  64 ", std::int64_t{64});
    row("exponent", kRate, "1e-2", 0.01);
    row("whole number for a real", kRate, "0", 0.0);
    row("flag", kBias, "false", false);
    row("choice", kMode, " valid ", std::string("valid"));
    row("one number for a pair", kKernel, "5", IntegerList{5, 5});
    row("commas", kKernel, "3, 5", IntegerList{3, 5});
    row("times sign", kKernel, "3x5", IntegerList{3, 5});
    row("spaced times sign", kKernel, "3 x 5", IntegerList{3, 5});
    row("blank", kShape, "1 28 28", IntegerList{1, 28, 28});
    row("empty list", kShape, "", IntegerList{});
    row("open size", kShape, "-1, 7", IntegerList{-1, 7});
}

void TestAttributes::textParsesAsTheUserMeansIt() {
    QFETCH(bool, same);
    QVERIFY(same);
}

void TestAttributes::nonsenseTextParsesAsNothing_data() {
    QTest::addColumn<bool>("nothing");
    const auto row = [](const char* name, const AttributeSpec& spec, const char* text) {
        QTest::newRow(name) << !fromText(spec, text).has_value();
    };
    row("letters", kUnits, "many");
    row("rest behind the number", kUnits, "12 units");
    row("empty number", kUnits, "");
    row("out of range", kUnits, "0");
    row("too large for any integer", kUnits, "99999999999999999999");
    row("real for an integer", kUnits, "1.5");
    row("nan", kRate, "nan");
    row("not a flag", kBias, "yes");
    row("no such choice", kMode, "Same");
    row("dangling comma", kKernel, "3,");
    row("two commas", kShape, "3,,5");
}

void TestAttributes::nonsenseTextParsesAsNothing() {
    QFETCH(bool, nothing);
    QVERIFY(nothing);
}

void TestAttributes::realsSurviveTheirTextExactly() {
    const AttributeSpec any = realAttribute("x", "X", 0, -1e300, 1e300, "Any");
    for (const double value : {0.1, 1.0 / 3, 1e-8, 123456789.123, -2.5e17})
        QVERIFY(fromText(any, toText(value)) == AttributeValue(value));
}

void TestAttributes::opsAreFoundByNameOnly() {
    QVERIFY(opCatalogue().find("ReLU") != nullptr);
    QVERIFY(opCatalogue().find("relu") == nullptr);
    QVERIFY(opCatalogue().find("") == nullptr);
}

void TestAttributes::aMisspeltOpHasANearestOne() {
    const OpDefinition* op = opCatalogue().nearest("Sofmax");
    QVERIFY(op != nullptr);
    QCOMPARE(op->name, std::string("Softmax"));
    QVERIFY(opCatalogue().nearest("Kubernetes") == nullptr);
}

void TestAttributes::categoriesComeInTheOrderOfDrawing() {
    const std::vector<std::string> categories = opCatalogue().categories();
    QCOMPARE(categories.front(), std::string("Input"));
    QCOMPARE(categories.back(), std::string("Loss"));
}

QTEST_GUILESS_MAIN(TestAttributes)
#include "test_attributes.moc"

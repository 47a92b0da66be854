// SPDX-License-Identifier: GPL-3.0-or-later
// The factors of every schedule against PyTorch's in data/schedules.json (made by make_golden.py).
#include "core/plan/schedule.h"

#include <QtTest>

#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>

using namespace gradlens;
using nlohmann::json;

namespace {
json cases() {
    std::ifstream stream(GRADLENS_SOURCE_DIR "/tests/golden/data/schedules.json");
    return json::parse(stream).at("cases");
}

Attributes attributesOf(const json& values) {
    Attributes attributes;
    for (const auto& [name, value] : values.items()) {
        if (value.is_boolean())
            attributes.set(name, value.get<bool>());
        else if (value.is_string())
            attributes.set(name, value.get<std::string>());
        else if (value.is_array())
            attributes.set(name, value.get<IntegerList>());
        else if (value.is_number_integer())
            attributes.set(name, value.get<std::int64_t>());
        else
            attributes.set(name, value.get<double>());
    }
    return attributes;
}
}  // namespace

class TestGoldenSchedules : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyScheduleHasGoldenNumbersAndWords();
    void factorsAgreeWithPyTorch_data();
    void factorsAgreeWithPyTorch();
    void epochsCountWholeEpochs();
    void afterTheEndTheLastFactorHolds();
};

void TestGoldenSchedules::everyScheduleHasGoldenNumbersAndWords() {
    const json all = cases();
    for (const ScheduleDefinition& schedule : schedules()) {
        QVERIFY2(std::ranges::any_of(all, [&](const json& one) { return one.at("schedule") == schedule.name; }),
                 schedule.name.c_str());
        QVERIFY(schedule.summary.ends_with('.') && !schedule.maths.empty() && !schedule.pytorch.empty());
        for (const AttributeSpec& spec : schedule.attributes)
            QVERIFY2(!spec.help.empty() && !spec.label.empty(), spec.name.c_str());
    }
}

void TestGoldenSchedules::factorsAgreeWithPyTorch_data() {
    QTest::addColumn<int>("number");
    const json all = cases();
    for (std::size_t i = 0; i < all.size(); ++i)
        QTest::newRow((all[i].at("schedule").get<std::string>() + " " + all[i].at("attributes").dump()).c_str())
            << static_cast<int>(i);
}

// PyTorch multiplies from step to step where we compute afresh: some tens of roundings.
void TestGoldenSchedules::factorsAgreeWithPyTorch() {
    QFETCH(int, number);
    const json golden = cases()[static_cast<std::size_t>(number)];
    const ScheduleDefinition* schedule = findSchedule(golden.at("schedule").get<std::string>());
    QVERIFY(schedule != nullptr);
    std::vector<AttributeFault> faults;
    const Attributes attributes = completed(schedule->attributes, attributesOf(golden.at("attributes")), &faults);
    QVERIFY2(faults.empty(), faults.empty() ? "" : faults[0].message.c_str());
    PlateauState plateau;
    for (std::size_t i = 0; i < golden.at("factors").size(); ++i) {
        const auto step = static_cast<std::int64_t>(i);
        const double got = scheduleFactor(*schedule, attributes, step, 1, golden.at("total")) * plateau.factor,
                     wanted = golden.at("factors")[i];
        QVERIFY2(
            std::abs(got - wanted) <= 1e-13,
            qPrintable(QString("step %1: PyTorch %2, here %3").arg(step).arg(wanted, 0, 'g', 17).arg(got, 0, 'g', 17)));
        if (schedule->followsEvaluation) evaluated(plateau, attributes, golden.at("values")[i], step + 1);
    }
}

void TestGoldenSchedules::epochsCountWholeEpochs() {
    const ScheduleDefinition& schedule = *findSchedule("Step");
    const Attributes attributes = completed(schedule.attributes, {{"every", std::int64_t{2}}, {"gamma", 0.5}}, nullptr);
    QCOMPARE(scheduleFactor(schedule, attributes, 19, 10, 100), 1.0);
    QCOMPARE(scheduleFactor(schedule, attributes, 20, 10, 100), 0.5);
}

void TestGoldenSchedules::afterTheEndTheLastFactorHolds() {
    for (const char* name : {"Cosine", "OneCycle", "Polynomial"}) {
        const ScheduleDefinition& schedule = *findSchedule(name);
        const Attributes attributes = completed(schedule.attributes, {}, nullptr);
        QCOMPARE(scheduleFactor(schedule, attributes, 500, 10, 100),
                 scheduleFactor(schedule, attributes, 100, 10, 100));
    }
}

QTEST_GUILESS_MAIN(TestGoldenSchedules)
#include "test_golden_schedules.moc"

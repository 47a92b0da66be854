// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/block_library.h"
#include "core/graph/receptive_field.h"
#include "support_networks.h"

using namespace gradlens;
using namespace gradlens::test;

namespace {
Attributes conv(std::int64_t kernel, std::int64_t stride = 1, std::int64_t dilation = 1) {
    return {{"filters", std::int64_t{4}},
            {"kernel", IntegerList{kernel, kernel}},
            {"stride", IntegerList{stride, stride}},
            {"dilation", IntegerList{dilation, dilation}},
            {"padding", IntegerList{kernel / 2 * dilation, kernel / 2 * dilation}}};
}

struct Drawing {
    explicit Drawing(IntegerList image) { at = drawFeatures(graph, std::move(image)); }
    NodeId then(const std::string& op, Attributes attributes = {}) {
        return at = draw(graph, op, {at}, std::move(attributes));
    }
    ReceptiveField fieldOf(NodeId id) const {
        const GraphAnalysis analysis = analyse(graph, drawingCatalogue(), 2, DType::Float32, false);
        const auto fields = receptiveFields(graph, drawingCatalogue(), analysis);
        return fields[static_cast<std::size_t>(analysis.find(id) - analysis.nodes.data())];
    }
    ReceptiveField last() const { return fieldOf(at); }
    ModelGraph graph;
    NodeId at;
};

std::string textOf(const ReceptiveField& field) {
    return field.toString();
}
}  // namespace

class TestReceptiveField : public QObject {
    Q_OBJECT

private slots:
    void anInputSeesItself() { QCOMPARE(textOf(Drawing({3, 32, 32}).last()), std::string("1x1")); }

    void convolutionsAddUp() {
        Drawing drawing({3, 32, 32});
        drawing.then("Conv2D", conv(3));
        drawing.then("ReLU");
        drawing.then("Conv2D", conv(3));
        QCOMPARE(textOf(drawing.last()), std::string("5x5"));
    }

    // r = 1, 11, 19, 51, 67, 99, 131, 163, 195 [Araujo et al. 2019: AlexNet's last pooling sees 195].
    void alexNetSees195Pixels() {
        Drawing drawing({3, 227, 227});
        const auto pool = Attributes{{"kernel", IntegerList{3, 3}}, {"stride", IntegerList{2, 2}}};
        drawing.then("Conv2D", conv(11, 4));
        drawing.then("MaxPool2D", pool);
        QCOMPARE(textOf(drawing.last()), std::string("19x19"));
        drawing.then("Conv2D", conv(5));
        drawing.then("MaxPool2D", pool);
        QCOMPARE(textOf(drawing.last()), std::string("67x67"));
        for (int i = 0; i < 3; ++i) drawing.then("Conv2D", conv(3));
        drawing.then("MaxPool2D", pool);
        QCOMPARE(textOf(drawing.last()), std::string("195x195"));
        QCOMPARE(drawing.last().axes[0].jump, 32.0);
    }

    void dilationReachesFurther() {
        Drawing drawing({1, 64, 64});
        drawing.then("Conv2D", conv(3, 1, 4));
        QCOMPARE(textOf(drawing.last()), std::string("9x9"));
    }

    void whereTwoPathsMeetTheWiderCounts() {
        Drawing drawing({4, 32, 32});
        const NodeId image = drawing.at;
        const NodeId branch = drawing.then("Conv2D", conv(5));
        const NodeId sum = draw(drawing.graph, "Add", {image, branch});
        QCOMPARE(textOf(drawing.fieldOf(sum)), std::string("5x5"));
    }

    void makingMapsLargerHalvesTheJump() {
        Drawing drawing({4, 32, 32});
        drawing.then("MaxPool2D");
        drawing.then(
            "ConvTranspose2D",
            Attributes{{"filters", std::int64_t{4}}, {"kernel", IntegerList{2, 2}}, {"stride", IntegerList{2, 2}}});
        QCOMPARE(textOf(drawing.last()), std::string("2x2"));
        QCOMPARE(drawing.last().axes[0].jump, 1.0);
        drawing.then("Conv2D", conv(3));
        QCOMPARE(textOf(drawing.last()), std::string("4x4"));
    }

    void pooledOrLaidFlatEverythingIsSeen_data() {
        QTest::addColumn<QString>("op");
        for (const char* op : {"GlobalAvgPool", "GlobalMaxPool", "AdaptiveAvgPool2D", "Flatten", "ReduceMean"})
            QTest::newRow(op) << op;
    }
    void pooledOrLaidFlatEverythingIsSeen() {
        QFETCH(const QString, op);
        Drawing drawing({3, 16, 16});
        drawing.then("Conv2D", conv(3));
        drawing.then(op.toStdString());
        QCOMPARE(textOf(drawing.last()), std::string("all"));
    }

    void aSequenceHasOneAxis() {
        Drawing drawing({3, 50});
        drawing.then("Conv1D",
                     {{"filters", std::int64_t{4}}, {"kernel", std::int64_t{5}}, {"stride", std::int64_t{2}}});
        drawing.then("Conv1D", {{"filters", std::int64_t{4}}, {"kernel", std::int64_t{3}}});
        QCOMPARE(textOf(drawing.last()), std::string("9"));
    }

    void vectorsHaveNone() {
        Drawing drawing({7});
        drawing.then("Dense", units(3));
        QCOMPARE(textOf(drawing.last()), std::string());
    }

    void aBlockSeesAsFarAsWhatIsInside() {
        Drawing drawing({1, 28, 28});
        const NodeId stem = drawing.then("ConvBNReLU", {{"filters", std::int64_t{4}}});
        const NodeId residual = drawing.then("ResidualBlock", {{"filters", std::int64_t{4}}});
        QCOMPARE(textOf(drawing.fieldOf(stem)), std::string("3x3"));
        QCOMPARE(textOf(drawing.fieldOf(residual)), std::string("7x7"));
    }

    void whatIsNotKnownHasNone() {
        Drawing drawing({7});
        drawing.then("Conv2D", conv(3));
        QCOMPARE(textOf(drawing.last()), std::string());
    }
};

QTEST_GUILESS_MAIN(TestReceptiveField)
#include "test_receptive_field.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// What layers cost: the table behind the figures.
#include "core/graph/block_library.h"
#include "core/graph/cost_table.h"
#include "support_networks.h"

#include <numeric>

using namespace gradlens;
using namespace gradlens::test;

namespace {
// Input(1x8x8) -> Conv2D(4, 3x3) -> Flatten -> Dense(10) -> loss, batches of 5.
struct Net {
    Net() {
        const NodeId features = drawFeatures(graph, {1, 8, 8});
        const NodeId conv = draw(graph, "Conv2D", {features}, {{"filters", std::int64_t{4}}}, "conv");
        const NodeId flat = draw(graph, "Flatten", {conv}, {}, "flat");
        const NodeId scores = draw(graph, "Dense", {flat}, units(10), "scores");
        draw(graph, "SoftmaxCrossEntropy", {scores, drawClassLabels(graph)}, {}, "loss");
    }
    CostTable table() const { return costTable(graph, drawingCatalogue(), analyse(graph, drawingCatalogue(), 5)); }
    LayerCost layer(const char* name) const {
        const CostTable all = table();
        return *std::ranges::find(all.layers, name, &LayerCost::name);
    }
    ModelGraph graph;
};
}  // namespace

class TestCostTable : public QObject {
    Q_OBJECT

private slots:
    void multiplyAddsAreOfOneSample() {
        // 4 filters x 9 taps x 36 pixels, and half an addition a pixel for the bias.
        QCOMPARE(Net().layer("conv").multiplyAdds, 4.0 * 9 * 36 + 4 * 36 / 2.0);
        QCOMPARE(Net().layer("scores").multiplyAdds, 144.0 * 10 + 10 / 2.0);
    }
    void activationsAreOfTheBatch() { QCOMPARE(Net().layer("conv").activationBytes, 5.0 * 4 * 36 * 4); }
    void theFieldGrowsFromLayerToLayer() {
        QCOMPARE(Net().layer("conv").receptiveField, std::string("3x3"));
        QCOMPARE(Net().layer("scores").receptiveField, std::string("all"));
    }
    void sharesOfTimeAddUpToOne() {
        const CostTable table = Net().table();
        const double sum = std::accumulate(table.layers.begin(), table.layers.end(), 0.0,
                                           [](double all, const LayerCost& layer) { return all + layer.timeShare; });
        QVERIFY(std::abs(sum - 1) < 1e-12);
    }
    void totalsAreThoseOfTheLayers() {
        const CostTable table = Net().table();
        QCOMPARE(table.parameters, std::int64_t{4 * 9 + 4 + 144 * 10 + 10});
        double activations = 0;
        for (const LayerCost& layer : table.layers) activations += layer.activationBytes;
        QCOMPARE(table.activationBytes, activations);
    }
    void aLayerThatIsNotKnownHasNoFigures() {
        Net net;
        net.graph.disconnect({net.graph.findByName("scores")->id, 0});
        QVERIFY(!net.layer("scores").known);
        QCOMPARE(net.layer("scores").parameters, std::int64_t{0});
    }
    void csvHasALineForEachLayerAndTheTotals() {
        const CostTable table = Net().table();
        const std::string csv = csvOf(table);
        QCOMPARE(std::ranges::count(csv, '\n'), static_cast<std::ptrdiff_t>(table.layers.size() + 2));
        QVERIFY(csv.find("conv,Conv2D,5x4x6x6,40,1368,2880,3x3,") != std::string::npos);
        QVERIFY(csv.find("total,,,1490,") != std::string::npos);
        // Every line has as many fields.
        for (std::size_t at = 0, end; (end = csv.find('\n', at)) != std::string::npos; at = end + 1)
            QCOMPARE(std::count(csv.begin() + static_cast<std::ptrdiff_t>(at),
                                csv.begin() + static_cast<std::ptrdiff_t>(end), ','),
                     std::ptrdiff_t{7});
    }
};

QTEST_GUILESS_MAIN(TestCostTable)
#include "test_cost_table.moc"

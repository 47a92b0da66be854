// SPDX-License-Identifier: GPL-3.0-or-later
// Projects that are wrong, each in its own way: what is said of them, where, and that the fixes offered put it right.
#include "core/graph/fix.h"
#include "core/train/project_check.h"
#include "support_drawings.h"
#include "support_networks.h"

#include <algorithm>
#include <map>

using namespace gradlens;
using namespace gradlens::test;

namespace {
struct Wrong {
    const char* name;
    const char* node;  // where it is said; "": of the whole drawing
    const char* words;
    std::string drawing;
    bool fixable = false;
    const char* source = nullptr;  // of the data it is checked with
};

// Pictures of 1x8x8, as the digits are, through `layers`; the last of them is called scores.
std::string pictures(const std::string& layers) {
    return "image = Input shape=1,8,8\n" + layers + "\n label = Labels\n loss = SoftmaxCrossEntropy(scores, label)\n";
}

std::string flat(const std::string& layers) {
    return pictures("flat = Flatten(image)\n" + layers);
}

std::vector<Wrong> wrongs() {
    return {
        {"an op that is not there", "dense", "there is no op called 'Dens'",
         flat("dense = Dens(flat) units=32\n relu = ReLU(dense)\n scores = Dense(relu) units=10"), true},
        {"a cycle", "a", "a -> b -> a form a cycle",
         flat("a = Add(flat, b)\n b = ReLU(a)\n scores = Dense(b) units=10")},
        {"nothing drawn", "", "The drawing is empty", ""},
        {"no loss", "", "There is no loss",
         "image = Input shape=1,8,8\n flat = Flatten(image)\n scores = Dense(flat) units=10\n", true},
        {"a layer without input", "relu", "nothing is connected to its input",
         flat("dense = Dense(flat) units=32\n relu = ReLU(_)\n scores = Dense(relu) units=10")},
        {"a loss without labels", "loss", "nothing is connected to its input 'labels'",
         "image = Input shape=1,8,8\n flat = Flatten(image)\n scores = Dense(flat) units=10\n loss = "
         "SoftmaxCrossEntropy(scores, _)\n",
         true},
        {"a sum of nothing", "sum", "nothing is connected to its inputs",
         flat("dense = Dense(flat) units=10\n sum = Add()\n scores = Mul(dense, sum)")},
        {"no features", "loss", "No features reach the loss",
         "a = Input shape=4 source=labels values=real\n out = Dense(a) units=4\n loss = MeanSquaredError(out, a)\n"},
        {"nothing to train", "loss", "There is nothing to train",
         "image = Input shape=8\n out = ReLU(image)\n loss = MeanSquaredError(out, image)\n"},
        {"a convolution of vectors", "conv", "expects a 4-dimensional input",
         flat("conv = Conv2D(flat) filters=4\n flat2 = Flatten(conv)\n scores = Dense(flat2) units=10"), true},
        {"a convolution of pictures without channels", "conv", "expects a 4-dimensional input",
         "image = Input shape=8,8\n conv = Conv2D(image) filters=4\n flat = Flatten(conv)\n scores = Dense(flat) "
         "units=10\n label = Labels\n loss = SoftmaxCrossEntropy(scores, label)\n",
         true},
        {"a filter larger than the picture", "conv", "has a kernel larger than its input",
         pictures("conv = Conv2D(image) filters=4 kernel=11,11\n flat = Flatten(conv)\n scores = Dense(flat) units=10"),
         true},
        {"one pooling too many", "pool4", "has a kernel larger than its input",
         pictures("pool1 = MaxPool2D(image)\n pool2 = MaxPool2D(pool1)\n pool3 = MaxPool2D(pool2)\n pool4 = "
                  "MaxPool2D(pool3)\n flat = Flatten(pool4)\n scores = Dense(flat) units=10"),
         true},
        {"pooling with too much padding", "pool", "has more padding than half its kernel",
         pictures("pool = MaxPool2D(image) padding=2,2\n flat = Flatten(pool)\n scores = Dense(flat) units=10"), true},
        {"a dense layer on maps", "loss", "which want labels of shape",
         pictures("conv = Conv2D(image) filters=4\n relu = ReLU(conv)\n scores = Dense(relu) units=10"), true},
        {"a sum of unlike channels", "sum", "cannot add",
         pictures(
             "a = Conv2D(image) filters=4 padding=1,1\n relu = ReLU(a)\n b = Conv2D(relu) filters=8 padding=1,1\n sum "
             "= Add(relu, b)\n flat = Flatten(sum)\n scores = Dense(flat) units=10"),
         true},
        {"a sum of unlike sizes", "sum", "cannot add",
         pictures("a = Conv2D(image) filters=4 padding=1,1\n relu = ReLU(a)\n b = Conv2D(relu) filters=8 padding=1,1 "
                  "stride=2,2\n sum = Add(relu, b)\n flat = Flatten(sum)\n scores = Dense(flat) units=10"),
         true},
        {"maps of unlike sizes side by side", "both", "cannot join",
         pictures("a = Conv2D(image) filters=4\n b = Conv2D(image) filters=4 kernel=5,5\n both = Concat(a, b)\n flat = "
                  "Flatten(both)\n scores = Dense(flat) units=10")},
        {"a reshape that does not come out even", "rows", "cannot lay 64 values a sample",
         pictures("rows = Reshape(image) shape=5,5\n flat = Flatten(rows)\n scores = Dense(flat) units=10")},
        {"a cut into unequal parts", "split", "cannot cut 10 into 3 equal parts",
         flat("dense = Dense(flat) units=10\n split = Split(dense) parts=3\n scores = Dense(split.0) units=10")},
        {"dropout of more than everything", "drop", "rate must be",
         flat("dense = Dense(flat) units=32\n drop = Dropout(dense) rate=1.5\n scores = Dense(drop) units=10"), true},
        {"a misspelt attribute", "scores", "unit ", flat("scores = Dense(flat) unit=10")},
        {"class numbers where features belong", "scores", "expects real numbers, but gets class numbers from label",
         "image = Input shape=1,8,8\n label = Labels shape=4\n scores = Dense(label) units=10\n loss = "
         "SoftmaxCrossEntropy(scores, label)\n"},
        {"real labels where classes belong", "loss", "expects class numbers, but gets real numbers from label",
         "image = Input shape=8\n scores = Dense(image) units=10\n label = Input source=labels values=real shape=\n "
         "loss "
         "= SoftmaxCrossEntropy(scores, label)\n",
         true},
        {"a target of another shape", "loss", "compares a prediction of shape",
         "table = Input shape=8\n out = Dense(table) units=3\n target = Input source=labels values=real shape=1\n loss "
         "= "
         "MeanSquaredError(out, target)\n",
         true},
        {"class weights for other classes", "loss", "has 3 class weights for 10 classes",
         "image = Input shape=8\n scores = Dense(image) units=10\n label = Labels\n loss = SoftmaxCrossEntropy(scores, "
         "label) class_weights=1,2,3\n"},
        {"heads that do not share evenly", "attention", "cannot share vectors of 30 among 4 heads",
         "text = Input shape=16 values=class\n token = Embedding(text) vocabulary=50 dimension=30\n attention = "
         "MultiHeadAttention(token) heads=4\n flat = Flatten(attention)\n scores = Dense(flat) units=10\n label = "
         "Labels\n loss = SoftmaxCrossEntropy(scores, label)\n",
         true},
        {"groups that do not share evenly", "conv", "groups",
         "image = Input shape=3,8,8\n conv = Conv2D(image) filters=8 groups=2\n relu = ReLU(conv)\n flat = "
         "Flatten(relu)\n scores = Dense(flat) units=10\n label = Labels\n loss = SoftmaxCrossEntropy(scores, label)\n",
         true},
        {"an edge into an input that is not there", "relu", "has no input number 2",
         flat("dense = Dense(flat) units=32\n relu = ReLU(dense, flat)\n scores = Dense(relu) units=10")},
        {"an edge from an output that is not there", "relu", "is connected to output number 3 of dense",
         flat("dense = Dense(flat) units=32\n relu = ReLU(dense.2)\n scores = Dense(relu) units=10")},
        {"an embedding of real numbers", "token", "expects class numbers, but gets real numbers from image",
         flat("token = Embedding(image) vocabulary=50 dimension=8\n flat2 = Flatten(token)\n scores = Dense(flat2) "
              "units=10"),
         true},
        {"pictures into a recurrent layer", "lstm", "expects a batch of sequences",
         pictures("lstm = LSTM(image) hidden=8\n scores = Dense(lstm) units=10")},
        {"pooling of what is flat", "pool", "expects maps",
         flat("pool = GlobalAvgPool(flat)\n scores = Dense(pool) units=10")},
        {"matrices that do not fit", "product", "the inner sizes differ",
         "a = Input shape=4,5\n b = Dense(a) units=6\n product = MatMul(a, b)\n flat = Flatten(product)\n scores = "
         "Dense(flat) units=10\n label = Labels\n loss = SoftmaxCrossEntropy(scores, label)\n"},
        {"axes in an order of too few", "turned", "cannot bring the 3 axes",
         pictures("turned = Permute(image) order=1,0\n flat = Flatten(turned)\n scores = Dense(flat) units=10")},
        {"a layer that no machine can hold", "dense", "too large for any memory",
         "image = Input shape=16777216\n dense = Dense(image) units=16777216\n scores = Dense(dense) units=10\n label "
         "= "
         "Labels\n loss = SoftmaxCrossEntropy(scores, label)\n"},
        {"a layer that leads nowhere", "aside", "takes no part in training",
         flat("scores = Dense(flat) units=10\n aside = Dense(flat) units=3"), true},
        {"a port of a block, outside of one", "port", "has its place inside a block only",
         flat("port = BlockOutput(flat)\n scores = Dense(flat) units=10")},
        {"a block without input", "stage", "nothing is connected to its input",
         pictures("stage = ResidualBlock(_) filters=4\n flat = Flatten(stage)\n scores = Dense(flat) units=10")},
        {"a fault inside a block", "mlp", "mlp/",
         "image = Input shape=\n mlp = MLP(image) units=4\n scores = Dense(mlp) units=10\n label = Labels\n loss = "
         "SoftmaxCrossEntropy(scores, label)\n"},
        {"pictures of another size than the data", "image", "expects 1x28x28, but the Digits samples are 1x8x8",
         "image = Input shape=1,28,28\n flat = Flatten(image)\n scores = Dense(flat) units=10\n label = Labels\n loss "
         "= "
         "SoftmaxCrossEntropy(scores, label)\n",
         true, "digits"},
        {"fewer classes than the data", "loss", "gets scores for 7 classes, but Digits has 10",
         flat("scores = Dense(flat) units=7"), true, "digits"},
        {"real targets of data with classes", "target", "but the labels of Digits are class numbers",
         "image = Input shape=1,8,8\n flat = Flatten(image)\n out = Dense(flat) units=1\n target = Input source=labels "
         "shape=1 values=real\n loss = MeanSquaredError(out, target)\n",
         false, "digits"},
        {"tokens where the data is real", "text", "are real numbers, not class numbers",
         "text = Input shape=1,8,8 values=class\n token = Embedding(text) vocabulary=50 dimension=8\n flat = "
         "Flatten(token)\n scores = Dense(flat) units=10\n label = Labels\n loss = SoftmaxCrossEntropy(scores, "
         "label)\n",
         false, "digits"},
    };
}

KnownData dataOf(const Wrong& wrong) {
    static std::map<std::string, KnownData> loaded;
    if (wrong.source == nullptr) return {};
    KnownData& data = loaded[wrong.source];
    if (data.dataset == nullptr) {
        const DatasetSpec spec{wrong.source, {}};
        data.dataset = loadDataset(spec, {{}, resourcesFolder(), 1, {}});
        data.facts = std::make_shared<const DatasetFacts>(factsOf(*data.dataset, spec));
    }
    return data;
}

std::vector<Problem> checked(const ModelGraph& graph, const Wrong& wrong) {
    Project project;
    project.graph = graph;
    return checkProject(project, drawingCatalogue(), analyse(graph, drawingCatalogue(), project.training.batchSize),
                        dataOf(wrong));
}

bool says(const Problem& problem, const Wrong& wrong) {
    return problem.message.find(wrong.words) != std::string::npos;
}
}  // namespace

class TestWrongProjects : public QObject {
    Q_OBJECT

private slots:
    void thereAreThirtyAndMore() { QVERIFY(wrongs().size() >= 40); }

    void eachIsToldAtTheRightNode_data() {
        QTest::addColumn<int>("index");
        const auto all = wrongs();
        for (std::size_t i = 0; i < all.size(); ++i) QTest::newRow(all[i].name) << static_cast<int>(i);
    }
    void eachIsToldAtTheRightNode() {
        QFETCH(const int, index);
        const Wrong wrong = wrongs()[static_cast<std::size_t>(index)];
        const ModelGraph graph = drawn(wrong.drawing);
        const auto problems = checked(graph, wrong);
        const auto here = problemsAt(problems, graph, wrong.node);
        QVERIFY2(std::ranges::any_of(here, [&](const Problem& each) { return says(each, wrong); }),
                 text(problems).c_str());
        for (const Problem& problem : problems) QVERIFY2(!problem.hint.empty(), problem.message.c_str());
    }

    void whatIsOfferedPutsItRight_data() { eachIsToldAtTheRightNode_data(); }
    void whatIsOfferedPutsItRight() {
        QFETCH(const int, index);
        const Wrong wrong = wrongs()[static_cast<std::size_t>(index)];
        const ModelGraph graph = drawn(wrong.drawing);
        bool any = false;
        for (const Problem& problem : checked(graph, wrong)) {
            if (!says(problem, wrong)) continue;
            for (const Fix& fix : problem.fixes) {
                any = true;
                QVERIFY(!fix.title.empty());
                const ModelGraph after = fixed(graph, drawingCatalogue(), fix);
                const auto left = checked(after, wrong);
                QVERIFY2(std::ranges::none_of(left,
                                              [&](const Problem& each) {
                                                  return each.node == problem.node && each.message == problem.message;
                                              }),
                         (fix.title + ": " + text(left)).c_str());
            }
        }
        if (wrong.fixable) QVERIFY2(any, text(checked(graph, wrong)).c_str());
    }

    void aFixIsNothingWhereItNoLongerApplies() {
        const ModelGraph graph = drawn(flat("scores = Dense(flat) units=10"));
        QVERIFY(fixed(graph, drawingCatalogue(), {Fix::Kind::Remove, "gone", static_cast<NodeId>(99)}) == graph);
        QVERIFY(fixed(graph, drawingCatalogue(),
                      {Fix::Kind::InsertBefore, "gone", graph.findByName("scores")->id, 7, "Flatten"}) == graph);
    }

    void insertedNodesMakeRoomForThemselves() {
        const ModelGraph graph = drawn(flat("scores = Dense(flat) units=10"));
        const NodeId scores = graph.findByName("scores")->id;
        const ModelGraph after =
            fixed(graph, drawingCatalogue(), {Fix::Kind::InsertBefore, "insert", scores, 0, "ReLU"});
        const Node& between = *after.find(after.edgeInto({scores, 0})->from.node);
        QCOMPARE(between.op, std::string("ReLU"));
        QCOMPARE(between.name, std::string("relu1"));
        QVERIFY(between.position == graph.find(scores)->position);
        QVERIFY(after.find(scores)->position.y > between.position.y);
        QVERIFY(after.findByName("loss")->position.y > graph.findByName("loss")->position.y);
    }

    void aLossTakesLabelsThatWaitForIt() {
        const ModelGraph graph = drawn("image = Input shape=8\n scores = Dense(image) units=10\n label = Labels\n");
        const NodeId scores = graph.findByName("scores")->id;
        const ModelGraph after =
            fixed(graph, drawingCatalogue(), {Fix::Kind::AddLoss, "loss", scores, 0, "SoftmaxCrossEntropy"});
        QCOMPARE(after.nodes().size(), graph.nodes().size() + 1);
        QVERIFY(analyse(after, drawingCatalogue(), 4).valid());
    }

    void replacingKeepsNameEdgesAndSharers() {
        ModelGraph graph = drawn(flat("a = Dense(flat) units=10\n b = Dense(flat) units=10\n scores = Add(a, b)"));
        const NodeId a = graph.findByName("a")->id, b = graph.findByName("b")->id;
        graph.share(b, a);
        const ModelGraph after = fixed(graph, drawingCatalogue(), {Fix::Kind::Replace, "replace", a, 0, "ReLU"});
        QCOMPARE(after.find(a)->op, std::string("ReLU"));
        QCOMPARE(after.find(a)->name, std::string("a"));
        QCOMPARE(after.edges().size(), graph.edges().size());
        QVERIFY(after.find(b)->sharesWith == a);
    }
};

QTEST_GUILESS_MAIN(TestWrongProjects)
#include "test_wrong_projects.moc"

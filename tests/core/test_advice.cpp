// SPDX-License-Identifier: GPL-3.0-or-later
// Advice: each rule speaks where it should, at the right node, keeps silent in near cases, and is content with its own
// fixes.
#include "core/graph/advice/advice.h"
#include "core/graph/fix.h"
#include "core/io/templates.h"
#include "core/train/project_check.h"
#include "support_drawings.h"
#include "support_networks.h"

#include <QDir>

#include <algorithm>
#include <ctime>
#include <set>

using namespace gradlens;
using namespace gradlens::test;

namespace {
// What a case is judged with: a usual training, and data that gives no cause for advice.
struct Setting {
    std::string optimizer = "Adam";
    double learningRate = 0.001;
    std::int64_t batchSize = 32;
    DatasetFacts data = plainFacts();

    static DatasetFacts plainFacts() {
        DatasetFacts facts;
        facts.name = "Pictures";
        facts.featureShape = {1, 28, 28};
        facts.samples = 1000;
        facts.maximum = 1;
        facts.mean = 0.3;
        facts.deviation = 0.35;
        facts.classCounts = std::vector<std::int64_t>(10, 100);
        facts.canNormalise = true;
        return facts;
    }
    AdviceContext context() const { return {optimizer, learningRate, batchSize, &data}; }
};

Setting with(void (*change)(Setting&)) {
    Setting setting;
    change(setting);
    return setting;
}

struct Case {
    const char* name;
    const char* rule;
    const char* node;  // where the rule speaks; null: it must not; "": of the whole drawing
    std::string drawing;
    Setting setting = {};
};

const std::string kMlp = R"(
    image = Input shape=1,28,28
    flatten = Flatten(image)
    dense1 = Dense(flatten) units=64
    relu = ReLU(dense1)
    dense2 = Dense(relu) units=10
    label = Labels
    loss = SoftmaxCrossEntropy(dense2, label)
)";

// Pictures through `layers`, the last of which is called scores, to a loss.
std::string classifier(const std::string& layers, const char* loss = "SoftmaxCrossEntropy(scores, label)") {
    return "image = Input shape=1,28,28\n flat = Flatten(image)\n" + layers + "\n label = Labels\n loss = " + loss +
           "\n";
}

std::string convolutional(const std::string& layers, const char* image = "1,28,28") {
    return std::string("image = Input shape=") + image + "\n" + layers +
           "\n flat = Flatten(features)\n scores = Dense(flat) units=10\n label = Labels\n loss = "
           "SoftmaxCrossEntropy(scores, label)\n";
}

// A regression on a table of `columns` through `layers`, the last of which is called out.
std::string regression(const std::string& layers, const char* loss = "MeanSquaredError") {
    return "table = Input shape=8\n" + layers +
           "\n target = Input source=labels shape=1 values=real\n loss = " + std::string(loss) + "(out, target)\n";
}

void realTargets(Setting& setting) {
    setting.data.classification = false;
    setting.data.classCounts.clear();
    setting.data.targetMinimum = -3;
    setting.data.targetMaximum = 17;
}

std::vector<Case> speaking() {
    return {
        {"softmax before softmax-cross-entropy", "softmax-twice", "soft",
         classifier("dense = Dense(flat) units=10\n soft = Softmax(dense)\n scores = Dropout(soft) rate=0.1")},
        {"softmax of a softmax", "softmax-twice", "first",
         classifier("first = Softmax(flat)\n second = Softmax(first)\n scores = Dense(second) units=10")},
        {"logarithm of a softmax before softmax-cross-entropy", "softmax-twice", "scores",
         classifier("dense = Dense(flat) units=10\n scores = LogSoftmax(dense)")},
        {"probabilities into a log-likelihood", "log-probabilities", "loss",
         classifier("dense = Dense(flat) units=10\n scores = Softmax(dense)", "NegativeLogLikelihood(scores, label)")},
        {"raw scores into a log-likelihood", "log-probabilities", "loss",
         classifier("scores = Dense(flat) units=10", "NegativeLogLikelihood(scores, label)")},
        {"relu on the logits", "activation-after-logits", "scores",
         classifier("dense = Dense(flat) units=10\n scores = ReLU(dense)")},
        {"tanh on the logits", "activation-after-logits", "scores",
         classifier("dense = Dense(flat) units=10\n scores = Tanh(dense)")},
        {"sigmoid before binary cross-entropy", "activation-after-logits", "out",
         regression("dense = Dense(table) units=1\n out = Sigmoid(dense)", "BinaryCrossEntropy"), with([](Setting& s) {
             realTargets(s);
             s.data.targetMinimum = 0;
             s.data.targetMaximum = 1;
         })},
        {"a convolution's bias before batch-norm", "bias-before-batch-norm", "conv",
         convolutional("conv = Conv2D(image) filters=8\n norm = BatchNorm(conv)\n features = ReLU(norm)")},
        {"a dense layer's bias before batch-norm", "bias-before-batch-norm", "dense",
         classifier("dense = Dense(flat) units=32\n norm = BatchNorm(dense)\n relu = ReLU(norm)\n scores = Dense(relu) "
                    "units=10")},
        {"dropout of 0.8", "dropout-above-half", "drop",
         classifier("dense = Dense(flat) units=32\n relu = ReLU(dense)\n drop = Dropout(relu) rate=0.8\n scores = "
                    "Dense(drop) units=10")},
        {"two dense layers in a row", "no-nonlinearity", "dense",
         classifier("dense = Dense(flat) units=64\n drop = Dropout(dense) rate=0.2\n scores = Dense(drop) units=10")},
        {"two convolutions with batch-norm but no activation", "no-nonlinearity", "conv1",
         convolutional("conv1 = Conv2D(image) filters=8 bias=false\n norm = BatchNorm(conv1)\n conv2 = Conv2D(norm) "
                       "filters=16\n features = ReLU(conv2)")},
        {"a convolution straight into a dense layer", "no-nonlinearity", "features",
         convolutional("features = Conv2D(image) filters=8")},
        {"small windows over a large image", "field-too-small", "pool",
         "image = Input shape=3,64,64\n conv1 = Conv2D(image) filters=8\n relu1 = ReLU(conv1)\n conv2 = Conv2D(relu1) "
         "filters=8\n relu2 = ReLU(conv2)\n pool = GlobalAvgPool(relu2)\n scores = Dense(pool) units=10\n label = "
         "Labels\n loss = SoftmaxCrossEntropy(scores, label)\n"},
        {"3x3 filters on a map of one pixel", "field-too-large", "conv2",
         convolutional("conv1 = Conv2D(image) filters=8 kernel=28,28\n relu = ReLU(conv1)\n conv2 = Conv2D(relu) "
                       "filters=8 padding=1,1\n features = ReLU(conv2)")},
        {"dilation beyond the map", "field-too-large", "conv",
         convolutional("conv = Conv2D(image) filters=8 dilation=40,40 padding=40,40\n features = ReLU(conv)")},
        {"softmax of one unit", "constant-output", "scores",
         regression("dense = Dense(table) units=1\n scores = Softmax(dense)\n out = Dense(scores) units=1"),
         with(realTargets)},
        {"cross-entropy of one class", "constant-output", "loss", classifier("scores = Dense(flat) units=1")},
        {"a clip that leaves nothing", "constant-output", "clip",
         classifier("dense = Dense(flat) units=16\n clip = Clip(dense) min=1 max=1\n scores = Dense(clip) units=10")},
        {"a part of a split that nobody reads", "unused-output", "split",
         classifier("dense = Dense(flat) units=32\n relu = ReLU(dense)\n split = Split(relu) parts=2\n scores = "
                    "Dense(split.0) units=10")},
        {"labels among the features", "labels-leak", "label",
         classifier("known = Embedding(label) vocabulary=10 dimension=8\n both = Concat(flat, known)\n scores = "
                    "Dense(both) units=10")},
        {"tanh against targets up to 17", "target-out-of-reach", "out",
         regression("dense = Dense(table) units=1\n out = Tanh(dense)"), with(realTargets)},
        {"sigmoid against standardised features", "target-out-of-reach", "out",
         "image = Input shape=64\n code = Dense(image) units=8\n relu = ReLU(code)\n wide = Dense(relu) units=64\n out "
         "= "
         "Sigmoid(wide)\n loss = MeanSquaredError(out, image)\n",
         with([](Setting& s) {
             s.data.minimum = -2;
             s.data.maximum = 3;
         })},
        {"binary cross-entropy against targets beyond 1", "target-out-of-reach", "loss",
         regression("out = Dense(table) units=1", "BinaryCrossEntropy"), with(realTargets)},
        {"squared errors of yes and no", "loss-for-labels", "loss",
         regression("dense = Dense(table) units=1\n out = Sigmoid(dense)"), with([](Setting& s) {
             realTargets(s);
             s.data.targetMinimum = 0;
             s.data.targetMaximum = 1;
             s.data.targetsBinary = true;
         })},
        {"Adam at 0.1", "learning-rate", "", kMlp, with([](Setting& s) { s.learningRate = 0.1; })},
        {"SGD at 10", "learning-rate", "", kMlp, with([](Setting& s) { s.optimizer = "SGD", s.learningRate = 10; })},
        {"Adam at 1e-9", "learning-rate", "", kMlp, with([](Setting& s) { s.learningRate = 1e-9; })},
        {"pixels from 0 to 255", "unnormalised-input", "image", kMlp, with([](Setting& s) {
             s.data.maximum = 255;
             s.data.mean = 73;
             s.data.deviation = 90;
         })},
        {"one class in a hundred", "class-imbalance", "loss", kMlp,
         with([](Setting& s) { s.data.classCounts = {990, 10, 900, 900, 900, 900, 900, 900, 900, 900}; })},
        {"batch-norm of single vectors", "batch-norm-single", "norm",
         classifier("dense = Dense(flat) units=32 bias=false\n norm = BatchNorm(dense)\n relu = ReLU(norm)\n scores = "
                    "Dense(relu) units=10"),
         with([](Setting& s) { s.batchSize = 1; })},
        {"batch-norm of single images", "batch-norm-single", "norm",
         convolutional("conv = Conv2D(image) filters=8 bias=false\n norm = BatchNorm(conv)\n features = ReLU(norm)"),
         with([](Setting& s) { s.batchSize = 1; })},
        {"six tanhs in a row", "saturating-chain", "t6",
         classifier(
             "d1 = Dense(flat) units=9\n t1 = Tanh(d1)\n d2 = Dense(t1) units=9\n t2 = Tanh(d2)\n d3 = Dense(t2) "
             "units=9\n t3 = Tanh(d3)\n d4 = Dense(t3) units=9\n t4 = Sigmoid(d4)\n d5 = Dense(t4) units=9\n t5 = "
             "Tanh(d5)\n d6 = Dense(t5) units=9\n t6 = Tanh(d6)\n scores = Dense(t6) units=10")},
        {"hidden weights from zero", "zero-weights", "dense",
         classifier("dense = Dense(flat) units=32 weight_init=zeros\n relu = ReLU(dense)\n scores = Dense(relu) "
                    "units=10")},
        {"dropout right before batch-norm", "dropout-before-batch-norm", "drop",
         classifier("dense = Dense(flat) units=32\n relu = ReLU(dense)\n drop = Dropout(relu) rate=0.3\n norm = "
                    "BatchNorm(drop)\n scores = Dense(norm) units=10")},
        {"batch-norm on the scores", "regularised-scores", "scores",
         classifier("dense = Dense(flat) units=10 bias=false\n scores = BatchNorm(dense)")},
        {"dropout on the scores", "regularised-scores", "scores",
         classifier("dense = Dense(flat) units=10\n scores = Dropout(dense) rate=0.2")},
        {"a hundred million weights behind a flatten", "huge-dense", "wide",
         "image = Input shape=3,224,224\n conv = Conv2D(image) filters=8 padding=1,1\n relu = ReLU(conv)\n flat = "
         "Flatten(relu)\n wide = Dense(flat) units=256\n relu2 = ReLU(wide)\n scores = Dense(relu2) units=10\n label = "
         "Labels\n loss = SoftmaxCrossEntropy(scores, label)\n"},

    };
}

// Near misses: sound drawings that look like the mistakes.
std::vector<Case> silent() {
    return {
        {"softmax inside an attention of one's own", "softmax-twice", nullptr,
         classifier("a = Dense(flat) units=16\n soft = Softmax(a)\n b = Dense(flat) units=16\n gate = Mul(soft, b)\n "
                    "scores = Dense(gate) units=10")},
        {"log-probabilities into a log-likelihood", "log-probabilities", nullptr,
         classifier("dense = Dense(flat) units=10\n scores = LogSoftmax(dense)",
                    "NegativeLogLikelihood(scores, label)")},
        {"relu before the pooling of the scores", "activation-after-logits", nullptr,
         "image = Input shape=1,28,28\n conv = Conv2D(image) filters=10\n relu = ReLU(conv)\n scores = "
         "GlobalAvgPool(relu)\n label = Labels\n loss = SoftmaxCrossEntropy(scores, label)\n"},
        {"sigmoid before squared errors", "activation-after-logits", nullptr,
         "image = Input shape=64\n code = Dense(image) units=8\n out = Sigmoid(code)\n wide = Dense(out) units=64\n "
         "result = Sigmoid(wide)\n loss = MeanSquaredError(result, image)\n"},
        {"a bias that others read too", "bias-before-batch-norm", nullptr,
         classifier(
             "dense = Dense(flat) units=32\n norm = BatchNorm(dense)\n sum = Add(dense, norm)\n relu = ReLU(sum)\n "
             "scores = Dense(relu) units=10")},
        {"a bias before layer-norm", "bias-before-batch-norm", nullptr,
         classifier("dense = Dense(flat) units=32\n norm = LayerNorm(dense)\n relu = ReLU(norm)\n scores = Dense(relu) "
                    "units=10")},
        {"dropout of exactly a half", "dropout-above-half", nullptr,
         classifier("dense = Dense(flat) units=32\n relu = ReLU(dense)\n drop = Dropout(relu) rate=0.5\n scores = "
                    "Dense(drop) units=10")},
        {"a linear bottleneck", "no-nonlinearity", nullptr,
         classifier("a = Dense(flat) units=64\n relu = ReLU(a)\n code = Dense(relu) units=4\n wide = Dense(code) "
                    "units=64\n relu2 = ReLU(wide)\n scores = Dense(relu2) units=10")},
        {"a depthwise and a pointwise convolution", "no-nonlinearity", nullptr,
         convolutional("conv = Conv2D(image) filters=8\n relu = ReLU(conv)\n depth = Conv2D(relu) filters=8 groups=8\n "
                       "point = Conv2D(depth) filters=16 kernel=1,1\n features = ReLU(point)")},
        {"max pooling between convolutions", "no-nonlinearity", nullptr,
         convolutional("conv = Conv2D(image) filters=8\n pool = MaxPool2D(conv)\n conv2 = Conv2D(pool) filters=16\n "
                       "features = ReLU(conv2)")},
        {"learned upsampling before a convolution", "no-nonlinearity", nullptr,
         convolutional("up = ConvTranspose2D(image) filters=8 kernel=2,2 stride=2,2\n conv = Conv2D(up) filters=8\n "
                       "features = ReLU(conv)")},
        {"patches as words", "no-nonlinearity", nullptr,
         convolutional("patch = Conv2D(image) filters=32 kernel=7,7 stride=7,7\n mix = Conv2D(patch) filters=32 "
                       "kernel=1,1\n features = ReLU(mix)")},
        {"windows that cover the image", "field-too-small", nullptr,
         "image = Input shape=3,16,16\n conv1 = Conv2D(image) filters=8\n relu1 = ReLU(conv1)\n conv2 = Conv2D(relu1) "
         "filters=8 stride=2,2\n relu2 = ReLU(conv2)\n conv3 = Conv2D(relu2) filters=8\n relu3 = ReLU(conv3)\n pool = "
         "GlobalAvgPool(relu3)\n scores = Dense(pool) units=10\n label = Labels\n loss = SoftmaxCrossEntropy(scores, "
         "label)\n"},
        {"small windows with a dense layer on top", "field-too-small", nullptr,
         convolutional("conv = Conv2D(image) filters=8\n features = ReLU(conv)", "3,64,64")},
        {"3x3 filters on maps of 2x2", "field-too-large", nullptr,
         convolutional(
             "pool = MaxPool2D(image) kernel=14,14 stride=14,14\n conv = Conv2D(pool) filters=8 padding=1,1\n "
             "features = ReLU(conv)")},
        {"softmax of two units", "constant-output", nullptr,
         classifier("dense = Dense(flat) units=2\n soft = Softmax(dense)\n scores = Dense(soft) units=10")},
        {"every part of a split is read", "unused-output", nullptr,
         classifier("dense = Dense(flat) units=32\n split = Split(dense) parts=2\n gate = Sigmoid(split.1)\n mul = "
                    "Mul(split.0, gate)\n scores = Dense(mul) units=10")},
        {"labels that condition a reconstruction", "labels-leak", nullptr,
         "image = Input shape=64\n label = Labels\n known = Embedding(label) vocabulary=10 dimension=8\n both = "
         "Concat(image, known)\n code = Dense(both) units=8\n relu = ReLU(code)\n out = Dense(relu) units=64\n loss = "
         "MeanSquaredError(out, image)\n"},
        {"tanh against targets within its reach", "target-out-of-reach", nullptr,
         regression("dense = Dense(table) units=1\n out = Tanh(dense)"), with([](Setting& s) {
             realTargets(s);
             s.data.targetMinimum = -1;
             s.data.targetMaximum = 1;
         })},
        {"sigmoid against pixels from 0 to 1", "target-out-of-reach", nullptr,
         "image = Input shape=64\n code = Dense(image) units=8\n relu = ReLU(code)\n wide = Dense(relu) units=64\n out "
         "= "
         "Sigmoid(wide)\n loss = MeanSquaredError(out, image)\n"},
        {"squared errors of real targets", "loss-for-labels", nullptr,
         regression("dense = Dense(table) units=1\n out = Sigmoid(dense)"), with([](Setting& s) {
             realTargets(s);
             s.data.targetMinimum = 0;
             s.data.targetMaximum = 1;
         })},
        {"Adam at 0.003", "learning-rate", nullptr, kMlp, with([](Setting& s) { s.learningRate = 0.003; })},
        {"SGD at 0.1", "learning-rate", nullptr, kMlp,
         with([](Setting& s) { s.optimizer = "SGD", s.learningRate = 0.1; })},
        {"Adadelta at 1", "learning-rate", nullptr, kMlp,
         with([](Setting& s) { s.optimizer = "Adadelta", s.learningRate = 1; })},
        {"batch-norm right behind large features", "unnormalised-input", nullptr,
         "table = Input shape=8\n norm = BatchNorm(table)\n scores = Dense(norm) units=10\n label = Labels\n loss = "
         "SoftmaxCrossEntropy(scores, label)\n",
         with([](Setting& s) { s.data.deviation = 500; })},
        {"a table of small numbers", "unnormalised-input", nullptr, kMlp, with([](Setting& s) {
             s.data.maximum = 8;
             s.data.mean = 3.4;
             s.data.deviation = 2;
         })},
        {"classes five to one", "class-imbalance", nullptr, kMlp, with([](Setting& s) {
             s.data.classCounts = {500, 100};
         })},
        {"classes weighed in the loss", "class-imbalance", nullptr,
         classifier("scores = Dense(flat) units=2", "SoftmaxCrossEntropy(scores, label) class_weights=0.5,5"),
         with([](Setting& s) {
             s.data.classCounts = {990, 10};
         })},
        {"classes weighed in the data", "class-imbalance", nullptr, kMlp, with([](Setting& s) {
             s.data.classCounts = {990, 10};
             s.data.classesWeighed = true;
         })},
        {"batch-norm of two", "batch-norm-single", nullptr,
         convolutional("conv = Conv2D(image) filters=8 bias=false\n norm = BatchNorm(conv)\n features = ReLU(norm)"),
         with([](Setting& s) { s.batchSize = 2; })},
        {"six tanhs with layer-norm between", "saturating-chain", nullptr,
         classifier(
             "d1 = Dense(flat) units=9\n t1 = Tanh(d1)\n d2 = Dense(t1) units=9\n t2 = Tanh(d2)\n d3 = Dense(t2) "
             "units=9\n t3 = Tanh(d3)\n norm = LayerNorm(t3)\n d4 = Dense(norm) units=9\n t4 = Sigmoid(d4)\n d5 = "
             "Dense(t4) units=9\n t5 = Tanh(d5)\n d6 = Dense(t5) units=9\n t6 = Tanh(d6)\n scores = Dense(t6) "
             "units=10")},
        {"the last layer from zero", "zero-weights", nullptr,
         classifier("dense = Dense(flat) units=32\n relu = ReLU(dense)\n scores = Dense(relu) units=10 "
                    "weight_init=zeros")},
        {"a residual branch from zero", "zero-weights", nullptr,
         classifier(
             "a = Dense(flat) units=32\n relu = ReLU(a)\n branch = Dense(relu) units=32 weight_init=zeros\n sum = "
             "Add(relu, branch)\n scores = Dense(sum) units=10")},
        {"dropout behind batch-norm", "dropout-before-batch-norm", nullptr,
         classifier("dense = Dense(flat) units=32 bias=false\n norm = BatchNorm(dense)\n relu = ReLU(norm)\n drop = "
                    "Dropout(relu) rate=0.3\n scores = Dense(drop) units=10")},
        {"dropout before the last layer", "regularised-scores", nullptr,
         classifier("dense = Dense(flat) units=32\n relu = ReLU(dense)\n drop = Dropout(relu) rate=0.3\n scores = "
                    "Dense(drop) units=10")},
        {"a dense layer of a million weights", "huge-dense", nullptr,
         convolutional("conv = Conv2D(image) filters=32\n relu = ReLU(conv)\n features = MaxPool2D(relu)")},

    };
}

std::vector<Problem> adviceOn(const ModelGraph& graph, const Setting& setting) {
    const GraphAnalysis analysis = analyse(graph, drawingCatalogue(), setting.batchSize);
    return advise(graph, drawingCatalogue(), analysis, setting.context());
}

bool speaks(const std::vector<Problem>& problems, const std::string& rule, NodeId node) {
    return std::ranges::any_of(problems,
                               [&](const Problem& problem) { return problem.rule == rule && problem.node == node; });
}

NodeId idOf(const ModelGraph& graph, const char* name) {
    const Node* node = graph.findByName(name);
    return node == nullptr ? NodeId::None : node->id;
}

// A setting after a fix that changes settings.
Setting applied(Setting setting, const Fix& fix) {
    for (const auto& [name, value] : fix.attributes.entries()) {
        if (name == "learning_rate") setting.learningRate = std::get<double>(value);
        if (name == "batch_size") setting.batchSize = std::get<std::int64_t>(value);
        if (name == "normalise") setting.data = Setting::plainFacts();
    }
    return setting;
}
}  // namespace

class TestAdvice : public QObject {
    Q_OBJECT

private slots:
    void aRuleSpeaksWhereItHolds_data() {
        QTest::addColumn<int>("index");
        const auto cases = speaking();
        for (std::size_t i = 0; i < cases.size(); ++i) QTest::newRow(cases[i].name) << static_cast<int>(i);
    }
    void aRuleSpeaksWhereItHolds() {
        QFETCH(const int, index);
        const Case each = speaking()[static_cast<std::size_t>(index)];
        const ModelGraph graph = drawn(each.drawing);
        const GraphAnalysis analysis = analyse(graph, drawingCatalogue(), 32);
        QVERIFY2(analysis.valid(), text(analysis.problems).c_str());
        const auto problems = adviceOn(graph, each.setting);
        const auto found = std::ranges::find_if(problems, [&](const Problem& problem) {
            return problem.rule == each.rule && problem.node == idOf(graph, each.node);
        });
        QVERIFY2(found != problems.end(), text(problems).c_str());
        QCOMPARE(found->severity, Severity::Warning);
        QVERIFY(!found->hint.empty() && !found->source.empty());
        if (*each.node != '\0') QVERIFY2(found->message.find(each.node) != std::string::npos, found->message.c_str());
    }

    void aRuleKeepsSilentInNearCases_data() {
        QTest::addColumn<int>("index");
        const auto cases = silent();
        for (std::size_t i = 0; i < cases.size(); ++i) QTest::newRow(cases[i].name) << static_cast<int>(i);
    }
    void aRuleKeepsSilentInNearCases() {
        QFETCH(const int, index);
        const Case each = silent()[static_cast<std::size_t>(index)];
        const ModelGraph graph = drawn(each.drawing);
        const GraphAnalysis analysis = analyse(graph, drawingCatalogue(), each.setting.batchSize);
        QVERIFY2(analysis.valid(), text(analysis.problems).c_str());
        const auto problems = adviceOn(graph, each.setting);
        QVERIFY2(std::ranges::none_of(problems, [&](const Problem& p) { return p.rule == each.rule; }),
                 text(problems).c_str());
    }

    void everyRuleIsTriedBothWays() {
        for (const AdviceRule& rule : adviceRules()) {
            const auto isOfIt = [&](const Case& each) { return each.rule == rule.id; };
            QVERIFY2(std::ranges::any_of(speaking(), isOfIt), rule.id.c_str());
            QVERIFY2(std::ranges::any_of(silent(), isOfIt), rule.id.c_str());
        }
    }

    void whatIsSaidIsGoneAfterEachOfItsFixes_data() { aRuleSpeaksWhereItHolds_data(); }
    void whatIsSaidIsGoneAfterEachOfItsFixes() {
        QFETCH(const int, index);
        const Case each = speaking()[static_cast<std::size_t>(index)];
        const ModelGraph graph = drawn(each.drawing);
        for (const Problem& problem : adviceOn(graph, each.setting)) {
            if (problem.rule != each.rule) continue;
            for (const Fix& fix : problem.fixes) {
                const ModelGraph after = fixed(graph, drawingCatalogue(), fix);
                QCOMPARE(after == graph, !changesDrawing(fix));
                const GraphAnalysis analysis = analyse(after, drawingCatalogue(), 32);
                QVERIFY2(analysis.valid(), (fix.title + ": " + text(analysis.problems)).c_str());
                const auto left = adviceOn(after, applied(each.setting, fix));
                QVERIFY2(!speaks(left, problem.rule, problem.node), (fix.title + ": " + text(left)).c_str());
            }
        }
    }

    void rulesHaveNamesOfTheirOwn() {
        std::set<std::string> names;
        for (const AdviceRule& rule : adviceRules()) {
            QVERIFY2(names.insert(rule.id).second, rule.id.c_str());
            QCOMPARE(findAdviceRule(rule.id), &rule);
            QVERIFY(!rule.title.empty() && rule.reason.ends_with('.') && rule.source.starts_with('['));
        }
        QVERIFY(findAdviceRule("no-such-rule") == nullptr);
    }

    void whatIsInsideABlockIsSaidOfTheBlockOnce() {
        // The block's dropout, in each of its three copies.
        const ModelGraph graph =
            drawn(classifier("mlp = MLP(flat) units=16 dropout=0.8 repeat=3\n scores = Dense(mlp) units=10"));
        const auto problems = problemsAt(adviceOn(graph, {}), graph, "mlp");
        QCOMPARE(problems.size(), std::size_t{1});
        QCOMPARE(problems[0].rule, std::string("dropout-above-half"));
        QVERIFY2(problems[0].message.find("mlp/") != std::string::npos, problems[0].message.c_str());
        QVERIFY(problems[0].fixes.empty());
    }

    void bypassedLayersAreNotJudged() {
        ModelGraph graph = drawn(classifier(
            "dense = Dense(flat) units=32\n relu = ReLU(dense)\n drop = Dropout(relu) rate=0.8\n scores = Dense(drop) "
            "units=10"));
        graph.bypass(idOf(graph, "drop"), true);
        QVERIFY(adviceOn(graph, {}).empty());
    }

    void layersThatTakeNoPartAreNotJudged() {
        const ModelGraph graph = drawn(kMlp + "aside = Dropout(relu) rate=0.9\n");
        QVERIFY2(adviceOn(graph, {}).empty(), text(adviceOn(graph, {})).c_str());
    }

    void examplesAreFreeOfAdvice_data() {
        QTest::addColumn<QString>("file");
        const QDir folder(QStringLiteral(GRADLENS_SOURCE_DIR "/resources/examples"));
        for (const QString& name : folder.entryList({"*.gradlens"}, QDir::Files))
            QTest::newRow(qPrintable(name)) << folder.filePath(name);
        for (const auto& file : templateFiles(resourcesFolder()))
            QTest::newRow(("template " + file.stem().string()).c_str()) << QString::fromStdString(file.string());
    }
    void examplesAreFreeOfAdvice() {
        QFETCH(const QString, file);
        const Project project = loadProject(file.toStdString(), drawingCatalogue());
        const OpCatalogue catalogue = catalogueOf(project, drawingCatalogue());
        const GraphAnalysis analysis = analyse(project.graph, catalogue, project.training.batchSize);
        KnownData data;
        try {
            data.dataset = loadDataset(project.data, {resourcesFolder() / "examples", resourcesFolder(), 1, {}});
            data.facts = std::make_shared<const DatasetFacts>(factsOf(*data.dataset, project.data));
        } catch (const Error& error) {
            if (!QString(error.what()).contains("apt-get install")) throw;  // the drawing is judged without it
        }
        const auto problems = checkProject(project, catalogue, analysis, data);
        QVERIFY2(problems.empty(), text(problems).c_str());
    }

    void silencedRulesAreNotHeardOf() {
        Project project;
        project.graph = drawn(classifier(
            "dense = Dense(flat) units=32\n relu = ReLU(dense)\n drop = Dropout(relu) rate=0.8\n scores = Dense(drop) "
            "units=10"));
        const auto check = [&] {
            return checkProject(project, drawingCatalogue(), analyse(project.graph, drawingCatalogue(), 32), {});
        };
        QCOMPARE(check().size(), std::size_t{1});
        project.silenced = {"dropout-above-half"};
        QVERIFY(check().empty());
        const Project again = projectFromJson(toJson(project, drawingCatalogue()), drawingCatalogue(), "memory");
        QVERIFY(again == project);
    }

    void tenThousandLayersTakeNoTime() {
        ModelGraph graph;
        NodeId at = drawFeatures(graph, {16});
        for (int i = 0; i < 5000; ++i) {
            Node dense{static_cast<NodeId>(2 * i + 2), "d" + std::to_string(i), "Dense", units(16), {}};
            Node relu{static_cast<NodeId>(2 * i + 3), "r" + std::to_string(i), "ReLU", {}, {}};
            graph.restore(dense);
            graph.restore(relu);
            graph.connect({{at, 0}, {dense.id, 0}});
            graph.connect({{dense.id, 0}, {relu.id, 0}});
            at = relu.id;
        }
        const NodeId label = drawClassLabels(graph);
        draw(graph, "SoftmaxCrossEntropy", {draw(graph, "Dense", {at}, units(10)), label});
        const GraphAnalysis analysis = analyse(graph, drawingCatalogue(), 32);
        const Setting setting;
        const std::clock_t begin = std::clock();
        const auto problems = advise(graph, drawingCatalogue(), analysis, setting.context());
        const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
        QVERIFY2(problems.empty(), text(problems).c_str());
        QVERIFY2(seconds < 1, qPrintable(QString::number(seconds)));
    }
};

QTEST_GUILESS_MAIN(TestAdvice)
#include "test_advice.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "support_networks.h"

#include <cstring>

namespace gradlens::test {

NodeId draw(ModelGraph& graph, const std::string& op, const std::vector<NodeId>& from, Attributes attributes,
            const std::string& name) {
    const NodeId id = graph.add({NodeId::None, name, op, std::move(attributes), {}});
    for (std::size_t i = 0; i < from.size(); ++i) graph.connect({{from[i], 0}, {id, static_cast<int>(i)}});
    return id;
}

NodeId drawFeatures(ModelGraph& graph, IntegerList shape) {
    return draw(graph, "Input", {}, {{"source", std::string("features")}, {"shape", std::move(shape)}}, "features");
}

NodeId drawClassLabels(ModelGraph& graph) {
    return draw(graph, "Input", {},
                {{"source", std::string("labels")}, {"shape", IntegerList{}}, {"values", std::string("class")}},
                "labels");
}

Attributes units(std::int64_t count) {
    return {{"units", count}};
}

ModelGraph pointsNetwork(std::int64_t classes) {
    ModelGraph graph;
    const NodeId hidden =
        draw(graph, "Tanh", {draw(graph, "Dense", {drawFeatures(graph, {2})}, units(8), "hidden")}, {}, "tanh");
    const NodeId scores = draw(graph, "Dense", {hidden}, units(classes), "scores");
    draw(graph, "SoftmaxCrossEntropy", {scores, drawClassLabels(graph)}, {}, "loss");
    return graph;
}

ModelGraph imagesNetwork() {
    ModelGraph graph;
    NodeId at = drawFeatures(graph, {1, 8, 8});
    at = draw(graph, "Conv2D", {at}, {{"filters", std::int64_t{4}}, {"padding", IntegerList{1, 1}}}, "conv");
    at = draw(graph, "BatchNorm", {at}, {}, "norm");
    at = draw(graph, "ReLU", {at}, {}, "relu");
    at = draw(graph, "MaxPool2D", {at}, {}, "pool");
    at = draw(graph, "Flatten", {at}, {}, "flatten");
    at = draw(graph, "Dropout", {at}, {{"rate", 0.25}}, "dropout");
    at = draw(graph, "Dense", {at}, units(10), "scores");
    draw(graph, "SoftmaxCrossEntropy", {at, drawClassLabels(graph)}, {}, "loss");
    return graph;
}

ModelGraph randomNetwork(std::uint64_t seed, bool withKinks) {
    const Random random(seed, RandomStream::Generate);
    std::uint64_t draws = 0;
    const auto pick = [&](std::size_t bound) { return static_cast<std::size_t>(random.below(draws++, bound)); };
    ModelGraph graph;
    std::vector<NodeId> maps{drawFeatures(graph, {2, 6, 6})};
    const auto any = [&](const std::vector<NodeId>& among) { return among[pick(among.size())]; };
    const std::vector<std::string> smooth{"Tanh", "Sigmoid", "GELU", "BatchNorm"},
        kinked{"ReLU", "LeakyReLU", "Dropout"};
    const auto unary = [&](NodeId from) {
        const bool kink = withKinks && pick(2) == 0;
        return draw(graph, kink ? kinked[pick(kinked.size())] : smooth[pick(smooth.size())], {from});
    };
    // Maps keep 2 channels of 6x6, so that any two may be added.
    const auto conv = [&](NodeId from) {
        return draw(graph, "Conv2D", {from}, {{"filters", std::int64_t{2}}, {"padding", IntegerList{1, 1}}});
    };
    maps.push_back(conv(maps[0]));
    for (int i = 0; i < 6; ++i) {
        const std::size_t kind = pick(4);
        if (kind == 0)
            maps.push_back(conv(any(maps)));
        else if (kind == 1)
            maps.push_back(draw(graph, "Add", {any(maps), any(maps), maps.back()}));
        else
            maps.push_back(unary(any(maps)));
    }
    NodeId trunk = draw(graph, "Add", {maps[maps.size() - 1], maps[maps.size() - 2], maps[1]});
    if (withKinks) trunk = draw(graph, "MaxPool2D", {trunk});
    std::vector<NodeId> vectors;
    const NodeId flat = draw(graph, "Flatten", {trunk});
    for (int i = 0; i < 2; ++i) vectors.push_back(draw(graph, "Dense", {flat}, units(3)));
    for (int i = 0; i < 5; ++i) {
        const std::size_t kind = pick(4);
        if (kind == 0)
            vectors.push_back(draw(graph, "Add", {any(vectors), vectors.back()}));
        else if (kind == 1)
            vectors.push_back(draw(graph, "Dense", {draw(graph, "Concat", {any(vectors), any(vectors)})}, units(3)));
        else
            vectors.push_back(unary(any(vectors)));
    }
    const NodeId prediction =
        draw(graph, "Add", {vectors[vectors.size() - 1], vectors[vectors.size() - 2], vectors[0]});
    const NodeId target =
        draw(graph, "Input", {}, {{"source", std::string("labels")}, {"shape", IntegerList{3}}}, "target");
    draw(graph, "MeanSquaredError", {prediction, target}, {}, "loss");
    return graph;
}

namespace {
DatasetPart noisePart(std::int64_t samples, std::uint64_t sequence) {
    DatasetPart part{Tensor(DType::Float32, {samples, 1, 8, 8}), Tensor(DType::Int32, {samples})};
    const Random random(5, RandomStream::Generate, sequence);
    const auto features = part.features.as<float>();
    for (std::size_t i = 0; i < features.size(); ++i) features[i] = static_cast<float>(random.normal(i));
    const auto labels = part.labels.as<std::int32_t>();
    for (std::size_t i = 0; i < labels.size(); ++i)
        labels[i] = static_cast<std::int32_t>(random.word(i + 1'000'000) % 10);
    return part;
}
}  // namespace

std::shared_ptr<const Dataset> noiseImages(std::int64_t train, std::int64_t validation) {
    auto dataset = std::make_shared<Dataset>();
    dataset->name = "Noise";
    dataset->featureShape = {1, 8, 8};
    for (int i = 0; i < 10; ++i) dataset->classNames.push_back(std::to_string(i));
    dataset->train = noisePart(train, 0);
    if (validation > 0) dataset->validation = noisePart(validation, 1);
    return dataset;
}

Project imagesProject() {
    Project project;
    project.name = "Images";
    project.graph = imagesNetwork();
    project.data.source = "digits";
    project.training.optimizer = {"Adam", {}};
    project.training.batchSize = 16;
    project.training.epochs = 2;
    project.training.seed = 3;
    return project;
}

Project pointsProject() {
    Project project;
    project.name = "Points";
    project.graph = pointsNetwork();
    project.data = {"xor", {{"samples", std::int64_t{320}}, {"validation", 0.2}}};
    project.training.optimizer = {"SGD", {{"learning_rate", 0.1}}};
    project.training.batchSize = 32;
    project.training.epochs = 3;
    project.training.seed = 3;
    return project;
}

Machine::Machine(const ModelGraph& drawing, std::int64_t batch, DType realType, const char* optimizer, int threads)
    : Machine(drawing, batch, realType, OptimizerSpec{optimizer, {{"learning_rate", AttributeValue(0.05)}}}, threads) {}

Machine::Machine(const ModelGraph& drawing, std::int64_t batch, DType realType, const OptimizerSpec& optimizer,
                 int threads)
    : arena(threads), graph(drawing) {
    analysis = analyse(graph, opCatalogue(), batch, realType);
    if (!analysis.valid()) qFatal("%s", text(analysis.problems).c_str());
    lowered = std::make_shared<const TrainingGraph>(lower(graph, analysis, &optimizer));
    plan = std::make_shared<Plan>(makePlan(lowered));
    state = initialState(*lowered, arena, 7, lowered->optimizer.attributes.real("learning_rate"));
    const Random random(11, RandomStream::Generate);
    for (const Value& value : lowered->values) {
        if (value.kind != ValueKind::Features && value.kind != ValueKind::Labels) continue;
        Tensor& tensor = value.kind == ValueKind::Features ? features : labels;
        tensor = Tensor(value.type.dtype, value.type.shape);
        for (std::int64_t i = 0; i < tensor.elements(); ++i) {
            const auto at = static_cast<std::size_t>(i);
            if (tensor.dtype() == DType::Int32)
                tensor.as<std::int32_t>()[at] = static_cast<std::int32_t>(i % 2);
            else if (tensor.dtype() == DType::Float64)
                tensor.as<double>()[at] = random.normal(at);
            else
                tensor.as<float>()[at] = static_cast<float>(random.normal(at));
        }
    }
    useOwnPlan();
}

void Machine::useOwnPlan() {
    executor = std::make_unique<Executor>(plan, arena, workspace);
    executor->bindState(bindings(state, *lowered));
}

void Machine::step() {
    executor->begin({features.view(), labels.view(), state.seed, state.step, state.learningRate});
    executor->runToEnd();
    ++state.step;
}

double Machine::loss() const {
    return executor->view(lowered->loss).at(0);
}

bool sameBytes(const TensorView& a, const TensorView& b) {
    return a.dtype() == b.dtype() && a.shape() == b.shape() &&
           (a.bytes() == 0 || std::memcmp(a.data(), b.data(), a.bytes()) == 0);
}

std::string text(const std::vector<Problem>& problems) {
    std::string lines;
    for (const Problem& problem : problems)
        lines += (problem.severity == Severity::Error ? "error: " : "warning: ") + problem.message + ". " +
                 problem.hint + "\n";
    return lines;
}

}  // namespace gradlens::test

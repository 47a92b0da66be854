// SPDX-License-Identifier: GPL-3.0-or-later
// The commands that look and do not train: eval, check, state, ops.
#include "app/cli/command.h"
#include "app/cli/plan_report.h"
#include "app/cli/progress.h"
#include "core/base/error.h"
#include "core/graph/block_library.h"
#include "core/io/resources.h"
#include "core/train/run_folder.h"
#include "core/train/training_run.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>

namespace gradlens::cli {

using Json = nlohmann::ordered_json;

Json jsonNumber(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

void printJson(const Json& json) {
    std::printf("%s\n", json.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
}

namespace {
Json metricsJson(const Evaluation& evaluation) {
    Json json = Json::object();
    for (const auto& [name, value] : evaluation.metrics) json[name] = jsonNumber(value);
    return json;
}

// Rows are true classes, columns what was said.
Json confusionJson(const std::vector<std::int64_t>& counts) {
    if (counts.empty()) return nullptr;
    const auto classes = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(counts.size()))));
    Json rows = Json::array();
    for (std::size_t row = 0; row < classes; ++row)
        rows.push_back(std::vector<std::int64_t>(counts.begin() + static_cast<std::ptrdiff_t>(row * classes),
                                                 counts.begin() + static_cast<std::ptrdiff_t>((row + 1) * classes)));
    return rows;
}
}  // namespace

int evaluate(const EvalOptions& options) {
    const Project project = loadProject(options.project, drawingCatalogue());
    const State trained = loadState(options.checkpoint);
    const Arena arena(options.threads);
    DatasetEnvironment environment{
        std::filesystem::absolute(options.project).parent_path(), findResources(), project.training.seed, {}};
    TrainingRun run(arena, project, loadDataset(project.data, environment));
    run.setState(withParametersOf(run.state(), trained));
    const auto begin = std::chrono::steady_clock::now();
    const Evaluation evaluation = run.evaluate();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const double samples = static_cast<double>(run.dataset().validation.size());
    const Json result{{"steps", trained.step},
                      {"epochs", static_cast<double>(trained.step) / static_cast<double>(run.stepsPerEpoch())},
                      {"train_loss", nullptr},
                      {"train_accuracy", nullptr},
                      {"val_loss", jsonNumber(evaluation.loss)},
                      {"val_accuracy", jsonNumber(evaluation.accuracy)},
                      {"state_hash", trained.hash()},
                      {"seconds", seconds},
                      {"samples_per_second", seconds > 0 ? samples / seconds : 0},
                      {"run", nullptr},
                      {"metrics", metricsJson(evaluation)},
                      {"confusion_matrix", confusionJson(evaluation.confusion)}};
    if (options.json) {
        printJson(result);
    } else {
        std::printf("validation        loss %.4f  accuracy %.4f  (%s samples, step %s)\n", evaluation.loss,
                    evaluation.accuracy, grouped(samples).c_str(), grouped(static_cast<double>(trained.step)).c_str());
        for (const auto& [name, value] : evaluation.metrics) std::printf("  %-24s %.4f\n", name.c_str(), value);
    }
    return 0;
}

namespace {
Json problemJson(const ModelGraph& graph, const Problem& problem) {
    const Node* node = graph.find(problem.node);
    return {{"node", node != nullptr ? Json(node->name) : Json(nullptr)},
            {"port", problem.port >= 0 ? Json(problem.port) : Json(nullptr)},
            {"message", problem.message},
            {"hint", problem.hint},
            {"severity", problem.severity == Severity::Error ? "error" : "warning"}};
}

Problem problemOf(const Error& error) {
    Problem problem;
    problem.message = error.where().empty() ? error.problem() : error.where() + ": " + error.problem();
    problem.hint = error.hint();
    return problem;
}

bool isError(const Problem& problem) {
    return problem.severity == Severity::Error;
}

// Problems of the drawing and, when that is sound, of drawing and data together; where there are none, what else would
// stop training.
std::vector<Problem> allProblems(const Project& project, const GraphAnalysis& analysis,
                                 const std::filesystem::path& projectFile) {
    std::vector<Problem> problems = analysis.problems;
    if (!analysis.valid()) return problems;
    try {
        const auto dataset = loadDataset(
            project.data,
            {std::filesystem::absolute(projectFile).parent_path(), findResources(), project.training.seed, {}});
        std::ranges::move(problemsWithDataset(project, analysis, *dataset), std::back_inserter(problems));
        if (std::ranges::none_of(problems, isError)) TrainingRun::check(Arena(1), project, dataset);
    } catch (const Error& error) {
        problems.push_back(problemOf(error));
    }
    return problems;
}

Json layersJson(const Project& project, const GraphAnalysis& analysis) {
    Json layers = Json::array();
    for (const NodeAnalysis& node : analysis.nodes) {
        Json layer{{"name", project.graph.find(node.id)->name}, {"op", project.graph.find(node.id)->op}};
        layer["output_shape"] = node.known && !node.inference.outputs.empty()
                                    ? Json(std::vector<std::int64_t>(node.inference.outputs[0].shape.begin(),
                                                                     node.inference.outputs[0].shape.end()))
                                    : Json(nullptr);
        layer["parameters"] = node.known ? Json(node.parameterCount()) : Json(nullptr);
        layer["flops"] = node.known ? Json(node.cost.forward.flops) : Json(nullptr);
        layers.push_back(std::move(layer));
    }
    return layers;
}

void printCheck(const Project& project, const GraphAnalysis& analysis, const std::vector<Problem>& problems,
                const std::optional<Plan>& plan) {
    std::printf("%-16s %-20s %-18s %12s %14s\n", "layer", "op", "output", "parameters", "MFLOP forward");
    for (const NodeAnalysis& node : analysis.nodes) {
        const Node& drawn = *project.graph.find(node.id);
        const std::string shape =
            node.known && !node.inference.outputs.empty() ? node.inference.outputs[0].shape.toString() : "?";
        std::printf("%-16s %-20s %-18s %12s %14.2f\n", drawn.name.c_str(), drawn.op.c_str(), shape.c_str(),
                    node.known ? grouped(static_cast<double>(node.parameterCount())).c_str() : "?",
                    node.cost.forward.flops / 1e6);
    }
    std::printf("\n%s parameters, %.2f GFLOP forward and %.1f MB for a batch of %lld\n",
                grouped(static_cast<double>(analysis.parameters)).c_str(), analysis.forwardFlops / 1e9,
                static_cast<double>(plan ? plan->workspaceBytes + plan->stateBytes : 0) / 1e6,
                static_cast<long long>(analysis.batchSize));
    if (plan) printPlan(*plan);
    for (const Problem& problem : problems)
        std::printf("%s: %s. %s\n", problem.severity == Severity::Error ? "error" : "warning", problem.message.c_str(),
                    problem.hint.c_str());
}
}  // namespace

int check(const CheckOptions& options) {
    const Project project = loadProject(options.project, drawingCatalogue());
    const OpCatalogue catalogue = catalogueOf(project, drawingCatalogue());
    const GraphAnalysis analysis =
        analyse(project.graph, catalogue, project.training.batchSize, project.training.precision);
    const std::vector<Problem> problems = allProblems(project, analysis, options.project);
    const bool valid = std::ranges::none_of(problems, isError);
    Json list = Json::array();
    for (const Problem& problem : problems) list.push_back(problemJson(project.graph, problem));
    const std::optional<Plan> plan = planOf(project, analysis);
    if (options.json)
        printJson({{"valid", valid},
                   {"problems", std::move(list)},
                   {"parameters", analysis.parameters},
                   {"forward_flops", analysis.forwardFlops},
                   {"training_bytes", plan ? plan->workspaceBytes + plan->stateBytes : 0},
                   {"layers", layersJson(project, analysis)},
                   {"plan", plan ? planJson(*plan) : Json(nullptr)}});
    else
        printCheck(project, analysis, problems, plan);
    return valid ? 0 : 1;
}

int state(const StateOptions& options) {
    const Arena arena(options.threads);
    Progress progress;
    const Replayed found = replayed(
        readRun(options.run), options.step, arena, findResources(),
        options.fromStart ? ReplayFrom::Start : ReplayFrom::Nearest, [&](std::int64_t step) {
            progress.show(static_cast<double>(step) / static_cast<double>(std::max<std::int64_t>(options.step, 1)),
                          "replaying step " + grouped(static_cast<double>(step)));
            return true;
        });
    const std::string hash = found.state.hash();
    if (options.json)
        printJson({{"step", found.state.step},
                   {"state_hash", hash},
                   {"restored_step", found.from},
                   {"verified_checkpoints", found.verified}});
    else
        std::printf("step %lld  %s  (from step %lld, %lld recorded States met)\n",
                    static_cast<long long>(found.state.step), hash.c_str(), static_cast<long long>(found.from),
                    static_cast<long long>(found.verified));
    return 0;
}

namespace {
Json attributeJson(const AttributeSpec& spec) {
    Json json{{"name", spec.name}, {"label", spec.label}, {"help", spec.help}};
    std::visit([&](const auto& value) { json["default"] = value; }, spec.defaultValue);
    if (std::isfinite(spec.minimum)) json["minimum"] = spec.minimum;
    if (std::isfinite(spec.maximum)) json["maximum"] = spec.maximum;
    if (!spec.choices.empty()) json["choices"] = spec.choices;
    return json;
}

Json opJson(const OpDefinition& op) {
    const auto ports = [](const std::vector<PortSpec>& specs) {
        Json list = Json::array();
        for (const PortSpec& port : specs)
            list.push_back({{"name", port.name},
                            {"help", port.help},
                            {"kind", port.kind == PortKind::Real ? "real" : "class"},
                            {"variadic", port.variadic}});
        return list;
    };
    Json attributes = Json::array();
    for (const AttributeSpec& spec : op.attributes) attributes.push_back(attributeJson(spec));
    return {{"name", op.name},
            {"category", op.category},
            {"summary", op.summary},
            {"maths", op.maths},
            {"attributes", std::move(attributes)},
            {"inputs", ports(op.inputs)},
            {"outputs", ports(op.outputs)},
            {"differentiable", op.backward != nullptr || op.block != nullptr},
            {"block", op.block != nullptr},
            {"pytorch", op.exported.pytorch},
            {"keras", op.exported.keras},
            {"onnx", op.exported.onnx}};
}

void printOp(const OpDefinition& op) {
    std::printf("%s (%s)\n%s\n%s\n", op.name.c_str(), op.category.c_str(), op.summary.c_str(), op.maths.c_str());
    for (const PortSpec& port : op.inputs) std::printf("  input   %-16s %s\n", port.name.c_str(), port.help.c_str());
    for (const PortSpec& port : op.outputs) std::printf("  output  %-16s %s\n", port.name.c_str(), port.help.c_str());
    for (const AttributeSpec& spec : op.attributes)
        std::printf("  %-23s %s (default %s)\n", spec.name.c_str(), spec.help.c_str(),
                    toText(spec.defaultValue).c_str());
}
}  // namespace

int ops(const OpsOptions& options) {
    const OpCatalogue& catalogue = drawingCatalogue();
    Json list = Json::array();
    if (!options.name.empty()) {
        const OpDefinition* op = catalogue.find(options.name);
        if (op == nullptr) {
            const OpDefinition* nearest = catalogue.nearest(options.name);
            throw Error("there is no op called '" + options.name + "'", {},
                        nearest != nullptr ? "Did you mean " + nearest->name + "?" : "`gradlens-cli ops` lists them.");
        }
        list.push_back(opJson(*op));
        if (!options.json) printOp(*op);
    } else {
        std::string category;
        for (const OpDefinition* op : listedOps(catalogue)) {
            if (!options.json && op->category != category) std::printf("%s\n", op->category.c_str());
            category = op->category;
            list.push_back(opJson(*op));
            if (!options.json) std::printf("  %-22s %s\n", op->name.c_str(), op->summary.c_str());
        }
    }
    if (options.json) printJson({{"ops", std::move(list)}});
    return 0;
}

}  // namespace gradlens::cli

// SPDX-License-Identifier: GPL-3.0-or-later
// gradlens-cli: train, evaluate, check and replay without a window. Exit: 0 done, 1 the project or data is at fault, 2
// wrong usage, 130 stopped by a signal (with the run saved).
#include "app/cli/command.h"
#include "core/base/error.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <map>
#include <new>
#include <string>

int main(int argc, char** argv) {
    using namespace gradlens::cli;
    CLI::App app{"Gradlens: train neural networks and look into them, from the command line."};
    app.require_subcommand(1);
    constexpr int kMostThreads = 1024;

    TrainOptions trainOptions;
    CLI::App* trainCommand = app.add_subcommand("train", "Train a project, or go on with a run");
    trainCommand->add_option("PROJECT", trainOptions.project, "A .gradlens file")->required();
    auto* epochs = trainCommand->add_option("--epochs", trainOptions.epochs, "Epochs in all (default: the project's)")
                       ->check(CLI::Range(1, 1'000'000));
    trainCommand->add_option("--steps", trainOptions.steps, "Steps in all, instead of epochs")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000'000'000}))
        ->excludes(epochs);
    trainCommand->add_option("--seed", trainOptions.seed, "Seed (default: the project's)");
    trainCommand
        ->add_option("--threads", trainOptions.threads, "Threads (default: all cores); results do not depend on it")
        ->check(CLI::Range(1, kMostThreads));
    trainCommand->add_option("--run", trainOptions.run, "Folder to write the run to, or of a run to go on with");
    trainCommand->add_flag(
        "--find-lr", trainOptions.findRate,
        "Do not train: try growing learning rates (--steps of them, 100 by default) and suggest one");
    trainCommand->add_flag("--json", trainOptions.json, "One JSON object on stdout");

    EvalOptions evalOptions;
    CLI::App* evalCommand = app.add_subcommand("eval", "Loss and accuracy of a checkpoint on the validation part");
    evalCommand->add_option("PROJECT", evalOptions.project, "A .gradlens file")->required();
    evalCommand->add_option("--checkpoint", evalOptions.checkpoint, "A checkpoint of a run")->required();
    evalCommand->add_option("--threads", evalOptions.threads, "Threads (default: all cores)")
        ->check(CLI::Range(1, kMostThreads));
    evalCommand->add_flag("--json", evalOptions.json, "One JSON object on stdout");

    CheckOptions checkOptions;
    CLI::App* checkCommand =
        app.add_subcommand("check", "Shapes, parameters, costs and problems; exit 1 when it cannot be trained");
    checkCommand->add_option("PROJECT", checkOptions.project, "A .gradlens file")->required();
    checkCommand->add_flag("--json", checkOptions.json, "One JSON object on stdout");

    StateOptions stateOptions;
    CLI::App* stateCommand = app.add_subcommand("state", "Hash of a run's State at a step, by restoring and replaying");
    stateCommand->add_option("RUN", stateOptions.run, "The folder of a run")->required();
    stateCommand->add_option("--step", stateOptions.step, "The step")->required()->check(CLI::NonNegativeNumber);
    stateCommand->add_flag("--from-start", stateOptions.fromStart,
                           "Replay from the beginning, past every checkpoint, instead of from the nearest");
    stateCommand->add_option("--threads", stateOptions.threads, "Threads (default: all cores)")
        ->check(CLI::Range(1, kMostThreads));
    stateCommand->add_flag("--json", stateOptions.json, "One JSON object on stdout");

    OpsOptions opsOptions;
    CLI::App* opsCommand = app.add_subcommand("ops", "The op catalogue");
    opsCommand->add_option("NAME", opsOptions.name, "One op, in detail");
    opsCommand->add_flag("--json", opsOptions.json, "One JSON object on stdout");

    ExportOptions exportOptions;
    CLI::App* exportCommand =
        app.add_subcommand("export", "The network as PyTorch or Keras source that runs, or as a figure");
    exportCommand->add_option("PROJECT", exportOptions.project, "A .gradlens file")->required();
    CLI::Option_group* exportKind = exportCommand->add_option_group("what");
    bool asPytorch = false, asKeras = false, asSvg = false;
    exportKind->add_flag("--pytorch", asPytorch, "PyTorch source: the same weights give the same outputs");
    exportKind->add_flag("--keras", asKeras, "Keras 3 source");
    CLI::Option* svgFlag = exportKind->add_flag("--svg", asSvg, "A figure of the drawing, as vector graphics");
    exportKind->require_option(1);
    exportCommand->add_option("-o,--output", exportOptions.output, "File to write; - or nothing: standard output");
    exportCommand
        ->add_option("--checkpoint", exportOptions.checkpoint, "A checkpoint of a run that the source is to load")
        ->excludes(svgFlag);
    using gradlens::FigureStyle;
    const std::map<std::string, FigureStyle> styles{
        {"paper", FigureStyle::Paper}, {"light", FigureStyle::Light}, {"dark", FigureStyle::Dark}};
    exportCommand->add_option("--style", exportOptions.style, "Of a figure: paper (default), light or dark")
        ->transform(CLI::CheckedTransformer(styles))
        ->needs(svgFlag);

    BenchOptions benchOptions;
    CLI::App* benchCommand =
        app.add_subcommand("bench", "Time a training step of known networks against the peak of matrix products");
    benchCommand->add_option("NAME", benchOptions.names, "Workloads (default: all)");
    benchCommand
        ->add_option("--threads", benchOptions.threads,
                     "Threads, or several numbers of them of which the fastest counts: 1,2 (default: all cores)")
        ->delimiter(',')
        ->check(CLI::Range(1, kMostThreads));
    benchCommand->add_option("--seconds", benchOptions.seconds, "How long to time each workload")
        ->check(CLI::Range(0.0, 3600.0));
    benchCommand->add_flag("--json", benchOptions.json, "One JSON object on stdout");

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        constexpr int kWrongUsage = 2;
        return app.exit(error) == 0 ? 0 : kWrongUsage;
    }
    const auto run = [&] {
        if (*trainCommand) return train(trainOptions);
        if (*evalCommand) return evaluate(evalOptions);
        if (*checkCommand) return check(checkOptions);
        if (*stateCommand) return state(stateOptions);
        if (*benchCommand) return bench(benchOptions);
        if (*exportCommand) {
            using Kind = ExportOptions::Kind;
            exportOptions.kind = asPytorch ? Kind::PyTorch : asKeras ? Kind::Keras : Kind::Svg;
            return exportProject(exportOptions);
        }
        return ops(opsOptions);
    };
    try {
        const int code = run();
        // A result that nobody gets to read is none.
        if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
            throw gradlens::Error("the result cannot be written", "standard output",
                                  "Is the disk full, or the pipe closed");
        return code;
    } catch (const std::bad_alloc&) {
        std::fprintf(stderr, "gradlens-cli: there is not enough memory. Reduce the batch size or the network.\n");
    } catch (const std::exception& error) {
        std::fprintf(stderr, "gradlens-cli: %s\n", error.what());
    }
    return 1;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/rules/rules.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace gradlens {

namespace {
struct Usual {
    std::string_view optimizer;
    double low, high;  // beyond these something is most likely amiss
    double customary;
    std::string_view source;
};

constexpr std::array<Usual, 9> kUsual{{
    {"SGD", 1e-5, 2, 0.01, "[Bengio 2012: 0.01 by default, less than 1, more than 1e-6 of normalised inputs]"},
    {"Adam", 1e-6, 0.03, 0.001, "[Kingma and Ba 2015: 0.001]"},
    {"AdamW", 1e-6, 0.03, 0.001, "[Loshchilov and Hutter 2019: 0.001]"},
    {"NAdam", 1e-6, 0.03, 0.002, "[Dozat 2016; torch.optim.NAdam: 0.002]"},
    {"RMSProp", 1e-6, 0.05, 0.001, "[Tieleman and Hinton 2012: 0.001; torch.optim.RMSprop: 0.01]"},
    {"Adagrad", 1e-5, 2, 0.01, "[Duchi, Hazan and Singer 2011; torch.optim.Adagrad: 0.01]"},
    {"Adadelta", 1e-3, 20, 1, "[Zeiler 2012; torch.optim.Adadelta: 1]"},
    {"Lion", 1e-7, 3e-3, 1e-4, "[Chen et al. 2023: 3 to 10 times below AdamW's; 1e-4]"},
    {"LAMB", 1e-5, 0.1, 0.002, "[You et al. 2020: 0.002 at batches of 512]"},
}};

std::vector<Problem> find(const AdviceView& view) {
    const AdviceContext& context = view.context();
    const auto usual = std::ranges::find(kUsual, context.optimizer, &Usual::optimizer);
    std::vector<Problem> problems;
    if (usual == kUsual.end() || context.learningRate <= 0 || view.nodes().empty()) return problems;
    const bool high = context.learningRate > usual->high;
    if (!high && context.learningRate >= usual->low) return problems;
    Problem problem;
    problem.message = "The learning rate of " + figure(context.learningRate) + " is " + (high ? "above " : "below ") +
                      figure(high ? usual->high : usual->low) + ", where " + context.optimizer + " is hardly ever run";
    problem.severity = Severity::Warning;
    problem.source = usual->source;
    problem.fixes = {{Fix::Kind::SetTraining,
                      "Set the learning rate to " + figure(usual->customary),
                      NodeId::None,
                      0,
                      {},
                      {{"learning_rate", usual->customary}}}};
    problems.push_back(std::move(problem));
    return problems;
}
}  // namespace

AdviceRule learningRate() {
    return {"learning-rate", "Learning rate out of the usual range",
            "Far above, updates overshoot and the loss rises or becomes NaN; far below, training takes for ever "
            "or rests in the first valley.",
            "[Bengio 2012, section 3.1; Kingma and Ba 2015; the papers and PyTorch defaults of each optimizer]", find};
}

}  // namespace gradlens

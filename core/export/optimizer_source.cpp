// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/training_source.h"
#include "core/ops/catalogue/python_text.h"

#include <algorithm>
#include <map>

namespace gradlens {

namespace {
constexpr const char* kTorchLion = R"(class Lion(torch.optim.Optimizer):
    """Steps of one size in the direction of a momentum (Chen et al. 2023, algorithm 2)."""

    def __init__(self, parameters, lr, betas, weight_decay=0.0):
        super().__init__(parameters, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                momentum = self.state[p].setdefault("momentum", torch.zeros_like(p))
                direction = (beta1 * momentum + (1 - beta1) * p.grad).sign()
                momentum.mul_(beta2).add_(p.grad, alpha=1 - beta2)
                p.mul_(1 - group["lr"] * group["weight_decay"]).sub_(direction, alpha=group["lr"])
)";

constexpr const char* kTorchLamb = R"(class Lamb(torch.optim.Optimizer):
    """Adam with steps in proportion to the size of the weights (You et al. 2020, algorithm 2)."""

    def __init__(self, parameters, lr, betas, eps, weight_decay=0.0):
        super().__init__(parameters, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if not state:
                    state.update(step=0, first=torch.zeros_like(p), second=torch.zeros_like(p))
                state["step"] += 1
                state["first"].mul_(beta1).add_(p.grad, alpha=1 - beta1)
                state["second"].mul_(beta2).addcmul_(p.grad, p.grad, value=1 - beta2)
                first = state["first"] / (1 - beta1 ** state["step"])
                second = state["second"] / (1 - beta2 ** state["step"])
                update = first / (second.sqrt() + group["eps"]) + group["weight_decay"] * p
                size, length = p.norm(), update.norm()
                trust = torch.where((size == 0) | (length == 0), torch.ones_like(size), size / length)
                p.sub_(group["lr"] * trust * update)
)";

// Our attribute, and the argument that says it there. beta1 stands for both betas.
struct Argument {
    const char* attribute;
    const char* name;
};

struct Spelling {
    const char* name;  // ours
    const char* torch;
    std::vector<Argument> arguments;  // beside learning rate and weight decay
    const char* keras;
    std::vector<Argument> kerasArguments;
    bool decoupled = false;  // weight decay is taken off the weights, not added to the gradient
};

const std::vector<Spelling>& spellings() {
    static const std::vector<Spelling> kSpellings{
        {"SGD",
         "torch.optim.SGD",
         {{"momentum", "momentum"}, {"nesterov", "nesterov"}},
         "SGD",
         {{"momentum", "momentum"}, {"nesterov", "nesterov"}}},
        {"Adam",
         "torch.optim.Adam",
         {{"beta1", "betas"}, {"epsilon", "eps"}},
         "Adam",
         {{"beta1", "beta_1"}, {"beta2", "beta_2"}, {"epsilon", "epsilon"}}},
        {"AdamW",
         "torch.optim.AdamW",
         {{"beta1", "betas"}, {"epsilon", "eps"}},
         "AdamW",
         {{"beta1", "beta_1"}, {"beta2", "beta_2"}, {"epsilon", "epsilon"}},
         true},
        {"NAdam",
         "torch.optim.NAdam",
         {{"beta1", "betas"}, {"epsilon", "eps"}, {"momentum_decay", "momentum_decay"}},
         "Nadam",
         {{"beta1", "beta_1"}, {"beta2", "beta_2"}, {"epsilon", "epsilon"}}},
        {"RMSProp",
         "torch.optim.RMSprop",
         {{"alpha", "alpha"}, {"epsilon", "eps"}, {"momentum", "momentum"}, {"centred", "centered"}},
         "RMSprop",
         {{"alpha", "rho"}, {"epsilon", "epsilon"}, {"momentum", "momentum"}, {"centred", "centered"}}},
        {"Adagrad",
         "torch.optim.Adagrad",
         {{"rate_decay", "lr_decay"}, {"epsilon", "eps"}},
         "Adagrad",
         {{"epsilon", "epsilon"}}},
        {"Adadelta",
         "torch.optim.Adadelta",
         {{"rho", "rho"}, {"epsilon", "eps"}},
         "Adadelta",
         {{"rho", "rho"}, {"epsilon", "epsilon"}}},
        {"Lion", "Lion", {{"beta1", "betas"}}, "Lion", {{"beta1", "beta_1"}, {"beta2", "beta_2"}}, true},
        {"LAMB",
         "Lamb",
         {{"beta1", "betas"}, {"epsilon", "eps"}},
         "Lamb",
         {{"beta1", "beta_1"}, {"beta2", "beta_2"}, {"epsilon", "epsilon"}},
         true},
    };
    return kSpellings;
}

std::string valueText(const AttributeValue& value) {
    if (const auto* flag = std::get_if<bool>(&value)) return python(*flag);
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return python(*whole);
    return python(std::get<double>(value));
}

Attributes settingsOf(const OptimizerSpec& optimizer) {
    const OptimizerDefinition* definition = findOptimizer(optimizer.name);
    return definition == nullptr ? Attributes() : completed(definition->attributes, optimizer.attributes, nullptr);
}

// How a group of parameters differs: what its rate is multiplied by, its weight decay where that is not the usual one.
struct GroupKey {
    double rate = 1;
    double decay = 0;
    auto operator<=>(const GroupKey&) const = default;
};

struct Groups {
    std::map<GroupKey, std::vector<std::string>> members;
    std::vector<std::string> frozen;
};

Groups groupsOf(const TrainingSpec& training, const SourceProgram& program, const Attributes& settings) {
    const double usual = settings.real("weight_decay");
    const bool all = settings.flag("decay_all");
    Groups groups;
    for (const ProgramParameter& parameter : program.trainable) {
        const ParameterGroup* group = groupOf(training.updates.groups, parameter.drawn);
        if (group != nullptr && group->frozen) {
            groups.frozen.push_back(parameter.name);
            continue;
        }
        GroupKey key;
        key.decay = all || parameter.spec->decays ? usual : 0;
        if (group != nullptr) {
            key.rate = group->learningRate;
            if (group->weightDecay) key.decay = *group->weightDecay;
        }
        groups.members[key].push_back(parameter.name);
    }
    return groups;
}

std::string namesText(const std::vector<std::string>& names) {
    std::string text = "[\n";
    for (const std::string& name : names) text += "            " + python(name) + ",\n";
    return text + "        ]";
}
}  // namespace

std::string torchOptimizerSource(const TrainingSpec& training, const SourceProgram& program) {
    const auto spelling =
        std::ranges::find_if(spellings(), [&](const Spelling& entry) { return training.optimizer.name == entry.name; });
    if (spelling == spellings().end()) return {};
    const Attributes a = settingsOf(training.optimizer);
    const double usual = a.real("weight_decay");
    const Groups groups = groupsOf(training, program, a);
    std::string text;
    if (training.optimizer.name == "Lion") text += std::string(kTorchLion) + "\n\n";
    if (training.optimizer.name == "LAMB") text += std::string(kTorchLamb) + "\n\n";
    text += "def make_optimizer(network):\n";
    const bool plain = groups.frozen.empty() && groups.members.size() <= 1 &&
                       (groups.members.empty() || groups.members.begin()->first == GroupKey{1, usual});
    std::string parameters = "network.parameters()";
    if (!plain) {
        text += "    named = dict(network.named_parameters())\n";
        if (!groups.frozen.empty())
            text += "    for name in " + namesText(groups.frozen) + ":\n        named[name].requires_grad_(False)\n";
        text += "    groups = []\n";
        for (const auto& [key, names] : groups.members) {
            text +=
                "    names = " + namesText(names) + "\n    groups.append({\"params\": [named[name] for name in names]";
            if (key.rate != 1) text += ", \"lr\": LEARNING_RATE * " + python(key.rate);
            if (key.decay != usual) text += ", \"weight_decay\": " + python(key.decay);
            text += "})\n";
        }
        parameters = "groups";
    }
    PythonCall construct(spelling->torch);
    construct.with(parameters).with("lr", "LEARNING_RATE");
    for (const Argument& argument : spelling->arguments) {
        if (argument.attribute == std::string_view("beta1"))
            construct.with("betas", "(" + python(a.real("beta1")) + ", " + python(a.real("beta2")) + ")");
        else
            construct.with(argument.name, valueText(*a.find(argument.attribute)));
    }
    construct.with("weight_decay", python(usual));
    return text + "    return " + construct.text() + "\n";
}

std::string kerasOptimizerSource(const TrainingSpec& training, const SourceProgram& program) {
    const auto spelling =
        std::ranges::find_if(spellings(), [&](const Spelling& entry) { return training.optimizer.name == entry.name; });
    if (spelling == spellings().end()) return {};
    const Attributes a = settingsOf(training.optimizer);
    const double decay = a.real("weight_decay");
    const Groups groups = groupsOf(training, program, a);
    std::string text = "def make_optimizer():\n";
    if (decay != 0 && !spelling->decoupled)
        text += "    # Gradlens adds " + python(decay) +
                " of each weight to its gradient; Keras takes it off the weight at each step.\n";
    if (groups.members.size() > 1 || !groups.frozen.empty())
        text += "    # Not said here: parameters with a rate or weight decay of their own, and frozen ones.\n";
    PythonCall construct(std::string("keras.optimizers.") + spelling->keras);
    construct.with("learning_rate", "LEARNING_RATE");
    for (const Argument& argument : spelling->kerasArguments)
        construct.with(argument.name, valueText(*a.find(argument.attribute)));
    if (training.optimizer.name == "Adagrad") construct.with("initial_accumulator_value", python(0.0));
    if (decay != 0) construct.with("weight_decay", python(decay));
    if (training.updates.clipNorm > 0) construct.with("global_clipnorm", python(training.updates.clipNorm));
    if (training.updates.clipValue > 0 && training.updates.clipNorm == 0)
        construct.with("clipvalue", python(training.updates.clipValue));
    if (training.updates.accumulate > 1)
        construct.with("gradient_accumulation_steps", python(training.updates.accumulate));
    if (training.updates.averageDecay > 0)
        construct.with("use_ema", python(true)).with("ema_momentum", python(training.updates.averageDecay));
    return text + "    return " + construct.text() + "\n";
}

}  // namespace gradlens

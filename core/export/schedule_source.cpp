// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/training_source.h"
#include "core/ops/catalogue/python_text.h"

namespace gradlens {

namespace {
Attributes settingsOf(const ScheduleSpec& schedule) {
    const ScheduleDefinition* definition = findSchedule(schedule.name);
    return definition == nullptr ? Attributes() : completed(definition->attributes, schedule.attributes, nullptr);
}

bool staysAsItIs(const ScheduleSpec& schedule, const Attributes& a) {
    return findSchedule(schedule.name) == nullptr || (schedule.name == "Constant" && a.integer("warmup_steps") == 0);
}

std::string lengthText(const Attributes& a, const char* name) {
    return a.integer(name) > 0 ? python(a.integer(name)) : "length";
}

std::string cosineText(const Attributes& a) {
    const std::string period = lengthText(a, "period");
    const double minimum = a.real("minimum");
    const std::string wave = minimum == 0 ? "    return (1 + math.cos(math.pi * share)) / 2\n"
                                          : "    return " + python(minimum) + " + " + python(1 - minimum) +
                                                " * (1 + math.cos(math.pi * share)) / 2\n";
    if (!a.flag("restarts")) return "    share = min(t / " + period + ", 1)\n" + wave;
    if (a.integer("growth") == 1) return "    share = t % " + period + " / " + period + "\n" + wave;
    return "    period = " + period +
           "\n    while t >= period:\n        t -= period\n        period *= " + python(a.integer("growth")) +
           "\n    share = t / period\n" + wave;
}

std::string oneCycleText(const Attributes& a) {
    const std::string length = lengthText(a, "length");
    const double start = 1 / a.real("start_divisor"), end = start / a.real("end_divisor");
    return "    top, last = " + python(a.real("rising")) + " * " + length + " - 1, " + length +
           " - 1\n"
           "    if t <= top:\n"
           "        begin, end, share = " +
           python(start) +
           ", 1, t / top if top > 0 else 1\n"
           "    else:\n"
           "        begin, end, share = 1, " +
           python(end) +
           ", min((t - top) / (last - top), 1) if last > top else 1\n"
           "    return end + (begin - end) * (1 + math.cos(math.pi * share)) / 2\n";
}

std::string formulaText(const std::string& name, const Attributes& a) {
    if (name == "Step")
        return "    return " + python(a.real("gamma")) + " ** (t // " + python(a.integer("every")) + ")\n";
    if (name == "MultiStep")
        return "    return " + python(a.real("gamma")) + " ** sum(milestone <= t for milestone in " +
               python(a.list("milestones")) + ")\n";
    if (name == "Exponential") return "    return " + python(a.real("gamma")) + " ** t\n";
    if (name == "Polynomial")
        return "    return (1 - min(t / " + lengthText(a, "length") + ", 1)) ** " + python(a.real("power")) + "\n";
    if (name == "Cosine") return cosineText(a);
    if (name == "OneCycle") return oneCycleText(a);
    return "    return 1.0\n";
}
}  // namespace

std::string factorSource(const ScheduleSpec& schedule) {
    const Attributes a = settingsOf(schedule);
    if (staysAsItIs(schedule, a) || schedule.name == "Plateau") return {};
    const std::int64_t warmUp = a.integer("warmup_steps");
    const bool byEpoch = a.find("unit") != nullptr && a.choice("unit") == "epochs";
    std::string text =
        "def learning_rate_factor(step, steps_per_epoch):\n"
        "    \"\"\"What the learning rate is multiplied by for the update after `step` others.\"\"\"\n";
    if (warmUp > 0) {
        const double start = a.real("warmup_start");
        text += "    if step < " + python(warmUp) + ":\n        return " + python(start) + " + " + python(1 - start) +
                " * step / " + python(warmUp) + "\n";
    }
    const std::string formula = formulaText(schedule.name, a);
    const std::string after = warmUp > 0 ? "(step - " + python(warmUp) + ")" : "step";
    const std::string rest =
        warmUp > 0 ? "max(EPOCHS * steps_per_epoch - " + python(warmUp) + ", 1)" : "max(EPOCHS * steps_per_epoch, 1)";
    if (formula.find("t ") != std::string::npos || formula.find("t)") != std::string::npos ||
        formula.find("* t") != std::string::npos)
        text += "    t = " + after + (byEpoch ? " // steps_per_epoch" : "") + "\n";
    if (formula.find("length") != std::string::npos)
        text += "    length = " + (byEpoch ? "max(" + rest + " // steps_per_epoch, 1)" : rest) + "\n";
    return text + formula;
}

std::string torchScheduleSource(const TrainingSpec& training) {
    const ScheduleSpec& schedule = training.schedule;
    const Attributes a = settingsOf(schedule);
    if (staysAsItIs(schedule, a)) return {};
    if (schedule.name != "Plateau")
        return factorSource(schedule) +
               "\n\ndef make_schedule(optimizer, steps_per_epoch):\n"
               "    \"\"\"Call its step() after every update.\"\"\"\n"
               "    return torch.optim.lr_scheduler.LambdaLR(\n"
               "        optimizer, lambda step: learning_rate_factor(step, steps_per_epoch))\n";
    std::string text =
        "def make_schedule(optimizer):\n"
        "    \"\"\"Call its step(value) after every evaluation, with the validation's " +
        a.choice("monitor") + ".\"\"\"\n";
    if (a.integer("warmup_steps") > 0)
        text += "    # Not said here: the first " + python(a.integer("warmup_steps")) + " steps warm up from " +
                python(a.real("warmup_start")) + " of the rate.\n";
    const std::string rate = "optimizer.param_groups[0][\"lr\"]";
    return text + "    return " +
           PythonCall("torch.optim.lr_scheduler.ReduceLROnPlateau")
               .with("optimizer")
               .with("mode", python(a.choice("monitor") == "loss" ? "min" : "max"))
               .with("factor", python(a.real("gamma")))
               .with("patience", python(a.integer("patience")))
               .with("threshold", python(a.real("threshold")))
               .with("cooldown", python(a.integer("cooldown")))
               .with("min_lr", python(a.real("minimum")) + " * " + rate)
               .text() +
           "\n";
}

std::string kerasCallbacksSource(const TrainingSpec& training) {
    const ScheduleSpec& schedule = training.schedule;
    const Attributes a = settingsOf(schedule);
    std::string definitions, callbacks;
    if (schedule.name == "Plateau") {
        callbacks = PythonCall("keras.callbacks.ReduceLROnPlateau")
                        .with("monitor", python("val_" + a.choice("monitor")))
                        .with("factor", python(a.real("gamma")))
                        .with("patience", python(a.integer("patience")))
                        .with("cooldown", python(a.integer("cooldown")));
    } else if (!staysAsItIs(schedule, a)) {
        definitions = factorSource(schedule) +
                      "\n\nclass Schedule(keras.callbacks.Callback):\n"
                      "    \"\"\"Sets the learning rate before every update.\"\"\"\n\n"
                      "    def __init__(self, steps_per_epoch):\n"
                      "        super().__init__()\n"
                      "        self.steps_per_epoch = steps_per_epoch\n\n"
                      "    def on_train_batch_begin(self, batch, logs=None):\n"
                      "        optimizer = self.model.optimizer\n"
                      "        step = int(ops.convert_to_numpy(optimizer.iterations))\n"
                      "        optimizer.learning_rate = LEARNING_RATE * learning_rate_factor(step, "
                      "self.steps_per_epoch)\n\n\n";
        callbacks = "Schedule(steps_per_epoch)";
    }
    if (const EarlyStopping& stopping = training.earlyStopping; stopping.patience > 0) {
        if (!callbacks.empty()) callbacks += ", ";
        callbacks += PythonCall("keras.callbacks.EarlyStopping")
                         .with("monitor", python("val_" + stopping.monitor))
                         .with("min_delta", python(stopping.minimumImprovement))
                         .with("patience", python(stopping.patience))
                         .option("restore_best_weights", stopping.restoreBest, false);
    }
    if (callbacks.empty()) return {};
    return definitions + "def make_callbacks(steps_per_epoch):\n    return [" + callbacks + "]\n";
}

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/op_help.h"

#include <cmath>

namespace gradlens {
namespace {

QString text(const std::string& value) {
    return QString::fromStdString(value);
}

QString ports(const QString& title, const std::vector<PortSpec>& specs) {
    if (specs.empty()) return {};
    QString result = "\n## " + title + "\n\n";
    for (const PortSpec& port : specs) {
        result += "- **" + text(port.name) + "**" + (port.variadic ? " (one or more)" : "") + ": " + text(port.help);
        result += port.kind == PortKind::ClassIndex ? " Class numbers.\n" : "\n";
    }
    return result;
}

QString bound(double value) {
    return QString::number(value, 'g', 10);
}

QString range(const AttributeSpec& spec) {
    if (spec.type == AttributeType::Choice) {
        QStringList choices;
        for (const std::string& choice : spec.choices) choices << text(choice);
        return choices.join(", ");
    }
    const bool low = std::isfinite(spec.minimum), high = std::isfinite(spec.maximum);
    if (low && high) return bound(spec.minimum) + " to " + bound(spec.maximum);
    if (low) return "at least " + bound(spec.minimum);
    if (high) return "at most " + bound(spec.maximum);
    return "any";
}

}  // namespace

QString opHelpMarkdown(const OpDefinition& op) {
    QString page = "# " + text(op.name) + "\n\n" + text(op.summary) + "\n";
    if (!op.maths.empty()) page += "\n## What it computes\n\n```\n" + text(op.maths) + "\n```\n";
    page += ports("Inputs", op.inputs);
    page += ports("Outputs", op.outputs);
    if (!op.attributes.empty()) {
        page += "\n## Properties\n\n| Property | Default | Allowed | Meaning |\n|---|---|---|---|\n";
        for (const AttributeSpec& spec : op.attributes) {
            QString help = text(spec.help);
            help.replace('|', "\\|").replace('\n', ' ');
            const QString value = text(toText(spec.defaultValue));
            page += "| " + text(spec.label) + " | " + (value.isEmpty() ? QStringLiteral("(empty)") : value) + " | " +
                    range(spec) + " | " + help + " |\n";
        }
    }
    const bool exported = !op.exported.onnx.empty() || !op.exported.pytorch.empty() || !op.exported.keras.empty();
    if (exported) {
        page += "\n## Elsewhere\n\n";
        if (!op.exported.pytorch.empty()) page += "- PyTorch: `" + text(op.exported.pytorch) + "`\n";
        if (!op.exported.keras.empty()) page += "- Keras: `" + text(op.exported.keras) + "`\n";
        if (!op.exported.onnx.empty()) page += "- ONNX: `" + text(op.exported.onnx) + "`\n";
    }
    return page;
}

}  // namespace gradlens

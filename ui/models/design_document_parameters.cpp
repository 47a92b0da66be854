// SPDX-License-Identifier: GPL-3.0-or-later
// The parameters of an open block: what its layers leave to its users to say.
#include "core/graph/block_inside.h"
#include "core/graph/block_parameters.h"
#include "ui/models/design_document.h"

#include <algorithm>

namespace gradlens {

namespace {
constexpr std::size_t kMostParameters = 32;

bool refuse(QString* reason, const QString& why) {
    if (reason != nullptr) *reason = why;
    return false;
}

QString sentence(const std::string& message) {
    QString text = QString::fromStdString(message);
    if (!text.isEmpty()) text[0] = text[0].toUpper();
    return text.endsWith('.') ? text : text + '.';
}

Attributes defaultsOf(const Block& block) {
    Attributes values;
    for (const AttributeSpec& parameter : block.parameters) values.set(parameter.name, parameter.defaultValue);
    return values;
}

// Every expression of the drawing as `change` makes it.
void changeExpressions(ModelGraph& graph, const std::function<AttributeValue(const std::string&)>& change) {
    for (const Node& node : std::vector<Node>(graph.nodes().begin(), graph.nodes().end())) {
        Attributes attributes = node.attributes;
        for (const auto& [name, value] : node.attributes.entries())
            if (isExpression(value)) attributes.set(name, change(std::get<std::string>(value)));
        if (attributes != node.attributes) graph.setAttributes(node.id, std::move(attributes));
    }
}

void changeUses(ModelGraph& graph, const std::string& block, const std::function<void(Attributes&)>& change) {
    for (const Node& node : std::vector<Node>(graph.nodes().begin(), graph.nodes().end())) {
        if (node.op != block) continue;
        Attributes attributes = node.attributes;
        change(attributes);
        if (attributes != node.attributes) graph.setAttributes(node.id, std::move(attributes));
    }
}
}  // namespace

Attributes DesignDocument::openParameters() const {
    ModelGraph graph = rootGraph();
    Attributes values;
    for (const OpenBlock& open : m_scope) {
        const Node* node = graph.find(open.node);
        const OpDefinition* op = node == nullptr ? nullptr : m_catalogue.find(node->op);
        if (op == nullptr || op->block == nullptr) return {};
        values = completed(op->attributes, node->attributes, nullptr);
        graph = withValues(*op->block, values, nullptr);
    }
    return values;
}

void DesignDocument::editOpenBlock(const QString& stepName, const std::function<void(Block&)>& change,
                                   const QString& mergeKey) {
    if (isReadOnly()) {
        emit refused(tr("%1 comes with the program and cannot be changed. Make your own copy to edit it.")
                         .arg(QString::fromStdString(openBlock()->name)));
        return;
    }
    editDrawings(
        stepName,
        [&](Drawings& drawings) {
            Block& block = drawings.blocks[*m_own];
            block.graph = drawings.open;
            change(block);
            std::swap(drawings.open, block.graph);
            block.graph = graph();
        },
        mergeKey);
}

QString DesignDocument::faultOfParameterName(const QString& name) const {
    const std::string wanted = name.trimmed().toStdString();
    if (wanted.empty()) return tr("A parameter needs a name.");
    if (!ModelGraph::isName(wanted))
        return tr("A name is a letter followed by letters, digits and '_', at most 64 in all.");
    if (wanted == kBlockRepeat || wanted == kBlockShare) return tr("Every block has %1 already.").arg(name.trimmed());
    const Block* block = openBlock();
    if (block != nullptr &&
        std::ranges::find(block->parameters, wanted, &AttributeSpec::name) != block->parameters.end())
        return tr("There is a parameter called %1.").arg(name.trimmed());
    return {};
}

bool DesignDocument::exposeAttribute(NodeId id, std::string_view attribute, const QString& name, QString* reason) {
    const Block* block = openBlock();
    const Node* node = graph().find(id);
    const OpDefinition* op = node == nullptr ? nullptr : m_catalogue.find(node->op);
    if (block == nullptr || op == nullptr) return refuse(reason, tr("Open a block to expose what is inside."));
    const auto spec = std::ranges::find(op->attributes, attribute, &AttributeSpec::name);
    if (spec == op->attributes.end()) return refuse(reason, tr("There is no such attribute."));
    const std::string wanted = name.trimmed().toStdString();
    const auto known = std::ranges::find(block->parameters, wanted, &AttributeSpec::name);
    AttributeSpec parameter = *spec;
    if (known == block->parameters.end()) {
        if (const QString fault = faultOfParameterName(name); !fault.isEmpty()) return refuse(reason, fault);
        if (block->parameters.size() >= kMostParameters)
            return refuse(reason, tr("A block has at most 32 parameters."));
        parameter.name = wanted;
        if (parameter.type == AttributeType::Path) parameter.type = AttributeType::Text;
        const AttributeValue* value = node->attributes.find(attribute);
        if (value != nullptr && isExpression(*value)) {
            if (const auto plain = evaluated(std::get<std::string>(*value), openParameters(), nullptr))
                parameter.defaultValue = *plain;
        } else if (value != nullptr) {
            parameter.defaultValue = *value;
        }
    } else if (known->type != spec->type) {
        return refuse(reason, tr("The parameter %1 is of another type.").arg(name.trimmed()));
    }
    Attributes attributes = node->attributes;
    attributes.set(attribute, '$' + wanted);
    editOpenBlock(tr("Expose %1").arg(QString::fromStdString(spec->label).toLower()), [&](Block& changed) {
        if (known == block->parameters.end()) changed.parameters.push_back(parameter);
        changed.graph.setAttributes(id, attributes);
    });
    return true;
}

bool DesignDocument::setExpression(NodeId id, std::string_view attribute, const QString& text, QString* reason) {
    const Block* block = openBlock();
    const Node* node = graph().find(id);
    const OpDefinition* op = node == nullptr ? nullptr : m_catalogue.find(node->op);
    if (block == nullptr || op == nullptr) return refuse(reason, tr("Expressions have their place inside blocks."));
    const auto spec = std::ranges::find(op->attributes, attribute, &AttributeSpec::name);
    if (spec == op->attributes.end()) return refuse(reason, tr("There is no such attribute."));
    const std::string expression = text.trimmed().toStdString();
    if (!isExpression(expression)) return refuse(reason, tr("An expression begins with $, as in $units * 2."));
    std::string message;
    const auto value = evaluated(expression, defaultsOf(*block), &message);
    if (!value) return refuse(reason, sentence(message));
    if (!normalised(*spec, *value, &message))
        return refuse(reason, tr("With the defaults it is %1, and the value %2")
                                  .arg(QString::fromStdString(toText(*value)), QString::fromStdString(message)));
    Attributes attributes = node->attributes;
    attributes.set(attribute, expression);
    edit(
        tr("Set %1 of %2").arg(QString::fromStdString(spec->label).toLower(), QString::fromStdString(node->name)),
        [&](ModelGraph& graph) { graph.setAttributes(id, attributes); },
        QString("expression:%1:%2").arg(toInteger(id)).arg(QString::fromStdString(spec->name)));
    return true;
}

bool DesignDocument::makePlain(NodeId id, std::string_view attribute) {
    const Node* node = graph().find(id);
    const AttributeValue* value = node == nullptr ? nullptr : node->attributes.find(attribute);
    if (value == nullptr || !isExpression(*value)) return false;
    const auto plain = evaluated(std::get<std::string>(*value), openParameters(), nullptr);
    return plain ? setAttribute(id, attribute, *plain) : resetAttribute(id, attribute);
}

bool DesignDocument::setParameter(const AttributeSpec& parameter, QString* reason) {
    const Block* block = openBlock();
    if (block == nullptr) return false;
    const auto found = std::ranges::find(block->parameters, parameter.name, &AttributeSpec::name);
    if (found == block->parameters.end()) return refuse(reason, tr("There is no such parameter."));
    AttributeSpec fitting = parameter;
    fitting.type = found->type;
    if (fitting.minimum > fitting.maximum) return refuse(reason, tr("The least is larger than the most."));
    if (fitting.label.empty()) return refuse(reason, tr("A parameter needs a label."));
    std::string message;
    const auto value = normalised(fitting, fitting.defaultValue, &message);
    if (!value) return refuse(reason, sentence(message));
    fitting.defaultValue = *value;
    const auto place = found - block->parameters.begin();
    editOpenBlock(
        tr("Change the parameter %1").arg(QString::fromStdString(parameter.name)),
        [&](Block& changed) { changed.parameters[static_cast<std::size_t>(place)] = fitting; },
        "parameter:" + QString::fromStdString(parameter.name));
    return true;
}

bool DesignDocument::renameParameter(const std::string& parameter, const QString& name, QString* reason) {
    const std::string wanted = name.trimmed().toStdString();
    if (openBlock() == nullptr || wanted == parameter) return openBlock() != nullptr;
    if (const QString fault = faultOfParameterName(name); !fault.isEmpty()) return refuse(reason, fault);
    if (isReadOnly()) return refuse(reason, tr("This block comes with the program."));
    const std::string block = openBlock()->name;
    editDrawings(tr("Rename the parameter %1").arg(QString::fromStdString(parameter)), [&](Drawings& drawings) {
        for (AttributeSpec& spec : drawings.blocks[*m_own].parameters)
            if (spec.name == parameter) spec.name = wanted;
        changeExpressions(drawings.open, [&](const std::string& expression) {
            return AttributeValue(withRenamed(expression, parameter, wanted));
        });
        drawings.forEach(*this, [&](ModelGraph& drawing) {
            changeUses(drawing, block, [&](Attributes& attributes) {
                const AttributeValue* value = attributes.find(parameter);
                if (value == nullptr) return;
                const AttributeValue kept = *value;
                attributes.remove(parameter);
                attributes.set(wanted, kept);
            });
        });
    });
    return true;
}

void DesignDocument::removeParameter(const std::string& parameter) {
    const Block* block = openBlock();
    if (block == nullptr || isReadOnly()) return;
    const auto found = std::ranges::find(block->parameters, parameter, &AttributeSpec::name);
    if (found == block->parameters.end()) return;
    const std::string name = block->name;
    const Attributes value{{parameter, found->defaultValue}};
    editDrawings(tr("Remove the parameter %1").arg(QString::fromStdString(parameter)), [&](Drawings& drawings) {
        std::erase_if(drawings.blocks[*m_own].parameters,
                      [&](const AttributeSpec& spec) { return spec.name == parameter; });
        changeExpressions(drawings.open,
                          [&](const std::string& expression) { return withParameters(expression, value); });
        drawings.forEach(*this, [&](ModelGraph& drawing) {
            changeUses(drawing, name, [&](Attributes& attributes) { attributes.remove(parameter); });
        });
    });
}

void DesignDocument::setBlockTexts(const QString& summary, const QString& description) {
    if (openBlock() == nullptr) return;
    editOpenBlock(
        tr("Describe the block"),
        [&](Block& block) {
            block.summary = summary.toStdString();
            block.description = description.toStdString();
        },
        "blockTexts");
}

}  // namespace gradlens

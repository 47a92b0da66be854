// SPDX-License-Identifier: GPL-3.0-or-later
// Fixes of the faults that analyse() finds: what people mostly do about such a fault, tried before it is offered.
#include "core/graph/fix.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace gradlens {

namespace {
constexpr std::size_t kMostNodes = 2000, kMostProblems = 8;  // that are tried

class FixSearch {
public:
    FixSearch(const ModelGraph& drawing, const OpCatalogue& catalogue, const GraphAnalysis& analysis)
        : m_drawing(drawing), m_catalogue(catalogue), m_analysis(analysis) {}

    std::vector<Fix> candidates(const Problem& problem) {
        m_fixes.clear();
        const Node* node = m_drawing.find(problem.node);
        if (node == nullptr) {
            missingLoss();
            return m_fixes;
        }
        m_node = node;
        m_entry = m_analysis.find(node->id);
        m_op = m_catalogue.find(node->op);
        if (m_op == nullptr) {
            if (const OpDefinition* nearest = m_catalogue.nearest(node->op))
                offer({Fix::Kind::Replace, "Make " + node->name + " a " + nearest->name, node->id, 0, nearest->name,
                       node->attributes});
            return m_fixes;
        }
        if (m_entry != nullptr && !m_entry->reachesLoss && problem.severity == Severity::Warning)
            offer({Fix::Kind::Remove, "Delete " + node->name, node->id});
        wrongAttributes();
        if (problem.port >= 0) wrongInput(problem.port);
        smallerNumbers();
        return m_fixes;
    }

private:
    void offer(Fix fix) { m_fixes.push_back(std::move(fix)); }

    const TensorType* typeInto(int port) const {
        const auto edge = m_drawing.edgeInto({m_node->id, port});
        return edge ? m_analysis.typeOf(edge->from) : nullptr;
    }

    void wrongAttributes() {
        std::vector<AttributeFault> faults;
        completed(m_op->attributes, m_node->attributes, &faults);
        Attributes defaults;
        for (const AttributeFault& fault : faults) {
            const auto spec = std::ranges::find(m_op->attributes, fault.attribute, &AttributeSpec::name);
            if (spec != m_op->attributes.end()) defaults.set(spec->name, spec->defaultValue);
        }
        for (const auto& [name, value] : defaults.entries())
            offer({Fix::Kind::SetAttributes,
                   "Set " + name + " of " + m_node->name + " to " + toText(value),
                   m_node->id,
                   0,
                   {},
                   {{name, value}}});
    }

    void wrongInput(int port) {
        const auto edge = m_drawing.edgeInto({m_node->id, port});
        if (!edge) {
            missingLabels(port);
            return;
        }
        const Node& source = *m_drawing.find(edge->from.node);
        if (source.op == "Input") {
            const bool real = valuesOf(source) == "real";
            offer({Fix::Kind::SetAttributes,
                   "Set the values of " + source.name + " to " + (real ? "class" : "real"),
                   source.id,
                   0,
                   {},
                   {{"values", std::string(real ? "class" : "real")}}});
        }
        unlikeTargets(port, source);
        const TensorType* type = typeInto(port);
        if (type == nullptr) return;
        if (!m_op->isLoss || port == 0) flattenBefore(port, *type);
        if (m_op->windows != nullptr) imageOf(port, *type);
        matchChannels();
    }

    std::string valuesOf(const Node& input) const {
        return completed(m_catalogue.find("Input")->attributes, input.attributes, nullptr).choice("values");
    }

    void missingLabels(int port) {
        if (!m_op->isLoss || port == 0) return;
        const bool real = m_op->inputs[static_cast<std::size_t>(port)].kind == PortKind::Real;
        offer({Fix::Kind::InsertBefore,
               "Add labels for " + m_node->name,
               m_node->id,
               port,
               "Input",
               {{"source", std::string("labels")},
                {"shape", targetShape(real)},
                {"values", std::string(real ? "real" : "class")}}});
    }

    // Targets are shaped like the prediction; classes lack its axis of scores.
    IntegerList targetShape(bool real) const {
        IntegerList shape;
        const TensorType* prediction = typeInto(0);
        if (prediction == nullptr) return shape;
        const AttributeValue* axis = m_entry == nullptr ? nullptr : m_entry->attributes.find("class_axis");
        const int rank = prediction->shape.rank();
        const int scores = real ? 0 : axis != nullptr && *axis == AttributeValue(std::string("last")) ? rank - 1 : 1;
        for (int i = 1; i < rank; ++i)
            if (i != scores) shape.push_back(prediction->shape[i]);
        return shape;
    }

    // A loss whose two sides are shaped unlike: the prediction was to be laid flat, or the labels are drawn wrongly.
    void unlikeTargets(int port, const Node& source) {
        if (!m_op->isLoss || port == 0) return;
        if (const TensorType* prediction = typeInto(0)) flattenBefore(0, *prediction);
        if (source.op != "Input") return;
        const bool real = m_op->inputs[static_cast<std::size_t>(port)].kind == PortKind::Real;
        const IntegerList shape = targetShape(real);
        offer({Fix::Kind::SetAttributes,
               "Set the shape of " + source.name + " to " + (shape.empty() ? "a single label" : toText(shape)),
               source.id,
               0,
               {},
               {{"shape", shape}}});
    }

    void flattenBefore(int port, const TensorType& type) {
        if (type.shape.rank() > 2)
            offer({Fix::Kind::InsertBefore, "Insert a Flatten before " + m_node->name, m_node->id, port, "Flatten"});
        // A Dense on maps goes wrong further down: by the scores at the latest.
        const Node* at = m_node;
        for (std::size_t hops = 0; hops < m_drawing.nodes().size(); ++hops) {
            const auto edge = m_drawing.edgeInto({at->id, at == m_node ? port : 0});
            if (!edge) return;
            at = m_drawing.find(edge->from.node);
            const NodeAnalysis* entry = m_analysis.find(at->id);
            if (entry == nullptr || !entry->known || entry->op == nullptr || entry->op->inputs.empty()) return;
            if (at->op == "Dense" && entry->inputs[0].shape.rank() > 2)
                offer({Fix::Kind::InsertBefore, "Insert a Flatten before " + at->name, at->id, 0, "Flatten"});
        }
    }

    // A Reshape that makes images of what comes in.
    void imageOf(int port, const TensorType& type) {
        const Shape& shape = type.shape;
        IntegerList image;
        if (shape.rank() == 3) {
            image = {1, shape[1], shape[2]};
        } else if (shape.rank() == 2) {
            for (const std::int64_t channels : {1, 3}) {
                const auto side = static_cast<std::int64_t>(
                    std::llround(std::sqrt(static_cast<double>(shape[1]) / static_cast<double>(channels))));
                if (image.empty() && side > 1 && channels * side * side == shape[1]) image = {channels, side, side};
            }
        }
        if (image.empty()) return;
        const std::string text = Shape(image).toString();
        offer({Fix::Kind::InsertBefore,
               "Insert a Reshape to " + text + " before " + m_node->name,
               m_node->id,
               port,
               "Reshape",
               {{"shape", image}}});
    }

    // Maps that are to be added: a 1x1 convolution, strided where need be, makes the one like the other.
    void matchChannels() {
        if (m_op->category != "Merge" && m_op->category != "Arithmetic") return;
        std::vector<std::pair<int, const TensorType*>> maps;
        for (const Edge& edge : m_drawing.edgesOf(m_node->id))
            if (edge.to.node == m_node->id)
                if (const TensorType* type = m_analysis.typeOf(edge.from); type != nullptr && type->shape.rank() == 4)
                    maps.emplace_back(edge.to.port, type);
        if (maps.size() != 2) return;
        // The path that begins at the other's source, or the wider map, is the shortcut: each may be tried.
        for (const auto& [own, other] : {std::pair{0, 1}, std::pair{1, 0}}) {
            const auto& [port, from] = maps[static_cast<std::size_t>(own)];
            const Shape& to = maps[static_cast<std::size_t>(other)].second->shape;
            const auto stride = [&](int axis) {
                return std::max<std::int64_t>(1,
                                              (from->shape[axis] + to[axis] - 1) / std::max<std::int64_t>(to[axis], 1));
            };
            offer({Fix::Kind::InsertBefore,
                   "Insert a 1x1 Conv2D with " + std::to_string(to[1]) + " filters before input " +
                       std::to_string(port + 1) + " of " + m_node->name,
                   m_node->id,
                   port,
                   "Conv2D",
                   {{"filters", to[1]}, {"kernel", IntegerList{1, 1}}, {"stride", IntegerList{stride(2), stride(3)}}}});
        }
        if (shorterPath(maps[1].first) < shorterPath(maps[0].first) && m_fixes.size() >= 2)
            std::swap(m_fixes[m_fixes.size() - 1], m_fixes[m_fixes.size() - 2]);
    }

    // Layers along the first inputs behind a port.
    std::size_t shorterPath(int port) const {
        std::size_t length = 0;
        auto edge = m_drawing.edgeInto({m_node->id, port});
        while (edge && length < m_drawing.nodes().size()) {
            ++length;
            edge = m_drawing.edgeInto({edge->from.node, 0});
        }
        return length;
    }

    // Groups and heads that do not divide the channels, kernels and padding too large for the map.
    void smallerNumbers() {
        if (m_entry == nullptr || m_entry->inputs.empty()) return;
        const Shape& input = m_entry->inputs[0].shape;
        const auto set = [&](const std::string& name, AttributeValue value, const std::string& text) {
            offer({Fix::Kind::SetAttributes,
                   "Set " + name + " of " + m_node->name + " to " + text,
                   m_node->id,
                   0,
                   {},
                   {{name, std::move(value)}}});
        };
        for (const char* name : {"groups", "heads"}) {
            if (m_entry->attributes.find(name) == nullptr || input.rank() < 2) continue;
            const std::int64_t wanted = m_entry->attributes.integer(name);
            const std::int64_t fitting = std::gcd(wanted, std::string(name) == "heads" ? input[-1] : input[1]);
            if (fitting != wanted) set(name, fitting, std::to_string(fitting));
            if (fitting != 1 && wanted != 1) set(name, std::int64_t{1}, "1");
        }
        const AttributeValue *kernel = m_entry->attributes.find("kernel"),
                             *padding = m_entry->attributes.find("padding");
        if (kernel == nullptr || padding == nullptr || !std::holds_alternative<IntegerList>(*kernel)) return;
        const IntegerList &size = std::get<IntegerList>(*kernel), &around = std::get<IntegerList>(*padding);
        if (input.rank() == 4) {
            const IntegerList smaller{std::min(size[0], input[2]), std::min(size[1], input[3])};
            if (smaller != size) set("kernel", smaller, toText(smaller));
        }
        if (2 * around[0] > size[0] || 2 * around[1] > size[1]) {
            const IntegerList less{size[0] / 2, size[1] / 2};
            set("padding", less, toText(less));
        }
    }

    // Behind the one layer that features reach and nobody reads.
    void missingLoss() {
        if (std::ranges::any_of(m_analysis.nodes,
                                [](const NodeAnalysis& node) { return node.op != nullptr && node.op->isLoss; }))
            return;
        const NodeAnalysis* end = nullptr;
        for (const NodeAnalysis& node : m_analysis.nodes) {
            if (!node.known || node.op->inputs.empty() || node.inference.outputs.empty()) continue;
            const auto reads = [&](const Edge& edge) { return edge.from.node == node.id; };
            if (std::ranges::any_of(m_drawing.edges(), reads)) continue;
            if (end != nullptr) return;  // several: which is meant is not for us to say
            end = &node;
        }
        if (end == nullptr || !isReal(end->inference.outputs[0].dtype)) return;
        const std::string behind = " behind " + m_drawing.find(end->id)->name;
        const Fix classes{Fix::Kind::AddLoss, "Add a SoftmaxCrossEntropy" + behind, end->id, 0, "SoftmaxCrossEntropy"};
        const Fix values{Fix::Kind::AddLoss, "Add a MeanSquaredError" + behind, end->id, 0, "MeanSquaredError"};
        const bool realLabels = std::ranges::any_of(m_drawing.nodes(), [&](const Node& node) {
            if (node.op != "Input") return false;
            const Attributes all = completed(m_catalogue.find("Input")->attributes, node.attributes, nullptr);
            return all.choice("source") == "labels" && all.choice("values") == "real";
        });
        m_fixes = realLabels ? std::vector{values, classes} : std::vector{classes, values};
    }

    const ModelGraph& m_drawing;
    const OpCatalogue& m_catalogue;
    const GraphAnalysis& m_analysis;
    const Node* m_node = nullptr;
    const NodeAnalysis* m_entry = nullptr;
    const OpDefinition* m_op = nullptr;
    std::vector<Fix> m_fixes;
};

// Of a missing loss the whole drawing is the place: what then is missing is of other nodes.
bool putsRight(const ModelGraph& after, const OpCatalogue& catalogue, const GraphAnalysis& before,
               const Problem& problem) {
    const GraphAnalysis analysis = analyse(after, catalogue, before.batchSize);
    const auto errors = [](const GraphAnalysis& of) {
        return std::ranges::count(of.problems, Severity::Error, &Problem::severity);
    };
    const bool gone = std::ranges::none_of(analysis.problems, [&](const Problem& each) {
        return each.node == problem.node && each.port == problem.port && each.severity == problem.severity &&
               (problem.node != NodeId::None || each.message == problem.message);
    });
    return gone && errors(analysis) <= errors(before) - (problem.severity == Severity::Error ? 1 : 0);
}
}  // namespace

void offerFixes(const ModelGraph& drawing, const OpCatalogue& catalogue, const GraphAnalysis& analysis,
                std::vector<Problem>& problems) {
    if (drawing.nodes().size() > kMostNodes) return;
    FixSearch search(drawing, catalogue, analysis);
    std::size_t tried = 0;
    for (Problem& problem : problems) {
        if (!problem.fixes.empty() || !problem.rule.empty()) continue;
        if (++tried > kMostProblems) return;
        for (Fix& fix : search.candidates(problem))
            if (putsRight(fixed(drawing, catalogue, fix), catalogue, analysis, problem))
                problem.fixes.push_back(std::move(fix));
    }
}

}  // namespace gradlens

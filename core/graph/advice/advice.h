// SPDX-License-Identifier: GPL-3.0-or-later
// Advice: what people do wrong that no shape gives away, each rule with its reason and where that is written. It never
// stops a run. Rules are made to miss rather than to cry wolf. Pure functions of their arguments; any thread.
#pragma once
#include "core/graph/analysis.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace gradlens {

class AdviceView;

// What rules want to know of the data. Features are as batches hold them, scaled and transformed.
struct DatasetFacts {
    std::string name;
    Shape featureShape, labelShape;  // of one sample
    bool classification = true;
    bool tokens = false;                                       // features are whole numbers
    std::int64_t samples = 0;                                  // to train on
    double minimum = 0, maximum = 0, mean = 0, deviation = 0;  // of the features, from a sample of them
    std::vector<std::int64_t> classCounts = {};   // by class, of the labels to train on; empty: not counted
    bool classesWeighed = false;                  // the data settings weigh the classes
    double targetMinimum = 0, targetMaximum = 0;  // of real targets
    bool targetsBinary = false;                   // real targets, all 0 or 1
    bool canNormalise = false;                    // the source has the attribute "normalise"
    friend bool operator==(const DatasetFacts&, const DatasetFacts&) = default;
};

// What rules want to know beside the drawing. A field that is empty or 0 is not known, and its rules keep silent.
struct AdviceContext {
    std::string optimizer = {};
    double learningRate = 0;
    std::int64_t batchSize = 0;
    const DatasetFacts* data = nullptr;
};

struct AdviceRule {
    std::string id;      // "softmax-twice": in projects that silence it, and on the help page
    std::string title;   // "Softmax twice"
    std::string reason;  // why it matters: the hint of what it finds
    std::string source;  // "[Ioffe and Szegedy 2015, section 3.2]"
    // Where it holds: node, message and fixes; the rest is filled in from above. A hint of its own stays.
    std::vector<Problem> (*find)(const AdviceView& view) = nullptr;
};

// Every rule there is, in the order of the help page.
std::span<const AdviceRule> adviceRules();
const AdviceRule* findAdviceRule(std::string_view id);

// What the rules say of a drawing, once a node and rule, in the order of the rules. Only of nodes that are known and
// take part in training. `analysis` is of the drawing. What is found inside a block is said of the block, without
// fixes.
std::vector<Problem> advise(const ModelGraph& drawing, const OpCatalogue& catalogue, const GraphAnalysis& analysis,
                            const AdviceContext& context);

}  // namespace gradlens

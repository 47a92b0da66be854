// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of an evaluation beyond loss and accuracy, gathered batch by batch in order and so the same at any number of
// threads. What applies follows from the loss: classes have a confusion matrix and what comes of it, real targets have
// distances. Owned by one thread.
#pragma once
#include "core/tensor/tensor.h"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gradlens {

struct MetricDefinition {
    std::string name;     // "f1": as in scalars ("validation/f1") and in results
    std::string label;    // "F1"
    std::string summary;  // one sentence with formula and source
};
// All there are, in the order they are told.
std::span<const MetricDefinition> metricDefinitions();

class MetricSet {
public:
    static constexpr std::int64_t kTop = 5;
    static constexpr std::int64_t kMostClasses = 1000;          // of a confusion matrix
    static constexpr std::size_t kMostProbabilities = 1 << 25;  // kept for the areas under curves: 128 MiB

    // scores [N, C, ...] or with the classes along another axis, labels Int32; negative labels do not count.
    void addClasses(const TensorView& scores, const TensorView& labels, int classAxis);
    // Yes or no, each on its own: what binary cross-entropy compares. Of the same shape; a target above 1/2 is yes.
    void addBinary(const TensorView& logits, const TensorView& targets);
    // Of the same shape.
    void addTargets(const TensorView& predictions, const TensorView& targets);

    // Name and value of what applies.
    std::vector<std::pair<std::string, double>> results() const;
    // Counts by true class (rows) and predicted class; empty when there are more than 1,000 classes, or none.
    const std::vector<std::int64_t>& confusion() const { return m_confusion; }
    std::int64_t classes() const { return m_classes; }

private:
    void addClassResults(std::vector<std::pair<std::string, double>>& results) const;
    void addRankings(std::vector<std::pair<std::string, double>>& results) const;

    std::int64_t m_classes = 0, m_counted = 0, m_correct = 0, m_amongTop = 0;
    std::vector<std::int64_t> m_confusion;
    std::vector<float> m_probabilities;  // rows of C, for the areas under curves; dropped when there are too many
    std::vector<std::int32_t> m_truth;
    bool m_ranked = true;
    double m_surprise = 0;  // sum of -log p(label)

    std::int64_t m_targets = 0;
    double m_sum = 0, m_squares = 0, m_squaredErrors = 0, m_absoluteErrors = 0;
};

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/metric_set.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

namespace gradlens {

namespace {
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double ratio(double part, double whole) {
    return whole > 0 ? part / whole : 0;
}

struct Areas {
    double roc = kNaN, precision = kNaN;
};

// Of one class against all others, samples in descending order of their probability for it. Samples of equal
// probability count as one step, which makes the ROC area the share of pairs in the right order, ties one half.
Areas areasOf(std::vector<std::pair<float, bool>>& samples) {
    std::ranges::sort(samples, std::greater<>{}, &std::pair<float, bool>::first);
    const double positives = static_cast<double>(std::ranges::count(samples, true, &std::pair<float, bool>::second));
    const double negatives = static_cast<double>(samples.size()) - positives;
    if (positives == 0 || negatives == 0) return {};
    double hits = 0, misses = 0, area = 0, average = 0;
    for (std::size_t i = 0; i < samples.size();) {
        double newHits = 0, newMisses = 0;
        const float probability = samples[i].first;
        for (; i < samples.size() && samples[i].first == probability; ++i)
            (samples[i].second ? newHits : newMisses) += 1;
        area += newMisses * (hits + newHits / 2);
        hits += newHits;
        misses += newMisses;
        average += newHits * hits / (hits + misses);
    }
    return {area / (positives * negatives), average / positives};
}
}  // namespace

std::span<const MetricDefinition> metricDefinitions() {
    static const std::array<MetricDefinition, 11> all{
        MetricDefinition{"accuracy", "Accuracy", "The share of labels whose class has the highest score."},
        {"top5_accuracy", "Top-5 accuracy", "The share of labels whose class is among the five highest scores."},
        {"precision", "Precision",
         "Of what was called a class, the share that is: TP / (TP + FP); of class 1 where there are two, else the mean "
         "over the classes."},
        {"recall", "Recall",
         "Of what is a class, the share that was called it: TP / (TP + FN); of class 1 where there are two, else the "
         "mean over the classes."},
        {"f1", "F1",
         "The harmonic mean of precision and recall, 2 P R / (P + R); of class 1 where there are two, else the mean "
         "over the classes [van Rijsbergen 1979]."},
        {"roc_auc", "ROC AUC",
         "How often a sample of a class gets a higher probability for it than one that is not; the mean over the "
         "classes [Hanley and McNeil 1982]."},
        {"pr_auc", "Average precision",
         "The area under precision over recall as a sum of steps; the mean over the classes."},
        {"perplexity", "Perplexity",
         "The exponential of the mean of -log p(label), p the softmax of the scores: among how many equally likely "
         "classes the network hesitates. Smoothing, weights and other losses do not count [Jelinek et al. 1977]."},
        {"r2", "R\u00b2",
         "The share of the targets' variance that is explained: 1 - sum (p - t)\u00b2 / sum (t - mean t)\u00b2."},
        {"mean_absolute_error", "Mean absolute error", "The mean of |p - t|."},
        {"root_mean_squared_error", "Root mean squared error", "The root of the mean of (p - t)\u00b2."}};
    return all;
}

void MetricSet::addClasses(const TensorView& scores, const TensorView& labels, int classAxis) {
    const Shape& shape = scores.shape();
    const int axis = classAxis < 0 ? classAxis + shape.rank() : classAxis;
    const std::int64_t outer = shape.slice(0, axis).elements(), inner = shape.slice(axis + 1).elements();
    m_classes = shape[axis];
    assert(labels.elements() == outer * inner);
    if (m_confusion.empty() && m_classes <= kMostClasses)
        m_confusion.assign(static_cast<std::size_t>(m_classes * m_classes), 0);
    const auto truth = labels.as<const std::int32_t>();
    std::vector<double> row(static_cast<std::size_t>(m_classes));
    for (std::int64_t n = 0; n < outer * inner; ++n) {
        const std::int32_t label = truth[static_cast<std::size_t>(n)];
        if (label < 0 || label >= m_classes) continue;
        for (std::int64_t c = 0; c < m_classes; ++c)
            row[static_cast<std::size_t>(c)] = scores.at((n / inner * m_classes + c) * inner + n % inner);
        const double own = row[static_cast<std::size_t>(label)];
        std::int64_t best = 0, above = 0;
        for (std::int64_t c = 0; c < m_classes; ++c) {
            const double score = row[static_cast<std::size_t>(c)];
            if (score > row[static_cast<std::size_t>(best)]) best = c;
            above += score > own ? 1 : 0;
        }
        ++m_counted;
        m_correct += best == label ? 1 : 0;
        m_amongTop += above < kTop && own == own ? 1 : 0;
        if (!m_confusion.empty()) ++m_confusion[static_cast<std::size_t>(label * m_classes + best)];
        const double largest = *std::ranges::max_element(row);
        double sum = 0;
        for (double& score : row) sum += score = std::exp(score - largest);
        m_surprise += std::log(sum) + largest - own;
        m_ranked = m_ranked && m_probabilities.size() + row.size() <= kMostProbabilities;
        if (!m_ranked) {
            m_probabilities = {};
            continue;
        }
        for (const double score : row) m_probabilities.push_back(static_cast<float>(score / sum));
        m_truth.push_back(label);
    }
}

void MetricSet::addBinary(const TensorView& logits, const TensorView& targets) {
    const Shape rows{logits.elements()};
    Tensor scores(DType::Float64, Shape{rows[0], 2}), labels(DType::Int32, rows);
    for (std::int64_t i = 0; i < rows[0]; ++i) {
        scores.as<double>()[static_cast<std::size_t>(2 * i)] = 0;
        scores.as<double>()[static_cast<std::size_t>(2 * i + 1)] = logits.at(i);
        labels.as<std::int32_t>()[static_cast<std::size_t>(i)] = targets.at(i) > 0.5 ? 1 : 0;
    }
    addClasses(scores.view(), labels.view(), 1);
}

void MetricSet::addTargets(const TensorView& predictions, const TensorView& targets) {
    for (std::int64_t i = 0; i < targets.elements(); ++i) {
        const double target = targets.at(i), error = predictions.at(i) - target;
        ++m_targets;
        m_sum += target;
        m_squares += target * target;
        m_squaredErrors += error * error;
        m_absoluteErrors += std::abs(error);
    }
}

void MetricSet::addClassResults(std::vector<std::pair<std::string, double>>& results) const {
    const double counted = static_cast<double>(m_counted);
    results.emplace_back("accuracy", ratio(static_cast<double>(m_correct), counted));
    if (m_classes > kTop) results.emplace_back("top5_accuracy", ratio(static_cast<double>(m_amongTop), counted));
    if (m_confusion.empty()) return;
    double precision = 0, recall = 0, f1 = 0;
    const std::int64_t first = m_classes == 2 ? 1 : 0;
    for (std::int64_t c = first; c < m_classes; ++c) {
        double called = 0, is = 0;
        for (std::int64_t other = 0; other < m_classes; ++other) {
            called += static_cast<double>(m_confusion[static_cast<std::size_t>(other * m_classes + c)]);
            is += static_cast<double>(m_confusion[static_cast<std::size_t>(c * m_classes + other)]);
        }
        const double right = static_cast<double>(m_confusion[static_cast<std::size_t>(c * m_classes + c)]);
        precision += ratio(right, called);
        recall += ratio(right, is);
        f1 += ratio(2 * right, called + is);
    }
    const double share = 1 / static_cast<double>(std::max<std::int64_t>(m_classes - first, 1));
    results.emplace_back("precision", precision * share);
    results.emplace_back("recall", recall * share);
    results.emplace_back("f1", f1 * share);
    if (m_ranked) addRankings(results);
}

void MetricSet::addRankings(std::vector<std::pair<std::string, double>>& results) const {
    double roc = 0, precision = 0, counted = 0;
    std::vector<std::pair<float, bool>> samples(m_truth.size());
    for (std::int64_t c = m_classes == 2 ? 1 : 0; c < m_classes; ++c) {
        for (std::size_t n = 0; n < samples.size(); ++n)
            samples[n] = {m_probabilities[n * static_cast<std::size_t>(m_classes) + static_cast<std::size_t>(c)],
                          m_truth[n] == c};
        const Areas areas = areasOf(samples);
        if (std::isnan(areas.roc)) continue;  // no sample of this class, or nothing else
        roc += areas.roc;
        precision += areas.precision;
        ++counted;
    }
    if (counted == 0) return;
    results.emplace_back("roc_auc", roc / counted);
    results.emplace_back("pr_auc", precision / counted);
}

std::vector<std::pair<std::string, double>> MetricSet::results() const {
    std::vector<std::pair<std::string, double>> results;
    if (m_counted > 0) {
        addClassResults(results);
        results.emplace_back("perplexity", std::exp(m_surprise / static_cast<double>(m_counted)));
    }
    if (m_targets > 0) {
        const double count = static_cast<double>(m_targets), spread = m_squares - m_sum * m_sum / count;
        results.emplace_back("r2", spread > 0 ? 1 - m_squaredErrors / spread : kNaN);
        results.emplace_back("mean_absolute_error", m_absoluteErrors / count);
        results.emplace_back("root_mean_squared_error", std::sqrt(m_squaredErrors / count));
    }
    return results;
}

}  // namespace gradlens

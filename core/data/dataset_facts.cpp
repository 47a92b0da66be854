// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/dataset_facts.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr std::int64_t kMostSamples = 1000, kMostLabels = 100'000;
constexpr std::int64_t kMostValues = 4'000'000;  // of features

std::vector<std::int64_t> evenly(std::int64_t total, std::int64_t wanted) {
    const std::int64_t count = std::min(total, std::max<std::int64_t>(wanted, 1));
    std::vector<std::int64_t> indices;
    for (std::int64_t i = 0; i < count; ++i)
        indices.push_back(static_cast<std::int64_t>(static_cast<double>(i) * static_cast<double>(total) /
                                                    static_cast<double>(count)));
    return indices;
}

template <class T>
void measure(std::span<const T> values, DatasetFacts& facts) {
    if (values.empty()) return;
    const auto [low, high] = std::ranges::minmax_element(values);
    double sum = 0, squares = 0;
    for (const T value : values) sum += static_cast<double>(value);
    facts.minimum = static_cast<double>(*low);
    facts.maximum = static_cast<double>(*high);
    facts.mean = sum / static_cast<double>(values.size());
    for (const T value : values) squares += std::pow(static_cast<double>(value) - facts.mean, 2);
    facts.deviation = std::sqrt(squares / static_cast<double>(values.size()));
}

void measureFeatures(const Dataset& dataset, DatasetFacts& facts) {
    const std::int64_t each = std::max<std::int64_t>(dataset.featureShape.elements(), 1);
    const auto indices = evenly(dataset.train.size(), std::min(kMostSamples, kMostValues / each));
    const auto count = static_cast<std::int64_t>(indices.size());
    const bool tokens = dataset.train.featureType() == DType::Int32;
    Tensor features(tokens ? DType::Int32 : DType::Float32, dataset.featureShape.withFront(count));
    Tensor labels(dataset.train.labelType(), dataset.labelShape.withFront(count));
    gather(Arena(1), dataset, dataset.train, indices, features.view(), labels.view());
    facts.tokens = tokens;
    if (tokens)
        measure(features.as<const std::int32_t>(), facts);
    else
        measure(features.as<const float>(), facts);
}

// Counts the labels of one sample, or of all that lie in memory.
class LabelCount {
public:
    explicit LabelCount(DatasetFacts& facts) : m_facts(facts) { m_facts.targetsBinary = !facts.classification; }
    void add(std::span<const std::int32_t> labels) {
        for (const std::int32_t label : labels)
            if (label >= 0 && static_cast<std::size_t>(label) < m_facts.classCounts.size())
                ++m_facts.classCounts[static_cast<std::size_t>(label)];
    }
    void add(std::span<const float> targets) {
        for (const float target : targets) {
            const auto value = static_cast<double>(target);
            m_facts.targetMinimum = m_any ? std::min(m_facts.targetMinimum, value) : value;
            m_facts.targetMaximum = m_any ? std::max(m_facts.targetMaximum, value) : value;
            m_any = true;
            m_facts.targetsBinary = m_facts.targetsBinary && (target == 0.0f || target == 1.0f);
        }
    }

private:
    DatasetFacts& m_facts;
    bool m_any = false;
};

template <class T>
void countLabels(const Dataset& dataset, DatasetFacts& facts, const std::function<bool()>& keepGoing) {
    LabelCount count(facts);
    if (dataset.train.stream == nullptr) {
        count.add(dataset.train.labels.as<const T>());
        return;
    }
    std::vector<T> labels(static_cast<std::size_t>(std::max<std::int64_t>(dataset.labelShape.elements(), 1)));
    constexpr std::size_t kBetweenQuestions = 1000;
    const auto indices = evenly(dataset.train.size(), kMostLabels);
    for (std::size_t i = 0; i < indices.size(); ++i) {
        if (i % kBetweenQuestions == 0 && keepGoing && !keepGoing()) return;
        dataset.train.stream->readLabels(indices[i], labels.data());
        count.add(std::span<const T>(labels));
    }
}
}  // namespace

DatasetFacts factsOf(const Dataset& dataset, const DatasetSpec& spec, const std::function<bool()>& keepGoing) {
    DatasetFacts facts;
    facts.name = dataset.name;
    facts.featureShape = dataset.featureShape;
    facts.labelShape = dataset.labelShape;
    facts.classification = dataset.classification;
    facts.samples = dataset.train.size();
    facts.classesWeighed = !dataset.classWeights.empty();
    const DatasetSource* source = findDatasetSource(spec.source);
    facts.canNormalise = source != nullptr && std::ranges::find(source->attributes, "normalise",
                                                                &AttributeSpec::name) != source->attributes.end();
    if (facts.samples == 0) return facts;
    measureFeatures(dataset, facts);
    if (dataset.classification) facts.classCounts.resize(dataset.classNames.size());
    if (dataset.train.labelType() == DType::Int32)
        countLabels<std::int32_t>(dataset, facts, keepGoing);
    else
        countLabels<float>(dataset, facts, keepGoing);
    return facts;
}

}  // namespace gradlens

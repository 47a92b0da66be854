// SPDX-License-Identifier: GPL-3.0-or-later
// Points in the plane, made from the seed (Philox stream Generate): sample i is of class i mod classes, and everything
// about it is a pure function of (seed, i).
#include "core/base/philox.h"
#include "core/data/preparation.h"
#include "core/data/sources/sources.h"

#include <cmath>
#include <numbers>
#include <tuple>

namespace gradlens {

namespace {
constexpr double kTurn = 2 * std::numbers::pi;

struct PlanePoint {
    double x = 0, y = 0;
};

// The random numbers of one sample.
class Draw {
public:
    Draw(std::uint64_t seed, std::uint64_t sample) : m_random(seed, RandomStream::Generate, sample) {}
    double uniform(std::uint64_t which) const { return m_random.uniform(which); }
    // Its own part of the sequence: normal(n) draws uniform(2n) and uniform(2n + 1).
    PlanePoint jitter(double deviation) const {
        return {deviation * m_random.normal(8), deviation * m_random.normal(9)};
    }

private:
    Random m_random;
};

// pointOf(class, draw) without noise.
template <class F>
Dataset generated(std::string name, std::int64_t classes, const Attributes& attributes,
                  const DatasetEnvironment& environment, F&& pointOf) {
    const std::int64_t samples = attributes.integer("samples");
    DatasetPart all{Tensor(DType::Float32, {samples, 2}), Tensor(DType::Int32, {samples})};
    const auto features = all.features.as<float>();
    const auto labels = all.labels.as<std::int32_t>();
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const Draw draw(environment.seed, i);
        labels[i] = static_cast<std::int32_t>(static_cast<std::int64_t>(i) % classes);
        const PlanePoint point = pointOf(labels[i], draw), jitter = draw.jitter(attributes.real("noise"));
        features[2 * i] = static_cast<float>(point.x + jitter.x);
        features[2 * i + 1] = static_cast<float>(point.y + jitter.y);
    }
    Dataset dataset;
    dataset.name = std::move(name);
    dataset.featureShape = {2};
    for (std::int64_t number = 0; number < classes; ++number) dataset.classNames.push_back(std::to_string(number));
    std::tie(dataset.train, dataset.validation) = splitPart(all, attributes.real("validation"), environment.seed);
    dataset.scaling = scalingFor(dataset.train.features, attributes.choice("normalise"));
    return dataset;
}

Dataset loadSpirals(const Attributes& attributes, const DatasetEnvironment& environment) {
    const std::int64_t arms = attributes.integer("classes");
    const double turns = attributes.real("turns");
    return generated("Spirals", arms, attributes, environment, [&](std::int32_t arm, const Draw& draw) {
        // The square root spreads points evenly along an arm that grows longer outward.
        const double radius = std::sqrt(draw.uniform(0));
        const double angle = kTurn * (turns * radius + static_cast<double>(arm) / static_cast<double>(arms));
        return PlanePoint{radius * std::cos(angle), radius * std::sin(angle)};
    });
}

Dataset loadMoons(const Attributes& attributes, const DatasetEnvironment& environment) {
    return generated("Moons", 2, attributes, environment, [](std::int32_t moon, const Draw& draw) {
        const double angle = std::numbers::pi * draw.uniform(0);
        if (moon == 0) return PlanePoint{std::cos(angle), std::sin(angle)};
        return PlanePoint{1 - std::cos(angle), 0.5 - std::sin(angle)};
    });
}

Dataset loadCircles(const Attributes& attributes, const DatasetEnvironment& environment) {
    const double factor = attributes.real("factor");
    return generated("Circles", 2, attributes, environment, [&](std::int32_t ring, const Draw& draw) {
        const double angle = kTurn * draw.uniform(0), radius = ring == 0 ? 1 : factor;
        return PlanePoint{radius * std::cos(angle), radius * std::sin(angle)};
    });
}

Dataset loadXor(const Attributes& attributes, const DatasetEnvironment& environment) {
    return generated("XOR", 2, attributes, environment, [](std::int32_t parity, const Draw& draw) {
        const double x = draw.uniform(0), y = draw.uniform(1);
        const double side = draw.uniform(2) < 0.5 ? -1 : 1;  // class 0: both signs alike, class 1: different
        return PlanePoint{side * x, (parity == 0 ? side : -side) * y};
    });
}

Dataset loadBlobs(const Attributes& attributes, const DatasetEnvironment& environment) {
    const std::int64_t classes = attributes.integer("classes");
    return generated("Blobs", classes, attributes, environment, [&](std::int32_t blob, const Draw&) {
        const double angle = kTurn * static_cast<double>(blob) / static_cast<double>(classes);
        return PlanePoint{std::cos(angle), std::sin(angle)};
    });
}

std::vector<AttributeSpec> withCommon(std::vector<AttributeSpec> own, std::int64_t samples, double noise) {
    std::vector<AttributeSpec> all{
        integerAttribute("samples", "Samples", samples, 10, 10000000, "How many points to make, validation included."),
        realAttribute("noise", "Noise", noise, 0, 10,
                      "Standard deviation of the normal noise added to each coordinate.")};
    all.insert(all.end(), own.begin(), own.end());
    all.push_back(validationAttribute(0.25));
    all.push_back(normaliseAttribute("standardise"));
    return all;
}
}  // namespace

DatasetSource spiralsSource() {
    return {"spirals", "Spirals", "Intertwined spirals in the unit circle, one a class [Lang and Witbrock 1988]",
            withCommon({integerAttribute("classes", "Arms", 2, 2, 10, "How many spirals, each a class of its own."),
                        realAttribute("turns", "Turns", 1.5, 0.1, 5, "How many times an arm winds round the centre.")},
                       2000, 0.02),
            loadSpirals};
}

DatasetSource moonsSource() {
    return {"moons", "Moons", "Two half circles that reach into each other", withCommon({}, 1000, 0.1), loadMoons};
}

DatasetSource circlesSource() {
    return {"circles", "Circles", "A small circle within a large one",
            withCommon({realAttribute("factor", "Inner radius", 0.5, 0.05, 0.95,
                                      "Radius of the inner circle; the outer one has 1.")},
                       1000, 0.08),
            loadCircles};
}

DatasetSource xorSource() {
    return {"xor", "XOR", "Four squares; those across the corner are one class", withCommon({}, 1000, 0.02), loadXor};
}

DatasetSource blobsSource() {
    return {"blobs", "Blobs", "Clouds of points around centres on the unit circle, one a class",
            withCommon({integerAttribute("classes", "Clouds", 3, 2, 50, "How many clouds, each a class of its own.")},
                       1000, 0.2),
            loadBlobs};
}

}  // namespace gradlens

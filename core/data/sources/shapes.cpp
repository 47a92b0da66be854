// SPDX-License-Identifier: GPL-3.0-or-later
// Grey images of rectangles and discs on noisy ground, and of each pixel what it belongs to. Made when they are read:
// sample i is a pure function of (seed, i), drawn from Philox stream Generate.
#include "core/base/philox.h"
#include "core/data/preparation.h"
#include "core/data/sources/sources.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

namespace gradlens {

namespace {
constexpr int kMostForms = 8;
constexpr std::uint64_t kDrawsOfForm = 8;
// The noise of pixel p is normal(kFirstNoise + p), which draws uniform(2 kFirstNoise) and on: beyond those of the
// forms.
constexpr std::uint64_t kFirstNoise = kDrawsOfForm * (kMostForms + 1);

enum Belonging : std::int32_t { Ground = 0, Rectangle = 1, Disc = 2 };

struct Form {
    Belonging kind = Ground;
    double row = 0, column = 0, halfHeight = 0, halfWidth = 0;
    double brightness = 0;

    bool covers(double r, double c) const {
        const double down = r - row, right = c - column;
        if (kind == Rectangle) return std::abs(down) <= halfHeight && std::abs(right) <= halfWidth;
        return down * down + right * right <= halfHeight * halfHeight;
    }
};

class ShapeImages final : public SampleStream {
public:
    ShapeImages(const Attributes& attributes, std::uint64_t seed)
        : m_samples(attributes.integer("samples")),
          m_side(attributes.integer("size")),
          m_most(static_cast<std::uint64_t>(attributes.integer("shapes"))),
          m_noise(attributes.real("noise")),
          m_seed(seed) {}

    std::int64_t size() const override { return m_samples; }
    DType featureType() const override { return DType::UInt8; }
    DType labelType() const override { return DType::Int32; }

    void read(std::int64_t index, void* features, void* labels) const override {
        const Random random(m_seed, RandomStream::Generate, static_cast<std::uint64_t>(index));
        auto* const pixels = static_cast<std::uint8_t*>(features);
        auto* const belongings = static_cast<std::int32_t*>(labels);
        forPixels(random, [&](std::size_t at, const Form& form) {
            const double value = form.brightness + m_noise * random.normal(kFirstNoise + at);
            pixels[at] = static_cast<std::uint8_t>(std::lround(255 * std::clamp(value, 0.0, 1.0)));
            belongings[at] = form.kind;
        });
    }
    void readLabels(std::int64_t index, void* labels) const override {
        const Random random(m_seed, RandomStream::Generate, static_cast<std::uint64_t>(index));
        auto* const belongings = static_cast<std::int32_t*>(labels);
        forPixels(random, [&](std::size_t at, const Form& form) { belongings[at] = form.kind; });
    }

private:
    // body(pixel, what it shows): the last form that covers it, or the ground.
    template <class Body>
    void forPixels(const Random& random, Body&& body) const {
        Form ground;
        ground.brightness = 0.1 + 0.3 * random.uniform(0);
        const std::vector<Form> forms = formsOf(random, ground.brightness);
        std::size_t at = 0;
        for (std::int64_t row = 0; row < m_side; ++row)
            for (std::int64_t column = 0; column < m_side; ++column, ++at) {
                const auto top = std::find_if(forms.rbegin(), forms.rend(), [&](const Form& form) {
                    return form.covers(static_cast<double>(row) + 0.5, static_cast<double>(column) + 0.5);
                });
                body(at, top == forms.rend() ? ground : *top);
            }
    }

    std::vector<Form> formsOf(const Random& random, double ground) const {
        std::vector<Form> forms(1 + random.below(1, m_most));
        const auto side = static_cast<double>(m_side);
        for (std::size_t i = 0; i < forms.size(); ++i) {
            const auto draw = [&](std::uint64_t which) { return random.uniform(kDrawsOfForm * (i + 1) + which); };
            Form& form = forms[i];
            form.kind = draw(0) < 0.5 ? Rectangle : Disc;
            form.row = side * draw(1);
            form.column = side * draw(2);
            form.halfHeight = side * (0.1 + 0.12 * draw(3));
            form.halfWidth = side * (0.1 + 0.12 * draw(4));
            // Both kinds alike: only their outlines tell them apart.
            form.brightness = ground + 0.2 + 0.3 * draw(5);
        }
        return forms;
    }

    std::int64_t m_samples, m_side;
    std::uint64_t m_most;
    double m_noise;
    std::uint64_t m_seed;
};

Dataset load(const Attributes& attributes, const DatasetEnvironment& environment) {
    constexpr std::int64_t kLookedAt = 200;  // images that the scaling is taken from
    const std::int64_t side = attributes.integer("size");
    DatasetPart all;
    all.stream = std::make_shared<ShapeImages>(attributes, environment.seed);
    Dataset dataset;
    dataset.name = "Shapes";
    dataset.featureShape = {1, side, side};
    dataset.labelShape = {side, side};
    dataset.classNames = {"ground", "rectangle", "disc"};
    std::tie(dataset.train, dataset.validation) = splitPart(all, attributes.real("validation"), environment.seed);
    dataset.scaling = scalingFor(*dataset.train.stream, dataset.featureShape, dataset.labelShape,
                                 attributes.choice("normalise"), 255, kLookedAt, Progress{&environment.progress});
    return dataset;
}
}  // namespace

DatasetSource shapesSource() {
    return {"shapes",
            "Shapes",
            "Generated grey images of rectangles and discs, to be told apart pixel by pixel: for segmentation",
            {integerAttribute("samples", "Samples", 2000, 10, 1000000, "How many images to make, validation included."),
             integerAttribute("size", "Size", 32, 8, 256, "Height and width of the images."),
             integerAttribute("shapes", "Shapes", 3, 1, kMostForms, "How many shapes an image has at most."),
             realAttribute("noise", "Noise", 0.08, 0, 1,
                           "Standard deviation of the normal noise added to each pixel; white is 1."),
             validationAttribute(0.1), normaliseAttribute("standardise")},
            load};
}

}  // namespace gradlens

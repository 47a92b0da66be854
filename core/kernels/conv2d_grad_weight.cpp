// SPDX-License-Identifier: GPL-3.0-or-later
// The gradient with respect to the weights sums over all pixels of all samples. The samples fall into a fixed number of
// groups; each group sums into its own weights, and these are added first to last. Within a group the vectors run over
// pixels: the copies of the input serve every tap as a shifted view, as in the forward pass.
#include "core/kernels/conv2d.h"
#include "core/kernels/conv2d_tiles.h"

#include <array>
#include <span>
#include <utility>

namespace gradlens {

using namespace conv;

namespace {
constexpr int kOutputs = 4;  // output channels x taps accumulators
constexpr int kTaps = simd::kManyRegisters ? 6 : 3;
constexpr std::int64_t kMostGroups = 16;
constexpr std::int64_t kGroupElements = 4 << 20;     // of all groups' weights together
constexpr std::int64_t kStepsPerVisit = 128;         // vectors summed before lanes are added: amortises that
constexpr std::int64_t kVisitElements = 256 * 1024;  // and how much copied memory that may take
constexpr std::int64_t kOutputsPerTile = 16;

struct GradWeightCut {
    Bands bands;                  // a unit is a band of a sample
    std::int64_t groups, splits;  // groups of units; ranges of output channels

    explicit GradWeightCut(const ConvGeometry& g) : bands(g) {
        const std::int64_t units = std::max<std::int64_t>(1, g.batch * bands.count);
        const std::int64_t weights = g.outChannels * (g.taps() + 1);
        const auto worthwhile = static_cast<std::int64_t>(g.macs() / kTileMacs) + 1;
        // A group is worth its while when it sums enough vectors before their lanes are added.
        const std::int64_t vectors = units * std::max<std::int64_t>(1, bands.rows * g.width.output() / 16);
        groups = std::clamp<std::int64_t>(
            std::min({units, worthwhile, vectors / kStepsPerVisit, kGroupElements / weights}), 1, kMostGroups);
        // Few groups (few samples, small images, or many weights): tiles must come from the output channels.
        const std::int64_t most = (g.outChannels + kOutputsPerTile - 1) / kOutputsPerTile;
        splits = g.macs() < kSerialMacs ? 1 : std::clamp<std::int64_t>(kMostGroups / groups, 1, most);
    }
};

// Copies of some units, as one run of vectors.
template <class T>
struct Visit {
    const T* planes;
    const T* gradients;  // [output][vector][lane], zero where no pixel is
    std::int64_t vectors;
    const std::int64_t* sources;  // of each vector in the planes
};

template <class T, int Outputs, int Taps>
GRADLENS_WIDE void sumTaps(const Visit<T>& visit, const std::int64_t* offsets, std::int64_t output, T* weights,
                           std::int64_t weightStride) {
    using V = simd::Vector<T>;
    constexpr std::int64_t kLanes = simd::kLanes<T>;
    V sums[Outputs][Taps] = {};
    const std::int64_t outputStride = visit.vectors * kLanes;
    const T* from[Taps];
    GRADLENS_UNROLL
    for (int j = 0; j < Taps; ++j) from[j] = visit.planes + offsets[j];
    const T* gradient = visit.gradients + output * outputStride;
    for (std::int64_t v = 0; v < visit.vectors; ++v, gradient += kLanes) {
        const std::int64_t source = visit.sources[v];
        V x[Taps];
        GRADLENS_UNROLL
        for (int j = 0; j < Taps; ++j) x[j] = simd::load<T>(from[j] + source);
        GRADLENS_UNROLL
        for (int i = 0; i < Outputs; ++i) {
            const V dy = simd::load<T>(gradient + i * outputStride);
            GRADLENS_UNROLL
            for (int j = 0; j < Taps; ++j) sums[i][j] += dy * x[j];
        }
    }
    GRADLENS_UNROLL
    for (int i = 0; i < Outputs; ++i) {
        GRADLENS_UNROLL
        for (int j = 0; j < Taps; ++j) weights[i * weightStride + j] += simd::sumOfLanes<T>(sums[i][j]);
    }
}

template <class T>
using SumTaps = void (*)(const Visit<T>&, const std::int64_t*, std::int64_t, T*, std::int64_t);

template <class T>
SumTaps<T> sumTapsFor(int outputs, int taps) {
    static constexpr auto row = []<int... J>(std::integer_sequence<int, J...>, auto outputCount) {
        return std::array<SumTaps<T>, sizeof...(J)>{&sumTaps<T, decltype(outputCount)::value, J + 1>...};
    };
    using Taps = std::make_integer_sequence<int, kTaps>;
    static constexpr std::array<std::array<SumTaps<T>, kTaps>, kOutputs> table = {
        row(Taps{}, std::integral_constant<int, 1>{}), row(Taps{}, std::integral_constant<int, 2>{}),
        row(Taps{}, std::integral_constant<int, 3>{}), row(Taps{}, std::integral_constant<int, 4>{})};
    return table[static_cast<std::size_t>(outputs - 1)][static_cast<std::size_t>(taps - 1)];
}

// The vectors of a cover one by one: where each begins in the planes, and which pixels it holds.
struct VectorGrid {
    std::vector<std::int64_t> sources;
    std::vector<Segment> segments;  // from: lanes from the first vector of the unit
    std::int64_t vectors = 0;

    explicit VectorGrid(const Cover& cover, int lanes) : vectors(cover.vectors) {
        for (const Block& block : cover.blocks) {
            const auto before = static_cast<std::int32_t>(sources.size()) * lanes;
            for (int i = 0; i < block.vectors; ++i) sources.push_back(block.source[i]);
            for (std::int32_t s = block.firstSegment; s < block.firstSegment + block.segments; ++s) {
                Segment segment = cover.segments[static_cast<std::size_t>(s)];
                segment.from += before;
                segments.push_back(segment);
            }
        }
    }

    // The sources of `units` copies, one behind the other.
    void repeat(std::int64_t units, std::int64_t unitElements) {
        for (std::int64_t i = vectors; i < units * vectors; ++i)
            sources.push_back(sources[static_cast<std::size_t>(i - vectors)] + unitElements);
    }
};

template <class T>
void copyGradients(const VectorGrid& grid, const T* gradient, std::int64_t channels, std::int64_t channelStride,
                   std::int64_t columns, T* to, std::int64_t toStride) {
    const std::int64_t elements = grid.vectors * simd::kLanes<T>;
    for (std::int64_t channel = 0; channel < channels; ++channel, to += toStride, gradient += channelStride) {
        std::fill(to, to + elements, T(0));
        for (const Segment& segment : grid.segments)
            simd::copyRun(gradient + segment.row * columns + segment.column, segment.count, to + segment.from);
    }
}

template <class T>
T sumOf(const T* values, std::int64_t count) {
    // Lanes apart, so that the sum vectorises and stays accurate.
    constexpr int kParts = 2 * simd::kLanes<T>;
    T parts[kParts] = {};
    for (std::int64_t i = 0; i < count; i += kParts)
        for (int lane = 0; lane < kParts; ++lane) parts[lane] += i + lane < count ? values[i + lane] : T(0);
    double sum = 0;
    for (const T part : parts) sum += static_cast<double>(part);
    return static_cast<T>(sum);
}

// One call's constants.
template <class T>
struct GradWeight {
    const ConvGeometry& g;
    GradWeightCut cut;
    Planes planes;
    std::vector<std::int64_t> offsets;
    VectorGrid grid, lastGrid;
    const T* input;
    const T* gradOutput;

    static VectorGrid gridFor(const ConvGeometry& g, const Planes& planes, std::int64_t rows) {
        return VectorGrid(coverOf(rows, g.width.output(), planes.columns, simd::kLanes<T>, g.taps()), simd::kLanes<T>);
    }

    GradWeight(const ConvGeometry& geometry, const T* x, const T* dy)
        : g(geometry),
          cut(g),
          planes(inputPlanes<T>(g, cut.bands.rows)),
          grid(gridFor(g, planes, cut.bands.rows)),
          lastGrid(gridFor(g, planes, cut.bands.lastRows)),
          input(x),
          gradOutput(dy) {
        if (cut.bands.count == 1) {  // else a band fills the scratch already
            const std::int64_t outputs = (g.outChannels + cut.splits - 1) / cut.splits;
            const std::int64_t elements = planes.elements() + outputs * grid.vectors * simd::kLanes<T>;
            planes.copies = std::clamp<std::int64_t>(kStepsPerVisit / grid.vectors, 1,
                                                     std::max<std::int64_t>(1, kVisitElements / elements));
            lastGrid.repeat(planes.copies, planes.imageElements());
        }
        offsets = tapOffsets(g, planes);
    }

    // Adds one group's part of outputs [begin, end) to weights and, unless null, biases (both of those outputs).
    void sumGroup(const Arena& arena, std::int64_t group, std::int64_t begin, std::int64_t end, T* weights,
                  T* biases) const {
        const std::int64_t units = g.batch * cut.bands.count;
        const std::int64_t last = units * (group + 1) / cut.groups;
        T* const copies = reinterpret_cast<T*>(
            arena.workerScratch(static_cast<std::size_t>(planes.elements() + planes.copies * (end - begin) *
                                                                                 grid.vectors * simd::kLanes<T>) *
                                sizeof(T)));
        T* const gradients = copies + planes.elements();
        for (std::int64_t unit = units * group / cut.groups; unit < last; unit += planes.copies) {
            const std::int64_t count = std::min(planes.copies, last - unit);
            const VectorGrid& used = unit % cut.bands.count + 1 == cut.bands.count ? lastGrid : grid;
            const std::int64_t elements = used.vectors * simd::kLanes<T>;
            for (std::int64_t i = 0; i < count; ++i)
                copyUnit(unit + i, begin, end, used, copies + i * planes.imageElements(), gradients + i * elements,
                         count * elements);
            const Visit<T> visit{copies, gradients, count * used.vectors, used.sources.data()};
            if (weights != nullptr) multiply(visit, end - begin, weights);
            if (biases != nullptr)
                for (std::int64_t o = 0; o < end - begin; ++o)
                    biases[o] += sumOf(gradients + o * count * elements, count * elements);
        }
    }

private:
    void copyUnit(std::int64_t unit, std::int64_t begin, std::int64_t end, const VectorGrid& used, T* copy,
                  T* gradients, std::int64_t gradientStride) const {
        const std::int64_t sample = unit / cut.bands.count;
        const std::int64_t row = unit % cut.bands.count * cut.bands.rows;
        copyPlanes(planes, input + sample * g.inputSample(), g.height.input, g.width.input,
                   row * g.height.stride - g.height.padding, -g.width.padding, copy);
        copyGradients(used, gradOutput + sample * g.outputSample() + begin * g.outputPixels() + row * g.width.output(),
                      end - begin, g.outputPixels(), g.width.output(), gradients, gradientStride);
    }

    void multiply(const Visit<T>& visit, std::int64_t outputs, T* weights) const {
        const std::int64_t taps = g.taps();
        for (std::int64_t output = 0; output < outputs; output += kOutputs) {
            const int rows = static_cast<int>(std::min<std::int64_t>(kOutputs, outputs - output));
            for (std::int64_t tap = 0; tap < taps; tap += kTaps) {
                const int count = static_cast<int>(std::min<std::int64_t>(kTaps, taps - tap));
                sumTapsFor<T>(rows, count)(visit, offsets.data() + tap, output, weights + output * taps + tap, taps);
            }
        }
    }
};
}  // namespace

template <class T>
std::size_t conv2dGradWeightScratch(const ConvGeometry& g) {
    const GradWeightCut cut(g);
    return static_cast<std::size_t>(cut.groups * g.outChannels * (g.taps() + 1)) * sizeof(T);
}

template <class T>
void conv2dGradWeight(const Arena& arena, const ConvGeometry& g, const T* input, const T* gradOutput, T* gradWeight,
                      T* gradBias, std::byte* scratch) {
    const std::int64_t weights = g.outChannels * g.taps();
    if (gradWeight == nullptr && gradBias == nullptr) return;
    if (g.batch == 0 || g.outputPixels() == 0) {
        if (gradWeight != nullptr) std::fill(gradWeight, gradWeight + weights, T(0));
        if (gradBias != nullptr) std::fill(gradBias, gradBias + g.outChannels, T(0));
        return;
    }
    const GradWeight<T> work(g, input, gradOutput);
    const GradWeightCut& cut = work.cut;
    T* const partialWeights = reinterpret_cast<T*>(scratch);
    T* const partialBiases = partialWeights + cut.groups * weights;
    arena.forTiles(cut.groups * cut.splits, [&](std::int64_t tile) {
        const std::int64_t group = tile / cut.splits;
        const std::int64_t begin = g.outChannels * (tile % cut.splits) / cut.splits;
        const std::int64_t end = g.outChannels * (tile % cut.splits + 1) / cut.splits;
        T* const w = gradWeight == nullptr ? nullptr : partialWeights + group * weights + begin * g.taps();
        T* const b = gradBias == nullptr ? nullptr : partialBiases + group * g.outChannels + begin;
        if (w != nullptr) std::fill(w, w + (end - begin) * g.taps(), T(0));
        if (b != nullptr) std::fill(b, b + (end - begin), T(0));
        work.sumGroup(arena, group, begin, end, w, b);
    });
    const auto addGroups = [&](const T* partials, std::int64_t count, T* to) {
        arena.forRange(count, 1 << 13, [&](std::int64_t begin, std::int64_t end) {
            std::copy(partials + begin, partials + end, to + begin);
            for (std::int64_t group = 1; group < cut.groups; ++group)
                for (std::int64_t i = begin; i < end; ++i) to[i] += partials[group * count + i];
        });
    };
    if (gradWeight != nullptr) addGroups(partialWeights, weights, gradWeight);
    if (gradBias != nullptr) addGroups(partialBiases, g.outChannels, gradBias);
}

template void conv2dGradWeight(const Arena&, const ConvGeometry&, const float*, const float*, float*, float*,
                               std::byte*);
template void conv2dGradWeight(const Arena&, const ConvGeometry&, const double*, const double*, double*, double*,
                               std::byte*);
template std::size_t conv2dGradWeightScratch<float>(const ConvGeometry&);
template std::size_t conv2dGradWeightScratch<double>(const ConvGeometry&);

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/conv2d.h"
#include "core/kernels/conv2d_product.h"

namespace gradlens {

using namespace conv;

template <class T>
std::size_t conv2dForwardScratch(const ConvGeometry& g) {
    return static_cast<std::size_t>(packedElements(g.outChannels, g.taps())) * sizeof(T);
}

template <class T>
void conv2dForward(const Arena& arena, const ConvGeometry& g, const T* input, const T* weight, const T* bias, T* output,
                   std::byte* scratch, const ConvFinish<T>& finish) {
    if (g.batch == 0 || g.outputPixels() == 0) return;
    const std::int64_t taps = g.taps();
    T* const packed = reinterpret_cast<T*>(scratch);
    arena.forRange(channelBlocks(g.outChannels), std::max<std::int64_t>(1, (1 << 14) / (taps * kProductChannels)),
                   [&](std::int64_t begin, std::int64_t end) {
                       for (std::int64_t block = begin; block < end; ++block)
                           packBlock(block, g.outChannels, taps, packed,
                                     [&](std::int64_t o, std::int64_t tap) { return weight[o * taps + tap]; });
                   });

    const Bands bands(g);
    const std::int64_t columns = g.width.output();
    const Planes planes = inputPlanes<T>(g, bands.rows);
    const std::vector<std::int64_t> offsets = tapOffsets(g, planes);
    const Cover cover = coverOf(bands.rows, columns, planes.columns, simd::kLanes<T>, taps);
    const Cover lastCover = coverOf(bands.lastRows, columns, planes.columns, simd::kLanes<T>, taps);

    const auto tile = [&](std::int64_t sample, std::int64_t band) {
        T* const copy =
            reinterpret_cast<T*>(arena.workerScratch(static_cast<std::size_t>(planes.elements()) * sizeof(T)));
        copyPlanes(planes, input + sample * g.inputSample(), g.height.input, g.width.input,
                   band * bands.rows * g.height.stride - g.height.padding, -g.width.padding, copy);
        const bool last = band + 1 == bands.count;
        T* const to = output + sample * g.outputSample() + band * bands.rows * columns;
        multiply<T>(last ? lastCover : cover, offsets, g.outChannels, packed, bias, copy,
                    {to, g.outputPixels(), columns, 1, (last ? bands.lastRows : bands.rows) * columns});
        if (finish.apply == nullptr) return;
        for (std::int64_t o = 0; o < g.outChannels; ++o)
            finish.apply(finish.context, to + o * g.outputPixels(), (last ? bands.lastRows : bands.rows) * columns);
    };
    const std::int64_t units = g.batch * bands.count;
    arena.forRange(units, unitsPerTile(g, units), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t unit = begin; unit < end; ++unit) tile(unit / bands.count, unit % bands.count);
    });
}

template void conv2dForward(const Arena&, const ConvGeometry&, const float*, const float*, const float*, float*,
                            std::byte*, const ConvFinish<float>&);
template void conv2dForward(const Arena&, const ConvGeometry&, const double*, const double*, const double*, double*,
                            std::byte*, const ConvFinish<double>&);
template std::size_t conv2dForwardScratch<float>(const ConvGeometry&);
template std::size_t conv2dForwardScratch<double>(const ConvGeometry&);

}  // namespace gradlens

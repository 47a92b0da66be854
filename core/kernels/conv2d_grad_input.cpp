// SPDX-License-Identifier: GPL-3.0-or-later
// The gradient with respect to the input is a convolution of the output's gradient with the kernel turned round. With a
// stride s it falls apart into s x s of them, one for each phase of input pixels (index + padding modulo s), each with
// the taps that meet this phase: no multiplication by the zeros between strided outputs.
#include "core/kernels/conv2d.h"
#include "core/kernels/conv2d_product.h"

namespace gradlens {

using namespace conv;

namespace {
std::int64_t floorDivided(std::int64_t a, std::int64_t b) {
    return a >= 0 ? a / b : -((-a + b - 1) / b);
}

struct Tap {
    std::int64_t index;  // in the kernel
    std::int64_t shift;  // output = q - shift
};

// Along one axis: the input elements q * stride + phase - padding, q in [first, first + count), and what reaches them.
struct AxisPhase {
    std::int64_t phase = 0, first = 0, count = 0;
    std::vector<Tap> taps;
};

std::vector<AxisPhase> phasesOf(const ConvAxis& axis) {
    std::vector<AxisPhase> phases;
    for (std::int64_t phase = 0; phase < axis.stride; ++phase) {
        AxisPhase p;
        p.phase = phase;
        p.first = -floorDivided(phase - axis.padding, axis.stride);
        p.count = floorDivided(axis.input - 1 + axis.padding - phase, axis.stride) + 1 - p.first;
        for (std::int64_t index = 0; index < axis.kernel; ++index)
            if (index * axis.dilation % axis.stride == phase)
                p.taps.push_back({index, index * axis.dilation / axis.stride});
        if (p.count > 0) phases.push_back(std::move(p));
    }
    return phases;
}

// Which outputs a band of `rows` elements of every phase needs: [origin + band start, ... + rows + beyond).
struct AxisWindow {
    std::int64_t origin = 0, beyond = 0, most = 0;  // most: the largest count of a phase
};

AxisWindow windowOf(const std::vector<AxisPhase>& phases) {
    AxisWindow window;
    bool any = false;
    std::int64_t last = 0;
    for (const AxisPhase& p : phases) {
        window.most = std::max(window.most, p.count);
        for (const Tap& tap : p.taps) {
            const std::int64_t begin = p.first - tap.shift;
            window.origin = any ? std::min(window.origin, begin) : begin;
            last = any ? std::max(last, begin) : begin;
            any = true;
        }
    }
    window.beyond = last - window.origin;
    return window;
}

// One phase of both axes, ready to multiply.
struct PhaseProduct {
    const AxisPhase* height = nullptr;
    const AxisPhase* width = nullptr;
    std::vector<std::int64_t> offsets;
    std::int64_t packedAt = 0;  // elements into the packed weights
    Cover cover, lastCover;
};

struct GradInputCut {
    std::vector<AxisPhase> heights, widths;
    AxisWindow rowWindow, columnWindow;
    std::int64_t rows = 1, bands = 1;

    explicit GradInputCut(const ConvGeometry& g) : heights(phasesOf(g.height)), widths(phasesOf(g.width)) {
        rowWindow = windowOf(heights);
        columnWindow = windowOf(widths);
        rows = bandRows(rowWindow.most, g.outChannels * (columnWindow.most + columnWindow.beyond), rowWindow.beyond);
        bands = (rowWindow.most + rows - 1) / rows;
    }
};

template <class T>
std::vector<PhaseProduct> productsOf(const ConvGeometry& g, const GradInputCut& cut, const Planes& planes) {
    std::vector<PhaseProduct> products;
    std::int64_t packedAt = 0;
    for (const AxisPhase& h : cut.heights) {
        for (const AxisPhase& w : cut.widths) {
            PhaseProduct product;
            product.height = &h;
            product.width = &w;
            product.packedAt = packedAt;
            for (std::int64_t o = 0; o < g.outChannels; ++o)
                for (const Tap& u : h.taps)
                    for (const Tap& v : w.taps)
                        product.offsets.push_back(planes.offset(o, h.first - u.shift - cut.rowWindow.origin,
                                                                w.first - v.shift - cut.columnWindow.origin));
            const auto taps = static_cast<std::int64_t>(product.offsets.size());
            packedAt += packedElements(g.inChannels, taps);
            const std::int64_t last = std::min(cut.rows, h.count - (cut.bands - 1) * cut.rows);
            product.cover = coverOf(std::min(cut.rows, h.count), w.count, planes.columns, simd::kLanes<T>, taps);
            product.lastCover = coverOf(last, w.count, planes.columns, simd::kLanes<T>, taps);
            products.push_back(std::move(product));
        }
    }
    return products;
}

template <class T>
void packProduct(const Arena& arena, const ConvGeometry& g, const PhaseProduct& product, const T* weight, T* packed) {
    const auto taps = static_cast<std::int64_t>(product.offsets.size());
    const auto down = static_cast<std::int64_t>(product.height->taps.size());
    const auto across = static_cast<std::int64_t>(product.width->taps.size());
    const std::int64_t kernel = g.height.kernel * g.width.kernel;
    if (taps == 0) return;
    arena.forRange(
        channelBlocks(g.inChannels), std::max<std::int64_t>(1, (1 << 14) / (taps * kProductChannels)),
        [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t block = begin; block < end; ++block)
                packBlock(block, g.inChannels, taps, packed + product.packedAt, [&](std::int64_t c, std::int64_t tap) {
                    const std::int64_t u = product.height->taps[static_cast<std::size_t>(tap / across % down)].index;
                    const std::int64_t v = product.width->taps[static_cast<std::size_t>(tap % across)].index;
                    return weight[(tap / (down * across) * g.inChannels + c) * kernel + u * g.width.kernel + v];
                });
        });
}
}  // namespace

template <class T>
std::size_t conv2dGradInputScratch(const ConvGeometry& g) {
    // The phases share out the taps; each tap is packed once.
    return static_cast<std::size_t>(packedElements(g.inChannels, g.outChannels * g.height.kernel * g.width.kernel)) *
           sizeof(T);
}

template <class T>
void conv2dGradInput(const Arena& arena, const ConvGeometry& g, const T* gradOutput, const T* weight, T* gradInput,
                     std::byte* scratch) {
    if (g.batch == 0 || g.inputPixels() == 0) return;
    const GradInputCut cut(g);
    const Planes planes = planesOf<T>(g.outChannels, cut.rows + cut.rowWindow.beyond,
                                      cut.columnWindow.most + cut.columnWindow.beyond, {1, 1, 1}, {1, 1, 1});
    const std::vector<PhaseProduct> products = productsOf<T>(g, cut, planes);
    T* const packed = reinterpret_cast<T*>(scratch);
    for (const PhaseProduct& product : products) packProduct(arena, g, product, weight, packed);

    const bool contiguous = g.height.stride == 1 && g.width.stride == 1;
    const auto tile = [&](std::int64_t sample, std::int64_t band) {
        T* const copy =
            reinterpret_cast<T*>(arena.workerScratch(static_cast<std::size_t>(planes.elements()) * sizeof(T)));
        copyPlanes(planes, gradOutput + sample * g.outputSample(), g.height.output(), g.width.output(),
                   cut.rowWindow.origin + band * cut.rows, cut.columnWindow.origin, copy);
        for (const PhaseProduct& product : products) {
            const std::int64_t row =
                (product.height->first + band * cut.rows) * g.height.stride + product.height->phase - g.height.padding;
            const std::int64_t column = product.width->first * g.width.stride + product.width->phase - g.width.padding;
            T* const to = gradInput + sample * g.inputSample() + row * g.width.input + column;
            const bool last = band + 1 == cut.bands;
            const std::int64_t rows = std::min(cut.rows, g.height.input - row);
            multiply<T>(last ? product.lastCover : product.cover, product.offsets, g.inChannels,
                        packed + product.packedAt, nullptr, copy,
                        {to, g.inputPixels(), g.width.input * g.height.stride, g.width.stride,
                         contiguous ? rows * g.width.input : 0});
        }
    };
    const std::int64_t units = g.batch * cut.bands;
    arena.forRange(units, unitsPerTile(g, units), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t unit = begin; unit < end; ++unit) tile(unit / cut.bands, unit % cut.bands);
    });
}

template void conv2dGradInput(const Arena&, const ConvGeometry&, const float*, const float*, float*, std::byte*);
template void conv2dGradInput(const Arena&, const ConvGeometry&, const double*, const double*, double*, std::byte*);
template std::size_t conv2dGradInputScratch<float>(const ConvGeometry&);
template std::size_t conv2dGradInputScratch<double>(const ConvGeometry&);

}  // namespace gradlens

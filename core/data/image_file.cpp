// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/image_file.h"

#include "core/base/error.h"
#include "core/data/random_bytes.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <png.h>
#include <turbojpeg.h>
#include <vector>

namespace gradlens {

namespace {
constexpr std::int64_t kMostPixels = 64 << 20, kMostBytes = 512 << 20;
constexpr const char* kAgain = "The image is cut short or damaged: replace or remove it.";

void checkSize(std::int64_t width, std::int64_t height, const std::string& name) {
    if (width <= 0 || height <= 0 || width > kMostPixels / height)
        throw Error(
            "claims " + std::to_string(width) + " x " + std::to_string(height) + " pixels, at most 64 million are read",
            name, "Replace or remove it.");
}

struct Pixels {
    std::int64_t width = 0, height = 0;
    std::vector<std::uint8_t> values;  // row by row, the channels of a pixel side by side
};

Pixels readPng(std::span<const std::byte> bytes, std::int64_t channels, const std::string& name) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    const std::unique_ptr<png_image, decltype(&png_image_free)> release(&image, png_image_free);
    if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0)
        throw Error(std::string("is not a PNG image that can be read (") + image.message + ")", name, kAgain);
    checkSize(image.width, image.height, name);
    image.format = channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
    Pixels pixels{image.width, image.height, std::vector<std::uint8_t>(PNG_IMAGE_SIZE(image))};
    const png_color background{0, 0, 0};
    if (png_image_finish_read(&image, &background, pixels.values.data(), 0, nullptr) == 0)
        throw Error(std::string("is a damaged PNG image (") + image.message + ")", name, kAgain);
    return pixels;
}

Pixels readJpeg(std::span<const std::byte> bytes, std::int64_t channels, const std::string& name) {
    const std::unique_ptr<void, decltype(&tjDestroy)> decoder(tjInitDecompress(), tjDestroy);
    if (!decoder) throw std::bad_alloc();
    const auto* const from = reinterpret_cast<const unsigned char*>(bytes.data());
    int width = 0, height = 0, sampling = 0, colours = 0;
    if (tjDecompressHeader3(decoder.get(), from, static_cast<unsigned long>(bytes.size()), &width, &height, &sampling,
                            &colours) != 0)
        throw Error(std::string("is not a JPEG image that can be read (") + tjGetErrorStr2(decoder.get()) + ")", name,
                    kAgain);
    checkSize(width, height, name);
    Pixels pixels{width, height,
                  std::vector<std::uint8_t>(static_cast<std::size_t>(width * std::int64_t{height} * channels))};
    // A warning is what a file cut short gives: the rest would be grey.
    const int format = channels == 1 ? TJPF_GRAY : TJPF_RGB;
    if (tjDecompress2(decoder.get(), from, static_cast<unsigned long>(bytes.size()), pixels.values.data(), width, 0,
                      height, format, TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING) != 0)
        throw Error(std::string("is a damaged JPEG image (") + tjGetErrorStr2(decoder.get()) + ")", name, kAgain);
    return pixels;
}

// The weights of the source pixels that make pixel `target`, along one axis.
struct Window {
    std::int64_t first = 0;
    std::vector<float> weights;
};

std::vector<Window> windowsOf(std::int64_t from, std::int64_t to) {
    const double step = static_cast<double>(from) / static_cast<double>(to), radius = std::max(1.0, step);
    std::vector<Window> windows(static_cast<std::size_t>(to));
    for (std::size_t target = 0; target < windows.size(); ++target) {
        const double middle = (static_cast<double>(target) + 0.5) * step - 0.5;
        const auto first = std::max<std::int64_t>(0, static_cast<std::int64_t>(std::ceil(middle - radius)));
        const auto last = std::min(from - 1, static_cast<std::int64_t>(std::floor(middle + radius)));
        windows[target].first = first;
        double sum = 0;
        for (std::int64_t i = first; i <= last; ++i)
            sum += std::max(0.0, 1 - std::abs(static_cast<double>(i) - middle) / radius);
        for (std::int64_t i = first; i <= last; ++i)
            windows[target].weights.push_back(
                static_cast<float>(std::max(0.0, 1 - std::abs(static_cast<double>(i) - middle) / radius) / sum));
    }
    return windows;
}
}  // namespace

Tensor readImage(const std::filesystem::path& file, std::int64_t channels) {
    const auto source = openBytes(file);
    if (source->size() > kMostBytes) throw Error("is larger than 512 MiB", source->name(), "Replace or remove it.");
    if (source->size() < 4) throw Error("is too short for an image", source->name(), kAgain);
    std::vector<std::byte> bytes(static_cast<std::size_t>(source->size()));
    source->read(0, bytes, "the image");
    const bool png = bytes[0] == std::byte{0x89} && bytes[1] == std::byte{'P'},
               jpeg = bytes[0] == std::byte{0xff} && bytes[1] == std::byte{0xd8};
    if (!png && !jpeg) throw Error("is neither a PNG nor a JPEG image", source->name(), "Convert or remove it.");
    const Pixels pixels = png ? readPng(bytes, channels, source->name()) : readJpeg(bytes, channels, source->name());
    Tensor image(DType::UInt8, {channels, pixels.height, pixels.width});
    const std::int64_t plane = pixels.height * pixels.width;
    std::uint8_t* const to = image.as<std::uint8_t>().data();
    for (std::int64_t c = 0; c < channels; ++c)
        for (std::int64_t i = 0; i < plane; ++i)
            to[c * plane + i] = pixels.values[static_cast<std::size_t>(i * channels + c)];
    return image;
}

Tensor resized(const Tensor& image, std::int64_t height, std::int64_t width) {
    const std::int64_t channels = image.shape()[0], oldHeight = image.shape()[1], oldWidth = image.shape()[2];
    if (oldHeight == height && oldWidth == width) return image;
    const auto rows = windowsOf(oldHeight, height), columns = windowsOf(oldWidth, width);
    Tensor result(DType::UInt8, {channels, height, width});
    std::vector<float> between(static_cast<std::size_t>(oldHeight * width));
    for (std::int64_t c = 0; c < channels; ++c) {
        const std::uint8_t* const from = image.as<const std::uint8_t>().data() + c * oldHeight * oldWidth;
        std::uint8_t* const to = result.as<std::uint8_t>().data() + c * height * width;
        for (std::int64_t row = 0; row < oldHeight; ++row)
            for (std::int64_t column = 0; column < width; ++column) {
                const Window& window = columns[static_cast<std::size_t>(column)];
                float sum = 0;
                for (std::size_t k = 0; k < window.weights.size(); ++k)
                    sum += window.weights[k] *
                           static_cast<float>(from[row * oldWidth + window.first + static_cast<std::int64_t>(k)]);
                between[static_cast<std::size_t>(row * width + column)] = sum;
            }
        for (std::int64_t row = 0; row < height; ++row) {
            const Window& window = rows[static_cast<std::size_t>(row)];
            for (std::int64_t column = 0; column < width; ++column) {
                float sum = 0;
                for (std::size_t k = 0; k < window.weights.size(); ++k)
                    sum += window.weights[k] * between[static_cast<std::size_t>(
                                                   (window.first + static_cast<std::int64_t>(k)) * width + column)];
                to[row * width + column] = static_cast<std::uint8_t>(std::clamp(std::lround(sum), 0L, 255L));
            }
        }
    }
    return result;
}

}  // namespace gradlens

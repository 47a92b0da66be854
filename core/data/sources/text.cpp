// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/data/preparation.h"
#include "core/data/sources/sources.h"
#include "core/data/sources/token_windows.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <map>

namespace gradlens {

namespace {
constexpr std::int64_t kMostBytes = std::int64_t{1} << 30;

std::string contentOf(const std::filesystem::path& file) {
    std::error_code error;
    const auto bytes = std::filesystem::file_size(file, error);
    if (error) throw Error("cannot be read: " + error.message(), file.string(), "Choose a text file that exists.");
    if (static_cast<std::int64_t>(bytes) > kMostBytes)
        throw Error("is larger than 1 GiB", file.string(), "Choose a shorter text, or a part of it.");
    std::ifstream stream(file, std::ios::binary);
    std::string text(bytes, '\0');
    if (!stream.read(text.data(), static_cast<std::streamsize>(bytes)))
        throw Error("cannot be read whole", file.string(), "Check the file and its permissions.");
    return text;
}

// How many bytes the UTF-8 character at `at` has; 1 where it is none, so that any file can be read.
std::size_t characterLength(std::string_view text, std::size_t at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80         ? 1
                               : lead >> 5 == 0x6  ? 2
                               : lead >> 4 == 0xE  ? 3
                               : lead >> 3 == 0x1E ? 4
                                                   : 1;
    if (at + length > text.size()) return 1;
    for (std::size_t i = 1; i < length; ++i)
        if ((static_cast<unsigned char>(text[at + i]) & 0xC0) != 0x80) return 1;
    return length;
}

struct Tokens {
    std::vector<std::int32_t> tokens;
    std::vector<std::string> names;  // what each stands for
};

// The characters there are, in ascending order of their bytes.
Tokens characters(std::string_view text) {
    std::map<std::string, std::int32_t> numbers;
    for (std::size_t at = 0; at < text.size(); at += characterLength(text, at))
        numbers.emplace(text.substr(at, characterLength(text, at)), 0);
    Tokens result;
    for (auto& [name, number] : numbers) {
        number = static_cast<std::int32_t>(result.names.size());
        result.names.push_back(name);
    }
    result.tokens.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); at += characterLength(text, at))
        result.tokens.push_back(numbers.at(std::string(text.substr(at, characterLength(text, at)))));
    return result;
}

// Byte pair encoding (Gage 1994; Sennrich et al. 2016) over the whole text: again and again the most frequent pair of
// neighbours, the first in order among equals, becomes a token of its own.
void mergePairs(Tokens& text, std::int64_t vocabulary, const std::function<bool(double)>& progress) {
    const auto before = static_cast<std::int64_t>(text.names.size());
    while (static_cast<std::int64_t>(text.names.size()) < vocabulary) {
        std::map<std::pair<std::int32_t, std::int32_t>, std::int64_t> counts;
        for (std::size_t i = 1; i < text.tokens.size(); ++i) ++counts[{text.tokens[i - 1], text.tokens[i]}];
        const auto best = std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
        if (best == counts.end() || best->second < 2) break;
        const auto [left, right] = best->first;
        const auto merged = static_cast<std::int32_t>(text.names.size());
        text.names.push_back(text.names[static_cast<std::size_t>(left)] + text.names[static_cast<std::size_t>(right)]);
        std::size_t to = 0;
        for (std::size_t from = 0; from < text.tokens.size(); ++to) {
            const bool pair =
                from + 1 < text.tokens.size() && text.tokens[from] == left && text.tokens[from + 1] == right;
            text.tokens[to] = pair ? merged : text.tokens[from];
            from += pair ? 2 : 1;
        }
        text.tokens.resize(to);
        const double done =
            static_cast<double>(merged - before) / static_cast<double>(std::max<std::int64_t>(vocabulary - before, 1));
        if (progress && !progress(done)) throw Error("cancelled", "text");
    }
}

Dataset load(const Attributes& attributes, const DatasetEnvironment& environment) {
    const std::filesystem::path file = resolved(attributes.text("file"), environment.projectFolder, "the text");
    const std::int64_t length = attributes.integer("length");
    const std::int64_t stride = attributes.integer("stride") > 0 ? attributes.integer("stride") : length;
    Tokens text = characters(contentOf(file));
    if (attributes.choice("tokens") == "byte_pairs")
        mergePairs(text, attributes.integer("vocabulary"), environment.progress);
    const auto tokens = std::make_shared<const std::vector<std::int32_t>>(std::move(text.tokens));
    const auto count = static_cast<std::int64_t>(tokens->size());
    const auto cut = static_cast<std::int64_t>(static_cast<double>(count) * (1 - attributes.real("validation")));
    Dataset dataset;
    dataset.name = file.filename().string();
    dataset.featureShape = dataset.labelShape = Shape{length};
    dataset.classNames = std::move(text.names);
    dataset.train.stream = std::make_shared<TokenWindows>(tokens, 0, cut, length, stride);
    // Validation windows do not overlap: every token counts once.
    dataset.validation.stream = std::make_shared<TokenWindows>(tokens, cut, count, length, length);
    if (dataset.train.size() == 0)
        throw Error(
            "has " + std::to_string(cut) + " tokens to train on, too few for windows of " + std::to_string(length),
            file.string(), "Choose a longer text or shorter windows.");
    return dataset;
}
}  // namespace

void TokenWindows::read(std::int64_t index, void* features, void* labels) const {
    std::memcpy(features, m_tokens->data() + m_begin + index * m_stride,
                static_cast<std::size_t>(m_length) * sizeof(std::int32_t));
    readLabels(index, labels);
}

void TokenWindows::readLabels(std::int64_t index, void* labels) const {
    std::memcpy(labels, m_tokens->data() + m_begin + index * m_stride + 1,
                static_cast<std::size_t>(m_length) * sizeof(std::int32_t));
}

DatasetSource textSource() {
    return {"text",
            "Text",
            "A text file as characters or byte pairs; the network guesses each next one",
            {pathAttribute("file", "Text file", "/usr/share/common-licenses/GPL-3", "Plain text, UTF-8."),
             choiceAttribute("tokens", "Tokens", "characters", {"characters", "byte_pairs"},
                             "What the text is cut into: its characters, or frequent runs of them."),
             integerAttribute("vocabulary", "Vocabulary", 512, 2, 65536, "How many tokens byte pairs are merged to."),
             integerAttribute("length", "Window", 64, 1, 65536, "How many tokens a sample has."),
             integerAttribute("stride", "Stride", 0, 0, 65536,
                              "How many tokens further the next sample begins; 0: windows lie side by side."),
             realAttribute("validation", "Validation share", 0.1, 0, 0.9,
                           "The last part of the text is kept for validation.")},
            load};
}

}  // namespace gradlens

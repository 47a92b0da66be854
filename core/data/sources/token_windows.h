// SPDX-License-Identifier: GPL-3.0-or-later
// A long row of tokens seen through windows: what language models train on. Each window's labels are its tokens, one
// further on.
#pragma once
#include "core/data/dataset.h"

#include <memory>
#include <vector>

namespace gradlens {

class TokenWindows final : public SampleStream {
public:
    // Windows of `length` tokens begin every `stride` tokens within [begin, end); each needs one token behind it.
    TokenWindows(std::shared_ptr<const std::vector<std::int32_t>> tokens, std::int64_t begin, std::int64_t end,
                 std::int64_t length, std::int64_t stride)
        : m_tokens(std::move(tokens)),
          m_begin(begin),
          m_length(length),
          m_stride(stride),
          m_size(end - begin > length ? (end - begin - length - 1) / stride + 1 : 0) {}

    std::int64_t size() const override { return m_size; }
    DType featureType() const override { return DType::Int32; }
    DType labelType() const override { return DType::Int32; }
    void read(std::int64_t index, void* features, void* labels) const override;
    void readLabels(std::int64_t index, void* labels) const override;

private:
    std::shared_ptr<const std::vector<std::int32_t>> m_tokens;
    std::int64_t m_begin, m_length, m_stride, m_size;
};

}  // namespace gradlens

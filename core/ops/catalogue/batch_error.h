// SPDX-License-Identifier: GPL-3.0-or-later
// A fault of one sample of a batch that an op meets while it runs: a label that is no class, a token beyond the
// vocabulary. The op knows which sample of the batch; the executor adds the node, and who made the batch says which
// sample of the data that is.
#pragma once
#include "core/base/error.h"

#include <cstdint>

namespace gradlens {

class BatchError : public Error {
public:
    // fault: "label 12 is none of the 10 classes". sample: its place in the batch, from 0. node: "loss1", where known.
    BatchError(std::int64_t sample, std::string fault, std::string hint, std::string node = {});

    std::int64_t sample() const { return m_sample; }
    const std::string& fault() const { return m_fault; }
    // The same, of a node.
    BatchError of(std::string node) const { return {m_sample, m_fault, hint(), std::move(node)}; }

private:
    std::int64_t m_sample;
    std::string m_fault;
};

// A label where there are `classes` classes.
BatchError strangeLabel(std::int64_t label, std::int64_t sample, std::int64_t classes);

}  // namespace gradlens

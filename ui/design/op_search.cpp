// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/op_search.h"

#include "core/graph/block_library.h"

#include <QStringList>

#include <algorithm>
#include <limits>
#include <tuple>

namespace gradlens {

namespace {
constexpr int insideAName = 3;

// 0: not found; larger is better.
int worth(const OpDefinition& op, const QString& word) {
    const QString name = QString::fromStdString(op.name);
    if (name.compare(word, Qt::CaseInsensitive) == 0) return 6;
    if (name.startsWith(word, Qt::CaseInsensitive)) return 5;
    const auto inside = name.indexOf(word, 0, Qt::CaseInsensitive);
    if (inside > 0) return name[inside].isUpper() || name[inside].isDigit() ? 4 : insideAName;
    if (QString::fromStdString(op.category).contains(word, Qt::CaseInsensitive)) return 2;
    return QString::fromStdString(op.summary).contains(word, Qt::CaseInsensitive) ? 1 : 0;
}
}  // namespace

std::vector<const OpDefinition*> searchOps(const OpCatalogue& catalogue, const QString& text) {
    const QStringList words = text.split(' ', Qt::SkipEmptyParts);
    // By the word that fits worst, then by all of them together. Among names that fit as well, the one the words make
    // the most of comes first ("pool": AvgPool2D before AdaptiveAvgPool2D); equals keep the order of the palette.
    struct Found {
        const OpDefinition* op;
        int least, sum;
        std::size_t place;  // in the palette

        std::size_t length(bool searched) const { return searched && least >= insideAName ? op->name.size() : 0; }
    };
    std::vector<Found> found;
    for (const OpDefinition* op : listedOps(catalogue)) {
        Found entry{op, std::numeric_limits<int>::max(), 0, found.size()};
        for (const QString& word : words) {
            const int fit = worth(*op, word);
            entry.least = std::min(entry.least, fit);
            entry.sum += fit;
        }
        if (entry.least > 0) found.push_back(entry);
    }
    std::ranges::sort(found, {}, [&](const Found& entry) {
        return std::tuple(-entry.least, -entry.sum, entry.length(!words.isEmpty()), entry.place);
    });
    std::vector<const OpDefinition*> ops;
    for (const Found& entry : found) ops.push_back(entry.op);
    return ops;
}

}  // namespace gradlens

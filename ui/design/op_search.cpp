// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/op_search.h"

#include "core/graph/block_library.h"

#include <QStringList>

#include <algorithm>
#include <array>

namespace gradlens {

namespace {
// 0: not found; larger is better.
int worth(const OpDefinition& op, const QString& word) {
    const QString name = QString::fromStdString(op.name);
    if (name.compare(word, Qt::CaseInsensitive) == 0) return 6;
    if (name.startsWith(word, Qt::CaseInsensitive)) return 5;
    const auto inside = name.indexOf(word, 0, Qt::CaseInsensitive);
    if (inside > 0) return name[inside].isUpper() || name[inside].isDigit() ? 4 : 3;
    if (QString::fromStdString(op.category).contains(word, Qt::CaseInsensitive)) return 2;
    return QString::fromStdString(op.summary).contains(word, Qt::CaseInsensitive) ? 1 : 0;
}
}  // namespace

std::vector<const OpDefinition*> searchOps(const OpCatalogue& catalogue, const QString& text) {
    const QStringList words = text.split(' ', Qt::SkipEmptyParts);
    constexpr int kBest = 6;
    std::array<std::vector<const OpDefinition*>, kBest + 1> byWorth;
    for (const OpDefinition* op : listedOps(catalogue)) {
        int least = kBest;
        for (const QString& word : words) least = std::min(least, worth(*op, word));
        byWorth[static_cast<std::size_t>(least)].push_back(op);
    }
    std::vector<const OpDefinition*> ops;
    for (std::size_t rank = kBest; rank > 0; --rank) ops.insert(ops.end(), byWorth[rank].begin(), byWorth[rank].end());
    return ops;
}

}  // namespace gradlens

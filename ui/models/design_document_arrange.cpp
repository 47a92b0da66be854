// SPDX-License-Identifier: GPL-3.0-or-later
// Edits of what is selected, by place: align, distribute, connect in sequence.
#include "ui/models/arrange.h"
#include "ui/models/connection_check.h"
#include "ui/models/design_document.h"
#include "ui/models/node_geometry.h"
#include "ui/models/words.h"

namespace gradlens {

void DesignDocument::alignSelection(Alignment alignment) {
    QString how;
    switch (alignment) {
        case Alignment::Left:
            how = tr("left");
            break;
        case Alignment::Centre:
            how = tr("centres");
            break;
        case Alignment::Right:
            how = tr("right");
            break;
        case Alignment::Top:
            how = tr("top");
            break;
        case Alignment::Middle:
            how = tr("middles");
            break;
        case Alignment::Bottom:
            how = tr("bottom");
            break;
    }
    const std::vector<NodeId>& nodes = m_selection.nodes();
    moveNodes(aligned(graph(), nodes, alignment),
              tr("Align %1 of %2").arg(how, counted(std::ssize(nodes), tr("layer"))));
}

void DesignDocument::distributeSelection(Qt::Orientation along) {
    const std::vector<NodeId>& nodes = m_selection.nodes();
    moveNodes(distributed(graph(), nodes, along),
              along == Qt::Horizontal ? tr("Distribute %1 horizontally").arg(counted(std::ssize(nodes), tr("layer")))
                                      : tr("Distribute %1 vertically").arg(counted(std::ssize(nodes), tr("layer"))));
}

bool DesignDocument::chainSelection(QString* reason) {
    const std::vector<NodeId> order = inReadingOrder(graph(), m_selection.nodes());
    if (order.size() < 2) {
        if (reason != nullptr) *reason = tr("Select two layers or more to connect them in sequence.");
        return false;
    }
    int connected = 0;
    QString why;
    edit(tr("Connect %1 in sequence").arg(counted(std::ssize(order), tr("layer"))), [&](ModelGraph& graph) {
        for (std::size_t i = 1; i < order.size(); ++i)
            if (chainPair(graph, order[i - 1], order[i], &why)) ++connected;
    });
    if (reason != nullptr) *reason = why;
    return connected > 0;
}

// The first output of `before` into the free input of `after` that takes it best. Already connected is fine as it is.
bool DesignDocument::chainPair(ModelGraph& graph, NodeId before, NodeId after, QString* reason) const {
    const Node& source = *graph.find(before);
    const Node& target = *graph.find(after);
    for (const Edge& edge : graph.edgesOf(after))
        if (edge.from.node == before) return false;
    const QString sourceName = QString::fromStdString(source.name), targetName = QString::fromStdString(target.name);
    if (outputPortCount(m_catalogue, source) == 0) {
        *reason = tr("Nothing comes out of %1.").arg(sourceName);
        return false;
    }
    const ConnectionCheck check(graph, m_catalogue, analysis());
    std::optional<PortRef> mismatched;
    QString refusal = tr("%1 has no free input.").arg(targetName);
    for (int port = 0; port < inputPortCount(graph, m_catalogue, target); ++port) {
        const PortRef input{after, port};
        if (graph.edgeInto(input)) continue;
        const ConnectionVerdict verdict = check.verdict({before, 0}, input);
        if (verdict.kind == ConnectionVerdict::Kind::Fits) {
            graph.connect({{before, 0}, input});
            return true;
        }
        if (verdict.kind == ConnectionVerdict::Kind::Refused) {
            refusal = QString::fromStdString(verdict.reason);
        } else if (!mismatched) {
            mismatched = input;
        }
    }
    if (!mismatched) {
        *reason = refusal;
        return false;
    }
    graph.connect({{before, 0}, *mismatched});
    return true;
}

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/preview/preview_cards.h"

#include "ui/design/preview/preview_picture.h"
#include "ui/theme/theme.h"

namespace gradlens {

PreviewCards::PreviewCards(CanvasScene& scene, DrawingPreview& preview, QObject* parent)
    : QObject(parent), m_scene(scene), m_preview(preview) {
    connect(&preview, &DrawingPreview::previewChanged, this, &PreviewCards::show);
    connect(&preview, &DrawingPreview::modeChanged, this, &PreviewCards::show);
    connect(&scene, &CanvasScene::itemsRebuilt, this, &PreviewCards::show);
    connect(&Theme::instance(), &Theme::changed, this, &PreviewCards::show);
}

void PreviewCards::show() {
    const auto preview = m_preview.preview();
    const bool gradients = m_preview.mode() == DrawingPreview::Mode::Gradient;
    // What is on the cards stays until the gradients are there.
    if (gradients && preview != nullptr && !preview->gradients && m_preview.isBusy()) return;
    for (const Node& node : m_scene.document().graph().nodes()) {
        NodeItem* item = m_scene.nodeItem(node.id);
        if (item == nullptr) continue;
        // What is computed is the project's own drawing: inside an open block there are no pictures of it.
        const bool shown = m_preview.isOn() && preview != nullptr && !m_scene.document().isInside();
        const NodePreview* values = shown ? preview->find(node.id) : nullptr;
        const PreviewTensor* value = values == nullptr ? nullptr : gradients ? &values->gradient : &values->output;
        item->setPreview(value != nullptr && value->tensor
                             ? std::make_shared<const PreviewPicture>(*value, gradients, preview->dataset)
                             : nullptr);
    }
}

}  // namespace gradlens

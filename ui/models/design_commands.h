// SPDX-License-Identifier: GPL-3.0-or-later
// The two kinds of undo steps of a DesignDocument. They hold values, never pointers to items. GUI thread only.
#pragma once
#include "ui/models/design_document.h"

#include <QUndoCommand>

namespace gradlens {

// Steps with the same non-empty key in a row become one; one that ends where it began vanishes.
class GraphCommand : public QUndoCommand {
public:
    GraphCommand(DesignDocument& document, const QString& name, DesignStep step, QString mergeKey);
    void undo() override;
    void redo() override;
    int id() const override { return m_mergeKey.isEmpty() ? -1 : 1; }
    bool mergeWith(const QUndoCommand* other) override;

private:
    DesignDocument& m_document;
    DesignStep m_step;
    QString m_mergeKey;
};

class SettingsCommand : public QUndoCommand {
public:
    SettingsCommand(DesignDocument& document, const QString& name, DesignDocument::Settings before,
                    DesignDocument::Settings after, QString mergeKey);
    void undo() override;
    void redo() override;
    int id() const override { return m_mergeKey.isEmpty() ? -1 : 2; }
    bool mergeWith(const QUndoCommand* other) override;

private:
    DesignDocument& m_document;
    DesignDocument::Settings m_before, m_after;
    QString m_mergeKey;
};

}  // namespace gradlens

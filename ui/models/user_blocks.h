// SPDX-License-Identifier: GPL-3.0-or-later
// The user's library of blocks: one file each, with the blocks it needs, in a folder of the user's. A file that cannot
// be read is told, by name and reason, and left as it is; the others are there. GUI thread.
#pragma once
#include "core/graph/block.h"

#include <QObject>
#include <QString>
#include <QStringList>

#include <vector>

namespace gradlens {

class UserBlocks : public QObject {
    Q_OBJECT
public:
    struct Entry {
        QString path;
        Block block;
        std::vector<Block> needed;  // those it uses, used ones first, and itself last
    };
    struct Fault {
        QString path, reason;
    };

    // Reads the folder, which need not be there. The catalogue is what comes with the program and must outlive it.
    UserBlocks(const OpCatalogue& catalogue, const QString& folder, QObject* parent = nullptr);
    // Where a user's blocks are kept; `settingsFolder` where the application's settings are, empty for the user's own.
    static QString folderFor(const QString& settingsFolder);

    QString folder() const { return m_folder; }
    const std::vector<Entry>& entries() const { return m_entries; }  // by name
    const std::vector<Fault>& faults() const { return m_faults; }
    const Entry* find(const std::string& name) const;

    void reload();
    // Throw Error; the library is then as it was. `own` are the blocks of the project it comes from.
    void save(const Block& block, std::span<const Block> own);  // replaces one of the same name
    void remove(const std::string& name);
    void rename(const std::string& name, const QString& newName);

signals:
    void changed();

private:
    Entry read(const QString& path) const;
    void write(const Block& block, std::span<const Block> needed) const;

    const OpCatalogue& m_catalogue;
    QString m_folder;
    std::vector<Entry> m_entries;
    std::vector<Fault> m_faults;
};

}  // namespace gradlens

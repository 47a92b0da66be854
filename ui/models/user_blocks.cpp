// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/user_blocks.h"

#include "core/base/error.h"
#include "core/graph/block_library.h"
#include "core/graph/block_list.h"
#include "core/graph/block_use.h"
#include "core/io/atomic_file.h"
#include "core/io/json_text.h"

#include <QDir>
#include <QFile>
#include <QStandardPaths>

#include <algorithm>
#include <filesystem>

namespace gradlens {

namespace {
constexpr int kLibraryVersion = 1;
constexpr const char* kFormat = "gradlens_blocks";
constexpr std::uint64_t kMostBytes = 16ull << 20;
constexpr qsizetype kMostFiles = 2000;

std::filesystem::path toPath(const QString& path) {
    return std::filesystem::path(path.toStdU16String());
}
}  // namespace

UserBlocks::UserBlocks(const OpCatalogue& catalogue, const QString& folder, QObject* parent)
    : QObject(parent), m_catalogue(catalogue), m_folder(folder) {
    reload();
}

QString UserBlocks::folderFor(const QString& settingsFolder) {
    const QString base = settingsFolder.isEmpty()
                             ? QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + "/gradlens"
                             : settingsFolder;
    return base + "/blocks";
}

const UserBlocks::Entry* UserBlocks::find(const std::string& name) const {
    const auto found =
        std::ranges::find(m_entries, name, [](const Entry& entry) -> const std::string& { return entry.block.name; });
    return found == m_entries.end() ? nullptr : &*found;
}

UserBlocks::Entry UserBlocks::read(const QString& path) const {
    const std::string where = QFile::encodeName(path).toStdString();
    const auto json = parseJson(readFile(toPath(path), kMostBytes), where);
    const JsonPlace root = JsonPlace::root(json, where);
    const auto format = json.is_object() ? root.optionalMember(kFormat) : std::nullopt;
    if (!format) root.fail("holds no blocks of Gradlens", "Move it out of the folder");
    if (format->integer(1, std::numeric_limits<int>::max()) > kLibraryVersion)
        root.fail("is from a newer version of Gradlens", "Update Gradlens to use it");
    std::vector<Block> blocks = blocksFromJson(root.member("blocks"), m_catalogue);
    if (blocks.empty()) root.fail("holds no block");
    return {path, blocks.back(), blocks};
}

void UserBlocks::reload() {
    m_entries.clear();
    m_faults.clear();
    const QStringList files = QDir(m_folder).entryList({"*.json"}, QDir::Files, QDir::Name);
    for (const QString& file : files.mid(0, kMostFiles)) {
        const QString path = m_folder + '/' + file;
        try {
            Entry entry = read(path);
            if (const Entry* same = find(entry.block.name))
                throw Error("holds the block " + entry.block.name + ", which another file holds as well",
                            QFile::encodeName(path).toStdString(),
                            "Delete this file or " + QFile::encodeName(same->path).toStdString());
            m_entries.push_back(std::move(entry));
        } catch (const Error& error) {
            m_faults.push_back({path, QString::fromUtf8(error.what())});
        }
    }
    std::ranges::sort(m_entries, {}, [](const Entry& entry) { return entry.block.name; });
    emit changed();
}

void UserBlocks::write(const Block& block, std::span<const Block> needed) const {
    if (!QDir().mkpath(m_folder))
        throw Error("the folder cannot be made", QFile::encodeName(m_folder).toStdString(),
                    "Check that you may write there");
    const nlohmann::ordered_json json{{kFormat, kLibraryVersion}, {"blocks", toJson(needed, m_catalogue)}};
    writeFileAtomically(toPath(m_folder + '/' + QString::fromStdString(block.name) + ".json"), jsonText(json));
}

void UserBlocks::save(const Block& block, std::span<const Block> own) {
    const Entry* before = find(block.name);
    const QString old = before == nullptr ? QString() : before->path;
    write(block, withNeeded(block, own));
    // The file of one of this name may be called otherwise.
    const QString path = m_folder + '/' + QString::fromStdString(block.name) + ".json";
    if (!old.isEmpty() && old != path) QFile::remove(old);
    reload();
}

void UserBlocks::remove(const std::string& name) {
    const Entry* entry = find(name);
    if (entry == nullptr) return;
    if (!QFile::remove(entry->path))
        throw Error("cannot be deleted", QFile::encodeName(entry->path).toStdString(),
                    "Check that you may write there");
    reload();
}

void UserBlocks::rename(const std::string& name, const QString& newName) {
    const Entry* entry = find(name);
    if (entry == nullptr || newName.toStdString() == name) return;
    const std::string wanted = newName.toStdString();
    const OpDefinition* op = m_catalogue.find(wanted);
    if (!ModelGraph::isName(wanted) || op != nullptr || find(wanted) != nullptr)
        throw Error("'" + wanted + "' " + (ModelGraph::isName(wanted) ? "is taken" : "is no name"), {},
                    "A name is a letter followed by letters, digits and '_'");
    std::vector<Block> blocks = entry->needed;
    blocks.back().name = wanted;
    const QString old = entry->path;
    write(blocks.back(), blocks);
    QFile::remove(old);
    reload();
}

}  // namespace gradlens

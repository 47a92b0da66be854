// SPDX-License-Identifier: GPL-3.0-or-later
// The entries of a ZIP archive, as far as NumPy writes them: stored or deflated, ZIP64 too, one volume, not encrypted.
// [PKWARE APPNOTE 6.3.10]. Bounded by what the file holds, whatever its headers claim. Pure functions; any thread.
#pragma once
#include "core/data/random_bytes.h"

#include <memory>
#include <string>
#include <vector>

namespace gradlens {

struct ZipEntry {
    std::string name;
    bool deflated = false;
    std::int64_t headerAt = 0;                       // of the local header
    std::int64_t storedBytes = 0, contentBytes = 0;  // in the file; as unpacked
    std::uint32_t checksum = 0;                      // CRC-32 of the content
};

bool looksLikeZip(const RandomBytes& file);
// Throws Error: not a ZIP archive, damaged, encrypted, an unknown compression, more than 10,000 entries.
std::vector<ZipEntry> readZipDirectory(const RandomBytes& file);
// The content: a part of the file when stored (its checksum is not looked at: it may be larger than memory), unpacked
// into memory and checked when deflated. Throws Error.
std::shared_ptr<const RandomBytes> openZipEntry(std::shared_ptr<const RandomBytes> file, const ZipEntry& entry);

}  // namespace gradlens

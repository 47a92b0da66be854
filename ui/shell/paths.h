// SPDX-License-Identifier: GPL-3.0-or-later
// QString to std::filesystem::path and back, and errors as messages for the window.
#pragma once
#include "core/base/error.h"
#include "ui/widgets/banner.h"

#include <QString>

#include <filesystem>

namespace gradlens {

inline std::filesystem::path toPath(const QString& text) {
    return std::filesystem::path(text.toStdU16String());
}

inline QString toQString(const std::filesystem::path& path) {
    return QString::fromStdU16String(path.u16string());
}

// what becomes the title, where and hint the text.
BannerMessage bannerFor(const Error& error, const QString& key = {});

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/hash.h"

#define XXH_INLINE_ALL
#include <cstdio>
#include <new>
#include <xxhash.h>

namespace gradlens {

struct Hasher::Impl {
    XXH3_state_t* state = XXH3_createState();
    Impl() {
        if (state == nullptr) throw std::bad_alloc();
        XXH3_128bits_reset(state);
    }
    ~Impl() { XXH3_freeState(state); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
};

Hasher::Hasher() : m_impl(std::make_unique<Impl>()) {}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

Hasher& Hasher::bytes(std::span<const std::byte> data) {
    XXH3_128bits_update(m_impl->state, data.data(), data.size());
    return *this;
}

Hasher& Hasher::text(std::string_view text) {
    value(static_cast<std::uint64_t>(text.size()));
    return bytes(std::as_bytes(std::span(text.data(), text.size())));
}

std::string Hasher::digest() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(m_impl->state);
    char text[33];
    std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(hash.high64),
                  static_cast<unsigned long long>(hash.low64));
    return text;
}

}  // namespace gradlens

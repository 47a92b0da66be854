// SPDX-License-Identifier: GPL-3.0-or-later
// A streaming 128-bit hash (XXH3) of bytes: what State hashes and file checks are made of. Not cryptographic.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace gradlens {

// Feed bytes, then read digest(). Single owner, any thread.
class Hasher {
public:
    Hasher();
    ~Hasher();
    Hasher(Hasher&&) noexcept;
    Hasher& operator=(Hasher&&) noexcept;

    Hasher& bytes(std::span<const std::byte> data);
    // Length first, so that "ab","c" and "a","bc" differ.
    Hasher& text(std::string_view text);
    template <class T>
        requires std::is_arithmetic_v<T>
    Hasher& value(T value) {
        return bytes(std::as_bytes(std::span<const T, 1>(&value, 1)));
    }
    // 32 lower-case hexadecimal digits.
    std::string digest() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace gradlens

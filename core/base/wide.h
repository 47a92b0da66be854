// SPDX-License-Identifier: GPL-3.0-or-later
// clang splits vectors of 64 bytes in two on some processors unless a function asks for whole ones: GRADLENS_WIDE before
// its name does.
#pragma once

#if defined(__clang__) && defined(__AVX512F__)
#define GRADLENS_WIDE __attribute__((min_vector_width(512)))
#else
#define GRADLENS_WIDE
#endif

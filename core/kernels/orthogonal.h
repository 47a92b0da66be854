// SPDX-License-Identifier: GPL-3.0-or-later
// Orthonormal vectors from given ones.
#pragma once
#include "core/parallel/arena.h"

#include <cstdint>

namespace gradlens {

// `vectors` holds `count` vectors of `length` >= count elements, one after the other; `result`, of the same size, gets
// an orthonormal basis whose first j vectors span the first j given ones: the Q of A = Q R with a positive diagonal of
// R, which is unique where the vectors are independent. By Householder reflections [Golub and Van Loan 2013,
// algorithm 5.2.1], so orthogonal to rounding whatever is given. vectors is overwritten. The same bits at any number of
// threads.
void orthonormalise(const Arena& arena, std::int64_t count, std::int64_t length, double* vectors, double* result);

}  // namespace gradlens

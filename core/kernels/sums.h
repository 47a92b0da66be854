// SPDX-License-Identifier: GPL-3.0-or-later
// Row vectors against row-major matrices: what biases need. T is float or double.
#pragma once
#include "core/parallel/arena.h"

#include <cstdint>

namespace gradlens {

// Every row of the matrix becomes `row`.
template <class T>
void repeatRow(const Arena& arena, std::int64_t rows, std::int64_t columns, const T* row, T* matrix);

// sums[column] = the sum of that column, in double, first row to last; zeros when there is no row.
template <class T>
void sumRows(const Arena& arena, std::int64_t rows, std::int64_t columns, const T* matrix, T* sums);

}  // namespace gradlens

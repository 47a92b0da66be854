// SPDX-License-Identifier: GPL-3.0-or-later
// Tables as text: one sample a row, plain or gzip, RFC 4180 quoting, a column of labels and otherwise numbers. Read in
// one pass; memory grows with what is there.
#pragma once
#include "core/data/byte_stream.h"
#include "core/tensor/tensor.h"

#include <filesystem>
#include <string>
#include <vector>

namespace gradlens {

struct CsvOptions {
    char delimiter = '\0';  // 0: the one of , ; tab | blank that the first row uses. Blanks may repeat
    // Names: the first row holds column names. Counts: it is "rows,columns,class names..." as in scikit-learn's tables.
    // Detect: Counts if it reads so and the second row agrees; Names if none of its feature columns is a number.
    enum class Header { Detect, Names, None, Counts };
    Header header = Header::Detect;
    std::string label;           // name or number (from 1) of the label column; empty: the last
    bool classification = true;  // false: the labels are numbers to predict
};

struct CsvTable {
    Tensor features;                        // Float32, rows x columns without the label's; all finite
    Tensor labels;                          // Int32 class numbers, rows; or Float32 targets, rows
    std::vector<std::string> featureNames;  // empty without a header of names
    std::vector<std::string> classNames;    // sorted, numbers by value; as the header gives them for Counts
};

// Throws Error naming file, row (line of the file, from 1) and column.
CsvTable readCsv(const std::filesystem::path& file, const CsvOptions& options = {}, const Progress& progress = {});

}  // namespace gradlens

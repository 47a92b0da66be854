// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/csv.h"

#include "core/base/error.h"
#include "core/data/csv_labels.h"
#include "core/data/csv_records.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace gradlens {

namespace {
using Fields = std::vector<std::string_view>;

constexpr std::int64_t kMaxValues = std::int64_t{1} << 32;
constexpr std::int64_t kRowsBetweenReports = 4096;

std::string shortened(std::string_view text) {
    if (text.size() <= 40) return std::string(text);
    std::size_t end = 37;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // not within a UTF-8 character
    return std::string(text.substr(0, end)) + "...";
}

struct CsvReader {
    const CsvOptions& options;
    const Progress& progress;
    CsvRecords records;
    char delimiter;
    Fields fields;
    std::deque<std::string> unquoted;

    std::size_t columns = 0, labelColumn = 0;  // of the table; columns includes the label's
    std::vector<std::string> names;            // empty without a header of names
    std::optional<std::int64_t> promisedRows;
    std::vector<float> features, targets;
    CsvLabels labels;
    std::int64_t rows = 0;

    CsvReader(const std::filesystem::path& file, const CsvOptions& csvOptions, const Progress& csvProgress)
        : options(csvOptions),
          progress(csvProgress),
          records(file, csvOptions.delimiter),
          delimiter(csvOptions.delimiter) {}

    const std::string& file() const { return records.stream().name(); }

    bool nextRow() {
        std::string_view record;
        if (!records.next(record)) return false;
        if (delimiter == '\0') {
            delimiter = detectDelimiter(record);
            records.setDelimiter(delimiter);
        }
        if (!splitRecord(record, delimiter, fields, unquoted)) {
            throw Error(
                "row " + std::to_string(records.row()) + " has more than " + std::to_string(kMaxColumns) + " columns",
                file(), "Check that the file is a table, or choose the delimiter.");
        }
        return true;
    }

    std::string cell(std::int64_t row, std::size_t column) const {
        std::string text = "row " + std::to_string(row) + ", column " + std::to_string(column + 1);
        if (column < names.size() && !names[column].empty()) text += " (" + shortened(names[column]) + ")";
        return text;
    }

    [[noreturn]] void failCell(std::size_t column, const std::string& what, const std::string& hint) const {
        throw Error(cell(records.row(), column) + ": " + what, file(), hint);
    }

    float number(std::size_t column) const {
        std::string_view text = fields[column];
        if (text.empty()) failCell(column, "the value is missing", "Fill it in, or remove the row.");
        if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
        double value = 0;
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
        const bool whole = parsed.ptr == text.data() + text.size();
        if (parsed.ec == std::errc::invalid_argument || !whole) {
            failCell(column, "'" + shortened(fields[column]) + "' is not a number",
                     "Correct it, remove the column, or encode its text as numbers.");
        }
        if (std::isnan(value))
            failCell(column, "'" + std::string(text) + "' marks a missing value", "Fill it in, or remove the row.");
        // Out of range is also what a number too small to tell from zero is.
        const bool tiny = text.find("e-") != text.npos || text.find("E-") != text.npos || text.find("0.") <= 1;
        if (parsed.ec == std::errc::result_out_of_range) value = tiny ? 0 : std::numeric_limits<double>::infinity();
        const auto narrow = static_cast<float>(value);
        if (!std::isfinite(narrow)) {
            failCell(column, "'" + shortened(fields[column]) + "' is not a finite number of single precision",
                     "Replace the value, or remove the row.");
        }
        return narrow;
    }

    // The column the options name, in a table of `columns`.
    void chooseLabel() {
        labelColumn = columns - 1;
        if (options.label.empty()) return;
        if (const auto named = std::ranges::find(names, options.label); named != names.end()) {
            labelColumn = static_cast<std::size_t>(named - names.begin());
            return;
        }
        std::size_t index = 0;
        const char* end = options.label.data() + options.label.size();
        const auto parsed = std::from_chars(options.label.data(), end, index);
        if (parsed.ec == std::errc() && parsed.ptr == end) {
            if (index >= 1 && index <= columns) {
                labelColumn = index - 1;
                return;
            }
            throw Error("there is no column " + options.label + ", the table has " + std::to_string(columns), file(),
                        "Choose a label column from 1 to " + std::to_string(columns) + ".");
        }
        std::string known;
        for (const std::string& name : names) known += (known.empty() ? "" : ", ") + name;
        throw Error("there is no column named '" + options.label + "'", file(),
                    names.empty() ? "The table has no header: give the column's number."
                                  : "The columns are " + shortened(known) + ".");
    }

    static std::optional<std::int64_t> count(std::string_view text) {
        std::int64_t value = 0;
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
        if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || value < 1) return std::nullopt;
        return value;
    }

    static bool isNumber(std::string_view text) {
        double value = 0;
        if (text.starts_with('+')) text.remove_prefix(1);
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
        return parsed.ec != std::errc::invalid_argument && parsed.ptr == text.data() + text.size();
    }

    static bool isMissing(std::string_view text) {
        return text.empty() || text == "NaN" || text == "nan" || text == "NA" || text == "?";
    }

    // "150,4,setosa,versicolor,virginica" reads as a row of counts: two texts have no place in a row of data.
    static bool readsAsCounts(const std::vector<std::string>& row) {
        return row.size() >= 4 && count(row[0]) && count(row[1]) &&
               std::none_of(row.begin() + 2, row.end(), [](const std::string& text) { return isNumber(text); });
    }

    // Whether the first row, of as many columns as the table, holds names.
    bool readsAsNames(const std::vector<std::string>& row) const {
        if (std::ranges::find(row, options.label) != row.end() && !options.label.empty() && !isNumber(options.label))
            return true;
        std::size_t label = row.size() - 1;
        if (const auto index = count(options.label); index && static_cast<std::size_t>(*index) <= row.size())
            label = static_cast<std::size_t>(*index) - 1;
        if (row.size() == 1) return !isNumber(row[0]);
        for (std::size_t column = 0; column < row.size(); ++column)
            if (column != label && isNumber(row[column])) return false;
        return true;
    }

    // Reads the rows that describe the table and leaves the first row of data in `fields`.
    void readHeader() {
        if (!nextRow()) throw Error("the file is empty, a table is expected", file(), "Choose another file.");
        const std::vector<std::string> first(fields.begin(), fields.end());
        using Header = CsvOptions::Header;
        Header header = options.header;
        const bool counts = header == Header::Counts || (header == Header::Detect && readsAsCounts(first));
        if (counts) {
            const auto promised = first.size() >= 2 ? count(first[1]) : std::nullopt;
            const auto rowsPromised = first.size() >= 2 ? count(first[0]) : std::nullopt;
            const bool more = nextRow();
            if (promised && rowsPromised && more && static_cast<std::int64_t>(fields.size()) == *promised + 1) {
                promisedRows = rowsPromised;
                columns = fields.size();
                labels.setNames({first.begin() + 2, first.end()});
                chooseLabel();
                return;
            }
            throw Error(
                "row 1 does not fit what follows: it reads as 'rows,columns,class names', so the next row must hold "
                "columns + 1 values",
                file(), "Correct the first row, or choose how the header is to be read.");
        }
        columns = first.size();
        if (header == Header::Detect) header = readsAsNames(first) ? Header::Names : Header::None;
        if (header == Header::Names) {
            names = first;
            if (!nextRow())
                throw Error("there is a header but no row of data", file(), "Choose a table that holds samples.");
        }
        chooseLabel();
    }

    void takeRow() {
        if (fields.size() != columns) {
            throw Error("row " + std::to_string(records.row()) + " has " + std::to_string(fields.size()) +
                            " columns, " + std::to_string(columns) + " are expected",
                        file(), "Correct the row, or choose the delimiter.");
        }
        if (static_cast<std::int64_t>(features.size()) > kMaxValues)
            throw Error("holds more than 4,294,967,296 values", file(), "Use a smaller part of the table.");
        for (std::size_t column = 0; column < columns; ++column)
            if (column != labelColumn) features.push_back(number(column));
        if (!options.classification) {
            targets.push_back(number(labelColumn));
        } else if (isMissing(fields[labelColumn])) {
            failCell(labelColumn, "the label is missing", "Fill it in, or remove the row.");
        } else if (!labels.add(fields[labelColumn])) {
            failCell(labelColumn,
                     "'" + shortened(fields[labelColumn]) + "' is one label too many: more than 10000 different ones",
                     "Choose the task regression, or another label column.");
        }
        ++rows;
    }

    CsvTable read() {
        readHeader();
        if (columns < 2) {
            throw Error("there is one column, features and a label are expected", file(),
                        "Choose another file, or the delimiter.");
        }
        do {
            takeRow();
            if (rows % kRowsBetweenReports == 0) progress.report(records.stream().fractionRead());
        } while (nextRow());
        if (promisedRows && *promisedRows != rows) {
            throw Error("the first row promises " + std::to_string(*promisedRows) + " rows, " + std::to_string(rows) +
                            " are there",
                        file(), "The file is cut short or has rows too many: copy it again, or correct the first row.");
        }
        CsvTable table;
        table.features = Tensor::of<float>({rows, static_cast<std::int64_t>(columns) - 1}, features);
        if (options.classification) {
            auto [numbers, classNames] = labels.finish(file());
            table.labels = Tensor::of<std::int32_t>({rows}, numbers);
            table.classNames = std::move(classNames);
        } else {
            table.labels = Tensor::of<float>({rows}, targets);
        }
        table.featureNames = std::move(names);
        if (!table.featureNames.empty())
            table.featureNames.erase(table.featureNames.begin() + static_cast<std::ptrdiff_t>(labelColumn));
        progress.report(1);
        return table;
    }
};
}  // namespace

CsvTable readCsv(const std::filesystem::path& file, const CsvOptions& options, const Progress& progress) {
    return CsvReader(file, options, progress).read();
}

}  // namespace gradlens

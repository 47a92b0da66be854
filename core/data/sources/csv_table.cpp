// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/data/csv.h"
#include "core/data/preparation.h"
#include "core/data/sources/sources.h"

#include <tuple>

namespace gradlens {

namespace {
CsvOptions optionsFrom(const Attributes& attributes) {
    CsvOptions options;
    const std::string& delimiter = attributes.choice("delimiter");
    if (delimiter == "comma") options.delimiter = ',';
    if (delimiter == "semicolon") options.delimiter = ';';
    if (delimiter == "tab") options.delimiter = '\t';
    if (delimiter == "bar") options.delimiter = '|';
    if (delimiter == "blank") options.delimiter = ' ';
    const std::string& header = attributes.choice("header");
    if (header == "names") options.header = CsvOptions::Header::Names;
    if (header == "none") options.header = CsvOptions::Header::None;
    if (header == "counts") options.header = CsvOptions::Header::Counts;
    options.label = attributes.text("label");
    options.classification = attributes.choice("task") == "classification";
    return options;
}

Dataset load(const Attributes& attributes, const DatasetEnvironment& environment) {
    const auto file = resolved(attributes.text("path"), environment.projectFolder, "the table");
    CsvTable table = readCsv(file, optionsFrom(attributes), Progress{&environment.progress});
    const std::int64_t rows = table.features.shape()[0], columns = table.features.shape()[1];

    Dataset dataset;
    dataset.name = file.filename().string();
    dataset.featureShape = {columns};
    if (const IntegerList& sizes = attributes.list("shape"); !sizes.empty()) {
        dataset.featureShape = Shape(sizes);
        if (dataset.featureShape.checkedElements() != columns) {
            throw Error("has " + std::to_string(columns) + " columns of features, the shape " +
                            dataset.featureShape.toString() + " asks for another number",
                        file.string(), "Correct the shape in the data settings, or leave it empty.");
        }
        Tensor shaped(DType::Float32, dataset.featureShape.withFront(rows));
        shaped.copyFrom(table.features.view());
        table.features = std::move(shaped);
    }
    dataset.classification = attributes.choice("task") == "classification";
    dataset.labelShape = dataset.classification ? Shape{} : Shape{1};
    if (!dataset.classification) {
        Tensor column(DType::Float32, {rows, 1});
        column.copyFrom(table.labels.view());
        table.labels = std::move(column);
    }
    dataset.classNames = std::move(table.classNames);
    std::tie(dataset.train, dataset.validation) =
        splitPart({table.features, table.labels}, attributes.real("validation"), environment.seed);
    dataset.scaling = scalingFor(dataset.train.features, attributes.choice("normalise"));
    return dataset;
}
}  // namespace

DatasetSource csvSource() {
    return {"csv",
            "CSV table",
            "A table of numbers with one sample a row and a column of labels, plain or gzip",
            {pathAttribute("path", "Table", "", "The CSV file."),
             textAttribute("label", "Label column", "",
                           "Name or number (from 1) of the column to predict. Empty: the last."),
             choiceAttribute("task", "Task", "classification", {"classification", "regression"},
                             "Whether the label column holds classes (numbers or text) or a number to predict."),
             choiceAttribute(
                 "header", "Header", "auto", {"auto", "names", "none", "counts"},
                 "What the first row holds: column names, a sample (none), or 'rows,columns,class names' (counts)."),
             choiceAttribute("delimiter", "Delimiter", "auto", {"auto", "comma", "semicolon", "tab", "bar", "blank"},
                             "What separates the columns."),
             listAttribute(
                 "shape", "Sample shape", {}, 1, 1 << 20, 0, 4,
                 "Shape of one sample, such as 1, 28, 28 for images stored as rows. Empty: a plain row of columns."),
             validationAttribute(0.2), normaliseAttribute("standardise")},
            load};
}

}  // namespace gradlens

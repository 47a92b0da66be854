// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/initial_file.h"

#include "core/base/error.h"
#include "core/data/npy.h"
#include "core/io/safetensors.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace gradlens {

namespace {
void checkShape(const std::filesystem::path& file, const std::string& name, const Shape& found,
                const std::string& parameter, const Shape& wanted) {
    if (found == wanted) return;
    Shape reversed;
    for (int axis = found.rank() - 1; axis >= 0; --axis) reversed.append(found[axis]);
    throw Error("'" + name + "' has the shape " + found.toString() + ", " + parameter + " has " + wanted.toString(),
                file.string(),
                reversed == wanted ? "Save it transposed: weights are stored as outputs x inputs, as in PyTorch."
                                   : "Choose another tensor, or make the layer fit it.");
}

const SafetensorsEntry& entryOf(const SafetensorsReader& reader, const std::filesystem::path& file,
                                const std::string& tensor, const std::string& parameter) {
    if (const SafetensorsEntry* named = reader.find(tensor.empty() ? parameter : tensor)) return *named;
    if (tensor.empty() && reader.entries().size() == 1) return reader.entries()[0];
    constexpr std::size_t kLongestList = 200;
    std::string known;
    for (const SafetensorsEntry& entry : reader.entries()) {
        if (known.size() > kLongestList) {
            known += ", ...";
            break;
        }
        known += (known.empty() ? "" : ", ") + entry.name;
    }
    throw Error("has no tensor '" + (tensor.empty() ? parameter : tensor) + "'", file.string(),
                known.empty() ? "It holds none." : "It holds " + known + ": name one of them.");
}

Tensor readNumpy(const std::filesystem::path& file, const std::string& tensor, const std::string& parameter,
                 const TensorView& target) {
    const std::string name = tensor.empty() ? parameter : tensor;
    const NpyArray array = openNpy(file, name);
    checkShape(file, file.extension() == ".npz" ? name : "the array", array.shape, parameter, target.shape());
    std::vector<std::byte> bytes(static_cast<std::size_t>(array.shape.elements() * sizeOf(array.type)));
    array.bytes->read(array.first, bytes, "the weights");
    const bool exact = array.type == RowType::Float64;  // rows of samples are never wider than float32; weights may be
    Tensor values(exact ? DType::Float64 : DType::Float32, array.shape);
    if (exact)
        std::memcpy(values.view().data(), bytes.data(), bytes.size());
    else
        convertRow(array.type, bytes.data(), array.shape.elements(), DType::Float32, values.view().data());
    return values;
}

Tensor readSafetensor(const std::filesystem::path& file, const std::string& tensor, const std::string& parameter,
                      const TensorView& target) {
    const SafetensorsReader reader(file);
    const SafetensorsEntry& entry = entryOf(reader, file, tensor, parameter);
    checkShape(file, entry.name, entry.shape, parameter, target.shape());
    return reader.read(entry);
}
}  // namespace

void readInitialValues(const std::filesystem::path& file, const std::string& tensor, const std::string& parameter,
                       const TensorView& target) {
    const bool numpy = file.extension() == ".npy" || file.extension() == ".npz";
    const Tensor values = (numpy ? readNumpy : readSafetensor)(file, tensor, parameter, target).cast(target.dtype());
    for (std::int64_t i = 0; i < values.elements(); ++i)
        if (!std::isfinite(values.at(i)))
            throw Error("element " + std::to_string(i) + " of the values for " + parameter + " is " +
                            (std::isnan(values.at(i)) ? "a NaN" : "infinite"),
                        file.string(), "Choose weights from a run that went well.");
    const std::span<const std::byte> bytes = values.view().rawBytes();
    if (!bytes.empty()) std::memcpy(target.data(), bytes.data(), bytes.size());
}

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
// What a preview costs, from request to result, in processor time: of each example, the first (planning and initial
// weights included), after an edit (planned anew) and of another sample: bench_preview [ROUNDS]. Prints medians.
#include "core/graph/block_library.h"
#include "core/io/resources.h"
#include "core/train/previewer.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <vector>

using namespace gradlens;

namespace {
double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

// Milliseconds of the processor.
double timed(Previewer& previewer, const PreviewRequest& request) {
    const std::clock_t begin = std::clock();
    const auto preview = previewer.preview(request);
    const double took = 1e3 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    if (!preview->fault.empty()) std::printf("  %s\n", preview->fault.c_str());
    return took;
}

void measure(const std::filesystem::path& file, const std::filesystem::path& resources, int rounds) {
    PreviewRequest request;
    request.project = std::make_shared<const Project>(loadProject(file, drawingCatalogue()));
    request.dataset =
        loadDataset(request.project->data, {file.parent_path(), resources, request.project->training.seed, {}});
    std::vector<double> first, edited, sample;
    for (int round = 0; round < rounds; ++round) {
        Previewer previewer;
        request.sample = round;
        first.push_back(timed(previewer, request));
        request.project = std::make_shared<const Project>(*request.project);
        edited.push_back(timed(previewer, request));
        ++request.sample;
        sample.push_back(timed(previewer, request));
    }
    std::printf("%-24s %8.1f ms first %8.1f ms edited %8.1f ms another sample\n", file.stem().c_str(), median(first),
                median(edited), median(sample));
}
}  // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 9;
    const std::filesystem::path resources = findResources();
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(resources / "examples"))
        if (entry.path().extension() == ".gradlens") files.push_back(entry.path());
    std::ranges::sort(files);
    for (const auto& file : files) {
        try {
            measure(file, resources, rounds);
        } catch (const std::exception& error) {
            std::printf("%-24s %s\n", file.stem().c_str(), error.what());
        }
    }
    return 0;
}

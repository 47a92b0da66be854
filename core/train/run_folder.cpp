// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/run_folder.h"

#include "core/base/error.h"
#include "core/graph/block_library.h"
#include "core/io/atomic_file.h"
#include "core/io/events_file.h"

#include <nlohmann/json.hpp>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <fcntl.h>
#include <limits>
#include <unistd.h>
#include <utility>

namespace gradlens {

namespace {
namespace fs = std::filesystem;

constexpr int kRunVersion = 1;
constexpr std::uint64_t kLargestRunFile = std::uint64_t{1} << 20;
constexpr const char* kNotARun = "Choose a folder that `gradlens-cli train --run` or the app made.";
constexpr std::size_t kMostCheckpoints = 12;
constexpr std::string_view kEventsPrefix = "events.out.tfevents.";

// Held while a run is open; the system lets go of it when the process ends, however it ends.
class Lock {
public:
    // Nothing when another process holds it.
    static std::optional<Lock> take(const fs::path& file) {
        const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (descriptor < 0) throwFileError(file, "written", errno);
        if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return Lock(descriptor);
        ::close(descriptor);
        return std::nullopt;
    }
    // Whether a process holds it. Needs no right to write.
    static bool isTaken(const fs::path& file) {
        const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
        if (descriptor < 0) return false;
        const bool taken = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0;
        ::close(descriptor);
        return taken;
    }
    explicit Lock(int descriptor) : m_descriptor(descriptor) {}
    Lock(Lock&& other) noexcept : m_descriptor(std::exchange(other.m_descriptor, -1)) {}
    Lock& operator=(Lock&& other) noexcept {
        std::swap(m_descriptor, other.m_descriptor);
        return *this;
    }
    ~Lock() {
        if (m_descriptor >= 0) ::close(m_descriptor);
    }

private:
    int m_descriptor;
};

struct RunRecord {
    std::string name;
    std::string projectFolder;
    std::string status = "open";  // open, closed, finished
    std::int64_t step = 0, totalSteps = 0;
};

void writeRecord(const fs::path& folder, const RunRecord& record) {
    const nlohmann::ordered_json json{
        {"gradlens_run", kRunVersion}, {"name", record.name}, {"project_folder", record.projectFolder},
        {"status", record.status},     {"step", record.step}, {"total_steps", record.totalSteps}};
    writeFileAtomically(folder / "run.json", json.dump(2) + "\n");
}

RunRecord readRecord(const fs::path& folder) {
    const fs::path file = folder / "run.json";
    const auto json = nlohmann::json::parse(readFile(file, kLargestRunFile), nullptr, false);
    const auto text = [&](const char* key) {
        return json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : std::string();
    };
    const auto number = [&](const char* key) {
        return json.contains(key) && json[key].is_number_integer() ? json[key].get<std::int64_t>() : std::int64_t{0};
    };
    if (!json.is_object() || !json.contains("gradlens_run"))
        throw Error("this is not the record of a run", file.string(), "Choose the folder of a run.");
    if (number("gradlens_run") > kRunVersion)
        throw Error("the run was made by a newer Gradlens", file.string(), "Update Gradlens.");
    return {text("name"), text("project_folder"), text("status"), number("step"), number("total_steps")};
}

std::optional<std::int64_t> stepOf(const fs::path& checkpoint) {
    const std::string name = checkpoint.filename().string();
    std::int64_t step = 0;
    if (!name.starts_with("step-") || !name.ends_with(".safetensors")) return std::nullopt;
    const char* begin = name.data() + 5;
    const auto result = std::from_chars(begin, name.data() + name.size(), step);
    return result.ec == std::errc() && std::string_view(result.ptr) == ".safetensors" ? std::optional(step)
                                                                                      : std::nullopt;
}

std::vector<std::int64_t> stepsIn(const fs::path& checkpointsFolder) {
    std::vector<std::int64_t> steps;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(checkpointsFolder, ignored))
        if (const auto step = stepOf(entry.path())) steps.push_back(*step);
    std::ranges::sort(steps);
    return steps;
}

fs::path checkpointIn(const fs::path& folder, std::int64_t step) {
    return folder / "checkpoints" / ("step-" + std::to_string(step) + ".safetensors");
}

std::vector<fs::path> eventFiles(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().filename().string().starts_with(kEventsPrefix)) files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

std::int64_t microsecondsNow() {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

// A session's event file says when the session began and from which step it went on, so that a later one can tell what
// was undone: "events.out.tfevents.SECONDS.MICROSECONDS.gradlens.STEP".
std::string eventFileName(std::int64_t openedAt, std::int64_t fromStep) {
    const std::string micros = std::to_string(1'000'000 + openedAt % 1'000'000).substr(1);
    return std::string(kEventsPrefix) + std::to_string(openedAt / 1'000'000) + "." + micros + ".gradlens." +
           std::to_string(fromStep);
}

struct EventFileName {
    double openedAt = 0;  // seconds since 1970
    std::int64_t fromStep = 0;
};

std::optional<EventFileName> parseEventFileName(const std::string& name) {
    std::int64_t seconds = 0, micros = 0, fromStep = 0;
    const char* at = name.data() + kEventsPrefix.size();
    const char* const end = name.data() + name.size();
    const auto number = [&](std::int64_t& value, std::string_view after) {
        const auto result = std::from_chars(at, end, value);
        if (result.ec != std::errc() || value < 0 || !std::string_view(result.ptr, end).starts_with(after))
            return false;
        at = result.ptr + after.size();
        return true;
    };
    if (!number(seconds, ".") || !number(micros, ".gradlens.") || !number(fromStep, "") || at != end)
        return std::nullopt;
    return EventFileName{static_cast<double>(seconds) + static_cast<double>(micros) * 1e-6, fromStep};
}
}  // namespace

struct RunFolder::Impl {
    Impl(fs::path runFolder, Project runProject, RunRecord runRecord, Lock runLock)
        : folder(std::move(runFolder)),
          project(std::move(runProject)),
          record(std::move(runRecord)),
          lock(std::move(runLock)),
          journal(folder / "journal.jsonl"),
          openedAt(microsecondsNow()) {}

    fs::path folder;
    Project project;
    RunRecord record;
    Lock lock;
    Journal journal;
    std::int64_t openedAt;      // microseconds since 1970
    std::int64_t fromStep = 0;  // where this session went on
    std::string statusBefore = "closed";
    std::optional<EventsWriter> events;  // made with the first scalar
    std::vector<std::int64_t> written;   // points of each series that are on disk
};

RunFolder::RunFolder(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
RunFolder::~RunFolder() = default;
RunFolder::RunFolder(RunFolder&&) noexcept = default;
RunFolder& RunFolder::operator=(RunFolder&&) noexcept = default;

RunFolder RunFolder::create(const fs::path& folder, const Project& project, const fs::path& projectFolder) {
    if (holdsRun(folder))
        throw Error("there is a run in this folder already", folder.string(), "Choose an empty folder.");
    std::error_code code;
    fs::create_directories(folder / "checkpoints", code);
    if (code)
        throw Error("the run folder cannot be made: " + code.message(), folder.string(),
                    "Choose a folder that you may write to.");
    auto lock = Lock::take(folder / "lock");
    if (!lock)
        throw Error("another process is using this run folder", folder.string(),
                    "Choose another folder, or wait for it to end.");
    saveProject(project, folder / "project.gradlens", drawingCatalogue());
    RunRecord record;
    record.name = project.name;
    record.projectFolder = projectFolder.empty() ? std::string() : fs::absolute(projectFolder).string();
    writeRecord(folder, record);
    return RunFolder(std::make_unique<Impl>(folder, project, std::move(record), std::move(*lock)));
}

RunFolder RunFolder::open(const fs::path& folder) {
    if (!holdsRun(folder)) throw Error("there is no run in this folder", folder.string(), kNotARun);
    RunRecord record = readRecord(folder);
    auto lock = Lock::take(folder / "lock");
    if (!lock) throw Error("the run is open in another process", folder.string(), "Close it there first.");
    Project project = loadProject(folder / "project.gradlens", drawingCatalogue());
    std::string statusBefore = std::exchange(record.status, "open");
    writeRecord(folder, record);
    auto impl = std::make_unique<Impl>(folder, std::move(project), std::move(record), std::move(*lock));
    impl->statusBefore = std::move(statusBefore);
    return RunFolder(std::move(impl));
}

bool RunFolder::holdsRun(const fs::path& folder) {
    std::error_code ignored;
    return fs::exists(folder / "run.json", ignored);
}

const fs::path& RunFolder::folder() const {
    return m_impl->folder;
}
const Project& RunFolder::project() const {
    return m_impl->project;
}
fs::path RunFolder::projectFolder() const {
    return m_impl->record.projectFolder;
}
Journal& RunFolder::journal() {
    return m_impl->journal;
}

void RunFolder::saveCheckpoint(const State& state, std::int64_t totalSteps) {
    saveState(state, checkpointFile(state.step));
    m_impl->record.step = state.step;
    m_impl->record.totalSteps = totalSteps;
    m_impl->record.status = state.step >= totalSteps ? "finished" : "open";
    writeRecord(m_impl->folder, m_impl->record);
    std::vector<std::int64_t> steps = checkpoints();
    // Drop where the gap left behind is smallest for its age; the newest three and the first stay.
    while (steps.size() > kMostCheckpoints) {
        std::size_t victim = 1;
        double smallest = std::numeric_limits<double>::infinity();
        for (std::size_t i = 1; i + 3 < steps.size(); ++i) {
            const double gap =
                static_cast<double>(steps[i + 1] - steps[i - 1]) / static_cast<double>(steps.back() - steps[i]);
            if (gap >= smallest) continue;
            smallest = gap;
            victim = i;
        }
        std::error_code ignored;
        fs::remove(checkpointFile(steps[victim]), ignored);
        steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(victim));
    }
}

std::vector<std::int64_t> RunFolder::checkpoints() const {
    return stepsIn(m_impl->folder / "checkpoints");
}

fs::path RunFolder::checkpointFile(std::int64_t step) const {
    return checkpointIn(m_impl->folder, step);
}

void RunFolder::writeScalars(const ScalarLog& log) {
    m_impl->written.resize(static_cast<std::size_t>(log.count()), 0);
    for (std::int64_t i = 0; i < log.count(); ++i) {
        const ScalarSeries& series = log.at(i);
        std::int64_t& done = m_impl->written[static_cast<std::size_t>(i)];
        const std::int64_t size = series.size();
        if (done < size && !m_impl->events)
            m_impl->events.emplace(m_impl->folder / eventFileName(m_impl->openedAt, m_impl->fromStep));
        while (done < size) {
            // Counted first: a point whose flush fails is in the writer's buffer already.
            const ScalarPoint& point = series[done++];
            m_impl->events->scalar(series.name(), point.step,
                                   static_cast<double>(m_impl->openedAt) * 1e-6 + point.seconds, point.value);
        }
    }
    if (m_impl->events) m_impl->events->flush();
}

void RunFolder::readScalars(ScalarLog& log, std::int64_t step) {
    struct LoggedPoint {
        std::string tag;
        ScalarPoint point;
    };
    std::vector<LoggedPoint> points;
    for (const fs::path& file : eventFiles(m_impl->folder)) {
        const auto session = parseEventFileName(file.filename().string());
        if (!session) continue;
        // A later session went back to where it resumed: what lay beyond was lost with the one before.
        std::erase_if(points, [&](const LoggedPoint& point) { return point.point.step > session->fromStep; });
        for (ScalarEvent& scalar : readEvents(file).scalars)
            points.push_back({std::move(scalar.tag), {scalar.step, scalar.wallTime - session->openedAt, scalar.value}});
    }
    for (const LoggedPoint& point : points)
        if (point.point.step <= step) log.series(point.tag).append(point.point);
    m_impl->fromStep = step;
    m_impl->written.clear();
    for (std::int64_t i = 0; i < log.count(); ++i) m_impl->written.push_back(log.at(i).size());
}

void RunFolder::close(bool finished) {
    m_impl->record.status = finished ? "finished" : "closed";
    writeRecord(m_impl->folder, m_impl->record);
}

void RunFolder::abandon() {
    m_impl->record.status = m_impl->statusBefore;
    writeRecord(m_impl->folder, m_impl->record);
}

std::vector<RunInfo> listRuns(const fs::path& runsFolder) {
    std::vector<RunInfo> runs;
    std::error_code ignored;
    for (fs::directory_iterator at(runsFolder, ignored), end; at != end; at.increment(ignored)) {
        const fs::path& folder = at->path();
        if (!RunFolder::holdsRun(folder)) continue;
        try {
            const RunRecord record = readRecord(folder);
            RunInfo info{folder,
                         record.name,
                         record.projectFolder,
                         record.step,
                         record.totalSteps,
                         false,
                         record.status == "finished",
                         {}};
            info.interrupted = record.status == "open" && !Lock::isTaken(folder / "lock");
            info.changed = fs::last_write_time(folder / "run.json");
            runs.push_back(std::move(info));
        } catch (const std::exception&) {  // Not a run that could be offered.
        }
    }
    std::ranges::sort(runs, std::greater{}, &RunInfo::changed);
    return runs;
}

RunSnapshot readRun(const fs::path& folder) {
    if (!RunFolder::holdsRun(folder)) throw Error("there is no run in this folder", folder.string(), kNotARun);
    const RunRecord record = readRecord(folder);
    RunSnapshot run{folder,
                    record.projectFolder,
                    loadProject(folder / "project.gradlens", drawingCatalogue()),
                    Journal(folder / "journal.jsonl").entries(),
                    {}};
    for (const std::int64_t step : stepsIn(folder / "checkpoints"))
        run.checkpoints.push_back({step, checkpointIn(folder, step)});
    return run;
}

bool sameTraining(const Project& a, const Project& b) {
    const auto comparable = [](Project project) {
        for (const Node& node : std::vector<Node>(project.graph.nodes().begin(), project.graph.nodes().end()))
            project.graph.move(node.id, {});
        for (const Note& note : std::vector<Note>(project.graph.notes().begin(), project.graph.notes().end()))
            project.graph.removeNote(note.id);
        project.graph.setStyle({});
        project.training.epochs = 0;
        return project;
    };
    const Project first = comparable(a), second = comparable(b);
    return first.graph == second.graph && first.blocks == second.blocks && first.data == second.data &&
           first.training == second.training;
}

}  // namespace gradlens

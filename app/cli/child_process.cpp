// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/child_process.h"

#include "core/base/error.h"

#include <sys/wait.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <unistd.h>

namespace gradlens::cli {

using Json = nlohmann::ordered_json;

namespace {
void writeAll(int file, const std::string& text) {
    for (std::size_t done = 0; done < text.size();) {
        const ssize_t written = write(file, text.data() + done, text.size() - done);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        done += static_cast<std::size_t>(written);
    }
}

std::string readAll(int file) {
    std::string text;
    char block[4096];
    for (;;) {
        const ssize_t got = read(file, block, sizeof block);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return text;
        text.append(block, static_cast<std::size_t>(got));
    }
}

// The peak of a forked process begins with what the parent had; writing 5 here resets it.
void resetPeakMemory() {
    std::ofstream("/proc/self/clear_refs") << 5;
}

[[noreturn]] void runChild(int file, const std::function<Json()>& work) {
    resetPeakMemory();
    Json answer;
    try {
        answer["result"] = work();
    } catch (const std::exception& error) {
        answer["error"] = error.what();
    }
    writeAll(file, answer.dump(-1, ' ', false, Json::error_handler_t::replace));
    _exit(0);  // the parent's buffers are the parent's to write
}
}  // namespace

Json inChildProcess(const std::function<Json()>& work) {
    int ends[2];
    std::fflush(nullptr);
    if (pipe(ends) != 0)
        throw Error(std::string("cannot make a pipe: ") + std::strerror(errno), {},
                    "Close other programs and try again.");
    const pid_t child = fork();
    if (child < 0)
        throw Error(std::string("cannot start a process: ") + std::strerror(errno), {},
                    "Close other programs and try again.");
    if (child == 0) {
        close(ends[0]);
        runChild(ends[1], work);
    }
    close(ends[1]);
    const std::string text = readAll(ends[0]);
    close(ends[0]);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    const Json answer = Json::parse(text, nullptr, false);
    if (!answer.is_object())
        throw Error("a measurement ended early" +
                        (WIFSIGNALED(status) ? " by signal " + std::to_string(WTERMSIG(status)) : std::string()),
                    {}, "Is there enough memory?");
    if (answer.contains("error")) throw Error(answer["error"].get<std::string>(), {}, {});
    return answer["result"];
}

double peakMemoryBytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return 1024 * std::stod(line.substr(6));
    return 0;
}

}  // namespace gradlens::cli

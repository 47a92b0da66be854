// SPDX-License-Identifier: GPL-3.0-or-later
// The desktop application: reads the command line, then hands over to ui/shell.
#include "core/base/error.h"
#include "ui/shell/capture.h"
#include "ui/shell/main_window.h"
#include "ui/theme/theme.h"

#include <QApplication>

#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <string>

namespace {

struct Arguments {
    std::string project, capture, theme, size = "1440x900";
    std::int64_t steps = 200;
    int threads = 0;
};

// Exit codes: 0 done, 1 the project or data is at fault, 2 wrong usage.
constexpr int kFault = 1, kUsage = 2;

void describe(CLI::App& app, Arguments& arguments) {
    app.add_option("PROJECT", arguments.project, "A .gradlens file to open");
    auto* capture = app.add_option("--capture", arguments.capture,
                                   "Train without a window and write a picture of every workspace into DIR")
                        ->option_text("DIR");
    app.add_option("--steps", arguments.steps, "How many steps to train before the pictures (200)")
        ->needs(capture)
        ->check(CLI::Range(1, 100000000))
        ->option_text("N");
    app.add_option("--size", arguments.size, "Size of the pictures (1440x900)")
        ->needs(capture)
        ->option_text("WxH")
        ->check([](const std::string& text) {
            int width = 0, height = 0;
            char end = 0;
            if (std::sscanf(text.c_str(), "%dx%d%c", &width, &height, &end) == 2 && width >= 1100 && height >= 640 &&
                width <= 10000 && height <= 10000)
                return std::string();
            return std::string("a size is written 1440x900, from 1100x640 up");
        });
    app.add_option("--theme", arguments.theme, "dark or light")->check(CLI::IsMember({"dark", "light"}));
    app.add_option("--threads", arguments.threads, "Threads to compute on (all)")
        ->check(CLI::Range(1, 1024))
        ->option_text("T");
    app.set_version_flag("--version", std::string("gradlens ") + GRADLENS_VERSION);
}

// Qt's offscreen platform warns of what it cannot do with window sizes: nothing to tell anyone.
void quietMessages(QtMsgType, const QMessageLogContext&, const QString& text) {
    if (text.contains("propagateSizeHints") || text.contains("XDG_RUNTIME_DIR")) return;
    std::fprintf(stderr, "gradlens: %s\n", qPrintable(text));
}

int runCapture(const Arguments& arguments) {
    gradlens::CaptureOptions options;
    options.folder = QString::fromStdString(arguments.capture);
    options.project = QString::fromStdString(arguments.project);
    options.steps = arguments.steps;
    options.threads = arguments.threads;
    options.theme = arguments.theme == "light" ? gradlens::Theme::Mode::Light : gradlens::Theme::Mode::Dark;
    const QStringList size = QString::fromStdString(arguments.size).split('x');
    options.size = QSize(size[0].toInt(), size[1].toInt());
    try {
        for (const QString& path : gradlens::capture(options)) std::printf("%s\n", qPrintable(path));
        if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
            throw gradlens::Error("the list of pictures cannot be written", "standard output");
    } catch (const std::exception& error) {
        std::fprintf(stderr, "gradlens: %s\n", error.what());
        return kFault;
    }
    return 0;
}

int runWindow(QApplication& application, const Arguments& arguments) {
    auto mode = gradlens::AppSettings().theme();
    if (!arguments.theme.empty())
        mode = arguments.theme == "light" ? gradlens::Theme::Mode::Light : gradlens::Theme::Mode::Dark;
    gradlens::Theme::instance().apply(application, mode);
    gradlens::MainWindow::Options options;
    options.threads = arguments.threads;
    gradlens::MainWindow window(options);
    window.show();
    if (!arguments.project.empty()) window.openProject(QString::fromStdString(arguments.project));
    // What is left to save is saved as the window is taken down.
    try {
        return QApplication::exec();
    } catch (const std::bad_alloc&) {
        std::fprintf(stderr, "gradlens: there is not enough memory to go on\n");
    } catch (const std::exception& error) {
        std::fprintf(stderr, "gradlens: %s\n", error.what());
    }
    return kFault;
}

}  // namespace

int main(int argc, char** argv) {
    Arguments arguments;
    CLI::App app{"Gradlens: draw a network, watch it learn, look inside", "gradlens"};
    describe(app, arguments);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : kUsage;
    }
    const bool noDisplay =
        !std::getenv("DISPLAY") && !std::getenv("WAYLAND_DISPLAY") && !std::getenv("QT_QPA_PLATFORM");
    if (!arguments.capture.empty()) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
        qInstallMessageHandler(quietMessages);
    } else if (noDisplay) {
        std::fprintf(stderr,
                     "gradlens: there is no display. Use --capture DIR to train and write pictures without one.\n");
        return kFault;
    }
    QApplication::setApplicationName("gradlens");
    QApplication::setApplicationDisplayName("Gradlens");
    QApplication::setApplicationVersion(GRADLENS_VERSION);
    QApplication::setDesktopFileName("gradlens");
    QApplication application(argc, argv);
    return arguments.capture.empty() ? runWindow(application, arguments) : runCapture(arguments);
}

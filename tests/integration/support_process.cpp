// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/support_process.h"

#include <QFile>
#include <QJsonDocument>

namespace gradlens::testing {

QJsonObject CliResult::json() const {
    return QJsonDocument::fromJson(output).object();
}

QString cliProgram() {
    return QStringLiteral(GRADLENS_CLI);
}

QString examplePath(const QString& name) {
    return QStringLiteral(GRADLENS_SOURCE_DIR "/resources/examples/") + name + QStringLiteral(".gradlens");
}

CliResult runCli(const QStringList& arguments) {
    constexpr int kFiveMinutes = 300'000;
    QProcess process;
    process.start(cliProgram(), arguments);
    CliResult result;
    if (!process.waitForFinished(kFiveMinutes)) {
        process.kill();
        process.waitForFinished();
    }
    result.crashed = process.exitStatus() == QProcess::CrashExit;
    result.exitCode = process.exitCode();
    result.output = process.readAllStandardOutput();
    result.errors = process.readAllStandardError();
    return result;
}

QString writeText(const QString& path, const QByteArray& text) {
    QFile file(path);
    if (file.open(QIODevice::WriteOnly)) file.write(text);
    return path;
}

}  // namespace gradlens::testing

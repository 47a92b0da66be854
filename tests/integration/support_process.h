// SPDX-License-Identifier: GPL-3.0-or-later
// Runs gradlens-cli as a user would, as a process of its own.
#pragma once
#include <QByteArray>
#include <QJsonObject>
#include <QProcess>
#include <QString>
#include <QStringList>

namespace gradlens::testing {

struct CliResult {
    int exitCode = -1;
    bool crashed = false;
    QByteArray output, errors;
    QJsonObject json() const;
};

QString cliProgram();
QString examplePath(const QString& name);  // "digits-mlp"
// Waits for the end, five minutes at most.
CliResult runCli(const QStringList& arguments);
// Writes text to a file and returns its path.
QString writeText(const QString& path, const QByteArray& text);

}  // namespace gradlens::testing

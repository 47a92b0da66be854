// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/number_text.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace gradlens {
namespace {

const QString kNone = QStringLiteral("–");

QString tr(const char* text) {
    return QCoreApplication::translate("gradlens", text);
}

}  // namespace

QString groupedText(std::int64_t number) {
    return QLocale(QLocale::English).toString(static_cast<qlonglong>(number));
}

QString lossText(double loss) {
    if (std::isnan(loss)) return QStringLiteral("NaN");
    if (std::isinf(loss)) return loss > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
    const double size = std::abs(loss);
    if (size != 0 && (size < 1e-3 || size >= 1e5)) return QString::number(loss, 'e', 2);
    const int decimals = size >= 1000 ? 1 : size >= 100 ? 2 : size >= 10 ? 3 : 4;
    return QString::number(loss, 'f', decimals);
}

QString percentText(double share) {
    if (std::isnan(share)) return kNone;
    return QString::number(share * 100, 'f', share >= 0.99995 ? 1 : 2) + QStringLiteral(" %");
}

QString rateText(double samplesPerSecond) {
    if (!(samplesPerSecond > 0) || std::isinf(samplesPerSecond)) return kNone;
    if (samplesPerSecond >= 1e6) return QString::number(samplesPerSecond / 1e6, 'f', 2) + QStringLiteral(" M/s");
    if (samplesPerSecond >= 1e4) return QString::number(samplesPerSecond / 1e3, 'f', 1) + QStringLiteral(" k/s");
    if (samplesPerSecond >= 10) return groupedText(std::llround(samplesPerSecond)) + QStringLiteral(" /s");
    return QString::number(samplesPerSecond, 'f', 1) + QStringLiteral(" /s");
}

QString durationText(double seconds) {
    if (!(seconds >= 0) || std::isinf(seconds)) return kNone;
    const auto whole = static_cast<std::int64_t>(std::ceil(seconds));
    if (whole < 60) return QStringLiteral("%1 s").arg(whole);
    if (whole < 3600) return QStringLiteral("%1 min %2 s").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0'));
    if (whole < 48 * 3600)
        return QStringLiteral("%1 h %2 min").arg(whole / 3600).arg(whole / 60 % 60, 2, 10, QLatin1Char('0'));
    return tr("%1 days").arg(whole / 86400);
}

QString phaseText(TrainerPhase phase) {
    switch (phase) {
        case TrainerPhase::Empty:
            return tr("No run");
        case TrainerPhase::Preparing:
            return tr("Preparing");
        case TrainerPhase::Paused:
            return tr("Paused");
        case TrainerPhase::Running:
            return tr("Running");
        case TrainerPhase::Evaluating:
            return tr("Validating");
        case TrainerPhase::Failed:
            return tr("Failed");
    }
    return {};
}

double remainingSeconds(const TrainerStatus& status) {
    // The mean over the run so far knows about validation; the present speed alone does not.
    if (status.step < 3 || status.seconds <= 0 || status.totalSteps <= status.step) return -1;
    return status.seconds / static_cast<double>(status.step) * static_cast<double>(status.totalSteps - status.step);
}

std::int64_t epochOf(const TrainerStatus& status) {
    if (status.stepsPerEpoch <= 0) return 0;
    const std::int64_t epochs = std::max<std::int64_t>(1, status.totalSteps / status.stepsPerEpoch);
    return std::min(status.step / status.stepsPerEpoch + 1,
                    std::max(epochs, (status.step + status.stepsPerEpoch - 1) / status.stepsPerEpoch));
}

double epochProgress(const TrainerStatus& status) {
    if (status.stepsPerEpoch <= 0) return 0;
    const std::int64_t within = status.step - (epochOf(status) - 1) * status.stepsPerEpoch;
    return std::clamp(static_cast<double>(within) / static_cast<double>(status.stepsPerEpoch), 0.0, 1.0);
}

}  // namespace gradlens

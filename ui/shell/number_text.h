// SPDX-License-Identifier: GPL-3.0-or-later
// How the run bar and the status line write what a run is at. Pure functions.
#pragma once
#include "core/train/trainer.h"

#include <QString>

namespace gradlens {

QString groupedText(std::int64_t number);   // "12,345"
QString lossText(double loss);              // four significant digits; "NaN", "∞"; "–" for none yet (see measured)
QString percentText(double share);          // "98.76 %"
QString rateText(double samplesPerSecond);  // "12.3 k/s"
QString durationText(double seconds);       // "4 s", "2 min 10 s", "3 h 5 min"
QString phaseText(TrainerPhase phase);      // "Running"
// Seconds until the planned epochs are done at the present speed; negative when nobody can say.
double remainingSeconds(const TrainerStatus& status);
// Epoch under way (1-based) and the share of it that is done.
std::int64_t epochOf(const TrainerStatus& status);
double epochProgress(const TrainerStatus& status);

}  // namespace gradlens

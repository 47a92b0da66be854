// SPDX-License-Identifier: GPL-3.0-or-later
// The rules, one a file. What they share is in advice_view.h.
#pragma once
#include "core/graph/advice/advice_view.h"

namespace gradlens {

AdviceRule softmaxTwice();
AdviceRule logProbabilities();
AdviceRule activationAfterLogits();
AdviceRule biasBeforeBatchNorm();
AdviceRule dropoutRate();
AdviceRule noNonlinearity();
AdviceRule fieldTooSmall();
AdviceRule fieldTooLarge();
AdviceRule constantOutput();
AdviceRule unusedOutput();
AdviceRule labelsLeak();
AdviceRule targetOutOfReach();
AdviceRule lossForLabels();
AdviceRule learningRate();
AdviceRule unnormalisedInput();
AdviceRule classImbalance();
AdviceRule batchNormSingle();
AdviceRule saturatingChain();
AdviceRule zeroWeights();
AdviceRule dropoutBeforeBatchNorm();
AdviceRule regularisedScores();
AdviceRule hugeDense();

}  // namespace gradlens

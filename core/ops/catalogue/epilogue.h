// SPDX-License-Identifier: GPL-3.0-or-later
// An op's epilogue as kernels take it: a function over a run of elements, and its context.
#pragma once
#include "core/ops/catalogue/op.h"

namespace gradlens {

// For the `apply` of a kernel's finish; its context is the Epilogue.
template <class T>
void applyEpilogue(const void* epilogue, T* run, std::int64_t count) {
    (*static_cast<const Epilogue*>(epilogue))(run, count);
}

// Finish is GemmFinish<T> or its like: its members apply and context are set where there is an epilogue.
template <class T, class Finish>
void finishWith(const Epilogue& epilogue, Finish& finish) {
    if (!epilogue) return;
    finish.apply = applyEpilogue<T>;
    finish.context = &epilogue;
}

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
// The sources, one function each; dataset_source.cpp lists them.
#pragma once
#include "core/data/dataset_source.h"

namespace gradlens {

DatasetSource fashionMnistSource();
DatasetSource digitsSource();
DatasetSource idxSource();
DatasetSource csvSource();
DatasetSource spiralsSource();
DatasetSource moonsSource();
DatasetSource circlesSource();
DatasetSource xorSource();
DatasetSource blobsSource();
DatasetSource textSource();
DatasetSource arithmeticSource();
DatasetSource cifarSource();
DatasetSource numpySource();
DatasetSource imageFolderSource();
DatasetSource shapesSource();
DatasetSource digitPairsSource();

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
// Shapes, tensors and the buffers under them.
#include "core/tensor/tensor.h"

#include <QtTest>

#include <cstdint>
#include <limits>

using namespace gradlens;

namespace {
std::vector<float> ramp(int count) {
    std::vector<float> values;
    for (int i = 0; i < count; ++i) values.push_back(static_cast<float>(i));
    return values;
}
}  // namespace

class TestTensor : public QObject {
    Q_OBJECT

private slots:
    void aScalarHasOneElement();
    void negativeAxesCountFromTheEnd();
    void anEmptyAxisMakesAnEmptyTensor();
    void overflowingShapesAreFoundOut();
    void negativeSizesAreFoundOut();
    void aShapeReadsWell();
    void slicesAndFrontsCompose();
    void shapesCompareByTheirSizesOnly();
    void memoryIsAligned();
    void copiesShareMemory();
    void clonesDoNot();
    void castConvertsEveryElement();
    void zerosAreZero();
    void aViewReadsAnyType();
    void reshapedViewsShareMemory();
    void anEmptyTensorHasMemoryAndNoBytes();
    void aPoolHandsMemoryBackOut();
    void aPoolDoesNotWasteLargeBuffersOnSmallRequests();
    void aPoolKeepsNoMoreThanItMay();
    void aBufferOutlivesItsPool();
};

void TestTensor::aScalarHasOneElement() {
    QCOMPARE(Shape{}.elements(), 1);
    QCOMPARE(Shape{}.toString(), std::string("scalar"));
}

void TestTensor::negativeAxesCountFromTheEnd() {
    const Shape shape{2, 3, 5};
    QCOMPARE(shape[-1], 5);
    QCOMPARE(shape[-3], 2);
}

void TestTensor::anEmptyAxisMakesAnEmptyTensor() {
    QCOMPARE((Shape{3, 0, 5}).elements(), 0);
    QCOMPARE((Shape{3, 0, 5}).checkedElements(), std::optional<std::int64_t>(0));
}

void TestTensor::overflowingShapesAreFoundOut() {
    const std::int64_t large = std::int64_t{1} << 40;
    QVERIFY(!(Shape{large, large}).checkedElements());
    QCOMPARE((Shape{large, 1 << 20}).checkedElements(), std::optional<std::int64_t>(std::int64_t{1} << 60));
}

void TestTensor::negativeSizesAreFoundOut() {
    QVERIFY(!(Shape{2, -3}).checkedElements());
}

void TestTensor::aShapeReadsWell() {
    QCOMPARE((Shape{128, 1, 28, 28}).toString(), std::string("128x1x28x28"));
}

void TestTensor::slicesAndFrontsCompose() {
    const Shape shape{7, 2, 3};
    QCOMPARE(shape.slice(1).withFront(7), shape);
    QCOMPARE(shape.slice(1, 2), Shape{2});
    QCOMPARE(shape.slice(3), Shape{});
}

void TestTensor::shapesCompareByTheirSizesOnly() {
    Shape a{2, 3};
    Shape b{2};
    b.append(4);
    QVERIFY(a != b);
    b.set(-1, 3);
    QVERIFY(a == b);
    QVERIFY(a != (Shape{2, 3, 1}));
}

void TestTensor::memoryIsAligned() {
    BufferPool pool;
    for (const std::int64_t size : {1, 3, 100}) {
        QCOMPARE(
            reinterpret_cast<std::uintptr_t>(Tensor(DType::Float32, {size}).view().data()) % BufferPool::kAlignment,
            std::uintptr_t{0});
        QCOMPARE(
            reinterpret_cast<std::uintptr_t>(Tensor(pool, DType::UInt8, {size}).view().data()) % BufferPool::kAlignment,
            std::uintptr_t{0});
    }
}

void TestTensor::copiesShareMemory() {
    const Tensor a = Tensor::of<float>({3}, ramp(3));
    const Tensor b = a;
    b.as<float>()[1] = 9;
    QCOMPARE(a.at(1), 9.0);
}

void TestTensor::clonesDoNot() {
    const Tensor a = Tensor::of<float>({3}, ramp(3));
    const Tensor b = a.clone();
    b.as<float>()[1] = 9;
    QCOMPARE(a.at(1), 1.0);
    QCOMPARE(b.at(2), 2.0);
    QVERIFY(!Tensor().clone());
}

void TestTensor::castConvertsEveryElement() {
    const std::vector<double> values = {1.75, -2, 255};
    const Tensor doubles = Tensor::of<double>({3}, values);
    const Tensor integers = doubles.cast(DType::Int32);
    QCOMPARE(integers.dtype(), DType::Int32);
    QCOMPARE(integers.at(0), 1.0);
    QCOMPARE(integers.at(1), -2.0);
    QCOMPARE(doubles.cast(DType::Float32).at(0), 1.75);
    QCOMPARE(integers.cast(DType::Float64).shape(), Shape{3});
}

void TestTensor::zerosAreZero() {
    const Tensor tensor = Tensor::zeros(DType::Int32, {5, 7});
    QVERIFY(std::ranges::all_of(tensor.as<std::int32_t>(), [](std::int32_t x) { return x == 0; }));
}

void TestTensor::aViewReadsAnyType() {
    const std::vector<std::uint8_t> bytes = {7, 200};
    QCOMPARE(Tensor::of<std::uint8_t>({2}, bytes).at(1), 200.0);
    const std::vector<double> doubles = {0.1};
    QCOMPARE(Tensor::of<double>({1}, doubles).at(0), 0.1);
}

void TestTensor::reshapedViewsShareMemory() {
    const Tensor tensor = Tensor::of<float>({2, 3}, ramp(6));
    const TensorView view = tensor.view().reshaped({6});
    QCOMPARE(view.data(), tensor.view().data());
    QCOMPARE(view.at(5), 5.0);
}

void TestTensor::anEmptyTensorHasMemoryAndNoBytes() {
    const Tensor tensor(DType::Float32, {0, 3});
    QVERIFY(tensor);
    QCOMPARE(tensor.bytes(), std::size_t{0});
    QVERIFY(!Tensor());
}

void TestTensor::aPoolHandsMemoryBackOut() {
    BufferPool pool;
    const std::byte* first = pool.allocate(1000).get();
    QVERIFY(pool.freeBytes() >= 1000);
    const Buffer second = pool.allocate(900);
    QCOMPARE(static_cast<const std::byte*>(second.get()), first);
    QCOMPARE(pool.freeBytes(), std::size_t{0});
}

void TestTensor::aPoolDoesNotWasteLargeBuffersOnSmallRequests() {
    BufferPool pool;
    (void)pool.allocate(1 << 20);
    const std::size_t before = pool.freeBytes();
    const Buffer small = pool.allocate(64);
    QCOMPARE(pool.freeBytes(), before);
}

void TestTensor::aPoolKeepsNoMoreThanItMay() {
    BufferPool pool(4096);
    {
        const Buffer a = pool.allocate(4096), b = pool.allocate(4096);
    }
    QCOMPARE(pool.freeBytes(), std::size_t{4096});
}

void TestTensor::aBufferOutlivesItsPool() {
    Buffer buffer;
    {
        BufferPool pool;
        buffer = pool.allocate(100);
    }
    buffer.get()[99] = std::byte{1};
    QCOMPARE(buffer.get()[99], std::byte{1});
}

QTEST_GUILESS_MAIN(TestTensor)
#include "test_tensor.moc"

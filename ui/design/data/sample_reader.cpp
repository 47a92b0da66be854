// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/data/sample_reader.h"

#include "core/base/error.h"
#include "ui/widgets/axis_ticks.h"
#include "ui/widgets/sample_picture.h"

#include <algorithm>
#include <cmath>
#include <exception>

namespace gradlens {

namespace {
constexpr qint64 kMostBytes = 96 << 20;     // of samples kept
constexpr std::int64_t kRangeSamples = 64;  // looked at for what is black and what is white

qint64 bytesOf(const Sample& sample) {
    return sample.picture.sizeInBytes() + sample.text.size() * 2 +
           static_cast<qint64>(sample.values.size() * sizeof(float)) + 128;
}

// Reads the samples of one look. Used by one thread.
class Reading {
public:
    Reading(const Arena& arena, const SampleLook& look)
        : m_arena(arena), m_look(look), m_kind(kindOf(*look.dataset)), m_plain(*look.dataset) {
        m_plain.scaling = {};
        m_plain.transforms.clear();
        const DatasetPart& part = m_look.part();
        const bool tokens = part.featureType() == DType::Int32;
        m_features = Tensor(tokens ? DType::Int32 : DType::Float32, m_plain.featureShape.withFront(1));
        m_labels =
            Tensor(part.labelType() == DType::Int32 ? DType::Int32 : DType::Float32, m_plain.labelShape.withFront(1));
        if (m_kind == SampleKind::Picture) findRange();
    }

    Sample sample(std::int64_t index) {
        gatherOne(m_look.prepared ? *m_look.dataset : m_plain, index);
        Sample sample;
        describeLabel(sample);
        if (m_kind == SampleKind::Tokens) {
            sample.text = tokenText(m_features.as<const std::int32_t>(), m_plain.classNames);
            return sample;
        }
        const auto values = m_features.as<float>();
        describe(sample, values);
        if (m_kind == SampleKind::Numbers) {
            sample.values.assign(values.begin(), values.end());
            return sample;
        }
        // Scaled numbers are shown in the colours they had: what a transform did is to be seen, not the scaling.
        if (m_look.prepared) unscale(values);
        sample.picture = samplePicture(values, m_plain.featureShape, m_range);
        const int longest = std::max(sample.picture.width(), sample.picture.height());
        if (longest > Sample::kMostPixels)
            sample.picture = sample.picture.scaled(Sample::kMostPixels, Sample::kMostPixels, Qt::KeepAspectRatio,
                                                   Qt::SmoothTransformation);
        return sample;
    }

private:
    void gatherOne(const Dataset& dataset, std::int64_t index) {
        gather(m_arena, dataset, m_look.part(), std::span(&index, 1), m_features.view(), m_labels.view(),
               m_look.augmentation);
    }

    void findRange() {
        const DatasetPart& part = m_look.part();
        const std::int64_t count = std::min(kRangeSamples, part.size());
        for (std::int64_t i = 0; i < count; ++i) {
            gatherOne(m_plain, i * (part.size() / count));
            const PixelRange range = rangeOf(m_features.as<const float>());
            m_range =
                i == 0 ? range : PixelRange{std::min(m_range.black, range.black), std::max(m_range.white, range.white)};
        }
        // Bytes are usually 0 to 255, whatever these samples have of it; but some count to less.
        constexpr float kMostOfAByte = 255, kHalf = 127;
        if (part.featureType() == DType::UInt8)
            m_range = {0, m_range.white > kHalf ? kMostOfAByte : std::max(m_range.white, 1.0f)};
    }

    void unscale(std::span<float> values) const {
        const FeatureScaling& scaling = m_look.dataset->scaling;
        const std::size_t inner = values.size() / scaling.mean.size();
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = values[i] / scaling.scale[i / inner] + scaling.mean[i / inner];
    }

    static void describe(Sample& sample, std::span<const float> values) {
        const PixelRange range = rangeOf(values);
        sample.minimum = range.black;
        sample.maximum = range.white;
        double sum = 0;
        for (const float value : values) sum += static_cast<double>(value);
        sample.mean = static_cast<float>(sum / static_cast<double>(std::max<std::size_t>(values.size(), 1)));
    }

    void describeLabel(Sample& sample) const {
        const auto& names = m_plain.classNames;
        const auto named = [&](std::int64_t number) {
            sample.classNumber = static_cast<int>(number);
            sample.label = number >= 0 && number < std::ssize(names)
                               ? QString::fromStdString(names[static_cast<std::size_t>(number)])
                               : QString::number(number);
        };
        if (m_labels.dtype() == DType::Int32) {
            const auto labels = m_labels.as<const std::int32_t>();
            if (labels.size() == 1)
                named(labels[0]);
            else
                sample.label = tokenText(labels, names);
            return;
        }
        const auto targets = m_labels.as<const float>();
        if (!names.empty() && targets.size() == names.size()) {
            named(std::ranges::max_element(targets) - targets.begin());
            return;
        }
        constexpr std::size_t kMostTargets = 4;
        QStringList texts;
        for (std::size_t i = 0; i < std::min(targets.size(), kMostTargets); ++i)
            texts << QString::fromStdString(valueText(static_cast<double>(targets[i]), AxisUnit::Number));
        if (targets.size() > kMostTargets) texts << QString(QChar(0x2026));
        sample.label = texts.join(", ");
    }

    const Arena& m_arena;
    SampleLook m_look;
    SampleKind m_kind;
    Dataset m_plain;  // without scaling and transforms; shares the memory
    Tensor m_features, m_labels;
    PixelRange m_range;
};
}  // namespace

SampleKind kindOf(const Dataset& dataset) {
    if (dataset.train.featureType() == DType::Int32) return SampleKind::Tokens;
    return isPicture(dataset.featureShape) ? SampleKind::Picture : SampleKind::Numbers;
}

SampleReader::SampleReader(QObject* parent)
    : QObject(parent), m_thread([this](const std::stop_token& stop) { work(stop); }) {}

SampleReader::~SampleReader() = default;

void SampleReader::setLook(SampleLook look) {
    m_look = std::move(look);
    m_samples.clear();
    m_bytes = 0;
    m_lastWanted.clear();
    const std::lock_guard lock(m_mutex);
    ++m_generation;
    m_lookForThread = m_look;
    m_wanted.clear();
}

bool SampleReader::isIdle() const {
    return std::ranges::all_of(m_lastWanted, [&](std::int64_t sample) { return m_samples.contains(sample); });
}

const Sample* SampleReader::find(std::int64_t sample) const {
    const auto found = m_samples.constFind(sample);
    return found == m_samples.constEnd() ? nullptr : &*found;
}

void SampleReader::want(const std::vector<std::int64_t>& samples) {
    m_lastWanted = samples;
    trim();
    std::vector<std::int64_t> missing;
    for (const std::int64_t sample : samples)
        if (!m_samples.contains(sample)) missing.push_back(sample);
    std::ranges::reverse(missing);
    {
        const std::lock_guard lock(m_mutex);
        m_wanted = std::move(missing);
    }
    m_wake.notify_one();
}

void SampleReader::trim() {
    if (m_bytes <= kMostBytes) return;
    QHash<qint64, Sample> kept;
    m_bytes = 0;
    for (const std::int64_t sample : m_lastWanted) {
        const auto found = m_samples.constFind(sample);
        if (found == m_samples.constEnd()) continue;
        m_bytes += bytesOf(*found);
        kept.insert(sample, *found);
    }
    m_samples = std::move(kept);
}

void SampleReader::take() {
    std::vector<Result> results;
    quint64 generation = 0;
    {
        const std::lock_guard lock(m_mutex);
        results.swap(m_results);
        generation = m_generation;
        m_told = false;
    }
    bool any = false;
    for (Result& result : results) {
        if (result.generation != generation) continue;
        if (!result.message.isEmpty()) {
            emit failed(result.message, result.hint);
            return;
        }
        if (m_samples.contains(result.index)) continue;
        m_bytes += bytesOf(result.sample);
        m_samples.insert(result.index, std::move(result.sample));
        any = true;
    }
    if (any) emit arrived();
}

// --- The thread

void SampleReader::put(Result result) {
    const std::lock_guard lock(m_mutex);
    if (result.generation != m_generation) return;
    if (!result.message.isEmpty()) m_wanted.clear();
    m_results.push_back(std::move(result));
    if (m_told) return;
    m_told = true;
    QMetaObject::invokeMethod(this, &SampleReader::take, Qt::QueuedConnection);
}

void SampleReader::work(const std::stop_token& stop) {
    std::unique_ptr<Arena> arena;  // made on this thread, when first needed
    std::unique_ptr<Reading> reading;
    quint64 current = 0;
    while (true) {
        std::int64_t index = 0;
        SampleLook look;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, stop, [&] { return !m_wanted.empty(); });
            if (stop.stop_requested()) return;
            index = m_wanted.back();
            m_wanted.pop_back();
            if (current != m_generation) {
                reading.reset();
                current = m_generation;
            }
            look = m_lookForThread;
        }
        Result result{current, index, {}, {}, {}};
        try {
            if (arena == nullptr) arena = std::make_unique<Arena>(1);
            if (reading == nullptr) reading = std::make_unique<Reading>(*arena, look);
            result.sample = reading->sample(index);
        } catch (const Error& error) {
            result.message = QString::fromStdString(error.where().empty() ? error.problem()
                                                                          : error.where() + ": " + error.problem());
            result.hint = QString::fromStdString(error.hint());
        } catch (const std::exception& error) {
            result.message = QString::fromUtf8(error.what());
        }
        put(std::move(result));
    }
}

}  // namespace gradlens

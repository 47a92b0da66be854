// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/data/figures_counter.h"

#include <algorithm>
#include <exception>
#include <functional>

namespace gradlens {

FiguresCounter::~FiguresCounter() {
    for (Count& count : m_counts) count.thread.request_stop();
    m_counts.clear();  // joins
}

void FiguresCounter::count(std::shared_ptr<const Dataset> dataset) {
    for (Count& count : m_counts) count.thread.request_stop();
    m_figures.reset();
    m_fault.clear();
    const quint64 id = ++m_last;
    if (dataset == nullptr) return;
    m_counts.push_back({id, std::jthread([this, id, dataset = std::move(dataset)](const std::stop_token& stop) {
                            std::shared_ptr<const DatasetFigures> figures;
                            QString fault;
                            const std::function<bool(double)> goOn = [&](double) { return !stop.stop_requested(); };
                            try {
                                figures = std::make_shared<const DatasetFigures>(figuresOf(*dataset, {&goOn}));
                            } catch (const std::exception& error) {
                                fault = QString::fromUtf8(error.what());
                            }
                            QMetaObject::invokeMethod(
                                this, [this, id, figures, fault] { deliver(id, figures, fault); },
                                Qt::QueuedConnection);
                        })});
}

void FiguresCounter::deliver(quint64 id, std::shared_ptr<const DatasetFigures> figures, const QString& fault) {
    std::erase_if(m_counts, [id](const Count& count) { return count.id == id; });  // has nothing left to do
    if (id != m_last) return;
    m_figures = std::move(figures);
    m_fault = fault;
    emit counted();
}

}  // namespace gradlens

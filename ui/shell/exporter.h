// SPDX-License-Identifier: GPL-3.0-or-later
// File > Export: the project as source of other frameworks, the drawing as a figure; to a file, whole or not at all, or
// to the clipboard. Texts and pictures are made on a thread of their own. GUI thread.
#pragma once
#include "core/export/source_export.h"
#include "ui/shell/app_settings.h"
#include "ui/shell/figure_dialog.h"
#include "ui/widgets/banner.h"

#include <QObject>
#include <QPointer>

#include <functional>
#include <thread>

class QWidget;

namespace gradlens {

class DesignDocument;

class Exporter : public QObject {
    Q_OBJECT
public:
    Exporter(DesignDocument& document, AppSettings& settings, QWidget* window);
    ~Exporter() override;

    void saveSource(SourceFramework framework);  // asks for the file
    void copySource(SourceFramework framework);
    void showFigureForm();
    // Without asking: what the two above do once the file is chosen.
    void writeSource(SourceFramework framework, const QString& path);
    void writeFigure(const FigureWish& wish, const QString& path);
    void copyFigure(const FigureWish& wish);

signals:
    void message(const gradlens::BannerMessage& message);
    void said(const QString& text);  // done, in a few words

private:
    using Finish = std::function<void()>;  // on the GUI thread
    // Runs `work` on the thread; what it gives is run here, an Error becomes a message.
    void run(const std::function<Finish()>& work);
    QString proposedFile(const QString& suffix) const;

    DesignDocument& m_document;
    AppSettings& m_settings;
    QWidget* m_window;
    FigureWish m_wish;  // as it was last time
    QPointer<FigureDialog> m_form;
    std::jthread m_worker;  // goes first
};

}  // namespace gradlens

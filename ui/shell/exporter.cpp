// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/exporter.h"

#include "core/base/error.h"
#include "core/io/atomic_file.h"
#include "ui/models/design_document.h"
#include "ui/shell/figure_render.h"
#include "ui/shell/paths.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QMimeData>
#include <QRegularExpression>

namespace gradlens {

namespace {
const QString kExportMessage = QStringLiteral("export");

QString nameOf(SourceFramework framework) {
    return QString::fromStdString(std::string(frameworkName(framework)));
}

QString suffixOf(FigureWish::Format format) {
    using Format = FigureWish::Format;
    return format == Format::Svg   ? QStringLiteral("svg")
           : format == Format::Png ? QStringLiteral("png")
                                   : QStringLiteral("pdf");
}

QString filterOf(const QString& suffix) {
    return suffix == "py"    ? Exporter::tr("Python source (*.py)")
           : suffix == "svg" ? Exporter::tr("Vector graphics (*.svg)")
           : suffix == "png" ? Exporter::tr("Pictures (*.png)")
                             : Exporter::tr("PDF documents (*.pdf)");
}
}  // namespace

Exporter::Exporter(DesignDocument& document, AppSettings& settings, QWidget* window)
    : QObject(window), m_document(document), m_settings(settings), m_window(window) {}

Exporter::~Exporter() = default;

void Exporter::run(const std::function<Finish()>& work) {
    // One after the other: what is said comes in the order it was asked for.
    if (m_worker.joinable()) m_worker.join();
    m_worker = std::jthread([this, work] {
        Finish finish;
        try {
            finish = work();
        } catch (const Error& error) {
            finish = [this, banner = bannerFor(error, kExportMessage)] { emit message(banner); };
        }
        QMetaObject::invokeMethod(this, finish, Qt::QueuedConnection);
    });
}

QString Exporter::proposedFile(const QString& suffix) const {
    static const QRegularExpression unfit(QStringLiteral("[^A-Za-z0-9._-]+"));
    const QString path = m_document.path();
    const QString folder = path.isEmpty() ? m_settings.lastFolder() : QFileInfo(path).absolutePath();
    const QString name =
        path.isEmpty() ? m_document.displayName().toLower().replace(unfit, "-") : QFileInfo(path).completeBaseName();
    return folder + '/' + name + '.' + suffix;
}

void Exporter::saveSource(SourceFramework framework) {
    QString path = QFileDialog::getSaveFileName(m_window, tr("Export %1 source").arg(nameOf(framework)),
                                                proposedFile("py"), filterOf("py"));
    if (path.isEmpty()) return;
    if (QFileInfo(path).suffix().isEmpty()) path += ".py";
    writeSource(framework, path);
}

void Exporter::writeSource(SourceFramework framework, const QString& path) {
    run([this, framework, path, project = m_document.project(), catalogue = m_document.catalogue()]() -> Finish {
        writeFileAtomically(toPath(path), exportSource(project, framework, catalogue));
        return [this, path] { emit said(tr("Exported %1").arg(QFileInfo(path).fileName())); };
    });
}

void Exporter::copySource(SourceFramework framework) {
    run([this, framework, project = m_document.project(), catalogue = m_document.catalogue()]() -> Finish {
        const QString text = QString::fromStdString(exportSource(project, framework, catalogue));
        return [this, framework, text] {
            QApplication::clipboard()->setText(text);
            emit said(tr("%1 source copied").arg(nameOf(framework)));
        };
    });
}

void Exporter::showFigureForm() {
    if (m_form) {
        m_form->raise();
        m_form->activateWindow();
        return;
    }
    m_form = new FigureDialog(m_document.project(), m_document.catalogue(), m_wish, m_window);
    m_form->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_form, &FigureDialog::copyRequested, this, [this] { copyFigure(m_form->wish()); });
    connect(m_form, &QDialog::finished, this, [this](int result) {
        m_wish = m_form->wish();
        if (result != QDialog::Accepted) return;
        const QString suffix = suffixOf(m_wish.format);
        QString path =
            QFileDialog::getSaveFileName(m_window, tr("Export figure"), proposedFile(suffix), filterOf(suffix));
        if (path.isEmpty()) return;
        if (QFileInfo(path).suffix().isEmpty()) path += '.' + suffix;
        writeFigure(m_wish, path);
    });
    m_form->open();
}

void Exporter::writeFigure(const FigureWish& wish, const QString& path) {
    run([this, wish, path, project = m_document.project(), catalogue = m_document.catalogue(),
         title = m_document.displayName(), family = Theme::instance().body().family()]() -> Finish {
        const Figure figure = figureOf(project, catalogue, wish);
        if (wish.format == FigureWish::Format::Svg) {
            writeFileAtomically(toPath(path), figure.svg);
        } else {
            const QByteArray bytes = wish.format == FigureWish::Format::Png ? pngOf(figure, wish.scale, family)
                                                                            : pdfOf(figure, title, family);
            if (bytes.isEmpty())
                throw Error("the figure is too large for a picture", path.toStdString(),
                            "Choose a smaller scale, or SVG");
            writeFileAtomically(toPath(path),
                                std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
        }
        return [this, path] { emit said(tr("Exported %1").arg(QFileInfo(path).fileName())); };
    });
}

void Exporter::copyFigure(const FigureWish& wish) {
    run([this, wish, project = m_document.project(), catalogue = m_document.catalogue(),
         family = Theme::instance().body().family()]() -> Finish {
        const Figure figure = figureOf(project, catalogue, wish);
        const QImage image = renderedImage(figure, wish.scale, family);
        const QByteArray svg = QByteArray::fromStdString(figure.svg);
        return [this, image, svg] {
            auto* data = new QMimeData;
            data->setData(QStringLiteral("image/svg+xml"), svg);
            if (!image.isNull()) data->setImageData(image);
            QApplication::clipboard()->setMimeData(data);
            emit said(tr("Figure copied"));
        };
    });
}

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
// A choice among things that have attributes of their own (data sources, optimizers, schedules): a box, what the choice
// is for, and a form of its attributes. Shows what it is told and tells what the user did; only attributes that differ
// from the defaults are told. GUI thread.
#pragma once
#include "core/ops/catalogue/attributes.h"

#include <QWidget>

#include <string>
#include <vector>

class QComboBox;
class QLabel;

namespace gradlens {

class AttributeForm;

class ChoiceForm : public QWidget {
    Q_OBJECT
public:
    struct Option {
        std::string name;   // as in files
        std::string label;  // as in the box
        std::string summary;
        std::vector<AttributeSpec> attributes;
    };
    // objectName is for tests and style sheets; caption stands above the box; `unknown` is said of a name that is no
    // option, %1.
    ChoiceForm(const QString& objectName, const QString& caption, const QString& unknown, std::vector<Option> options,
               QWidget* parent = nullptr);

    // Shows a choice and its attributes. browseFolder: where path fields start looking.
    void setChoice(const std::string& name, const Attributes& attributes, const QString& browseFolder = {});
    // The fields are made anew with the next setChoice().
    void forget() { m_shown.clear(); }

    QComboBox* field() const { return m_box; }
    AttributeForm* form() const { return m_form; }

signals:
    void chosen(const std::string& name);
    void edited(const gradlens::Attributes& attributes);
    void editingFinished();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void change(const std::string& name, const AttributeValue* value);

    QString m_unknown;
    std::vector<Option> m_options;
    QComboBox* m_box;
    QLabel* m_summary;
    AttributeForm* m_form;
    std::string m_shown;
    Attributes m_attributes;
};

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
// The project being edited: the value, its file, its undo history and what analysis says of it. Every edit is one
// undoable step; views hear of it through the signals and ask back. Commands hold ids and values. GUI thread only.
// What is looked at and edited is one drawing at a time: the project's own or, while a block is open, the block's
// (graph(), analysis(), selection() are of that one). What trains is always rootGraph().
#pragma once
#include "core/graph/analysis.h"
#include "core/io/project.h"
#include "ui/models/arrangement.h"
#include "ui/models/background_analysis.h"
#include "ui/models/design_step.h"
#include "ui/models/graph_delta.h"
#include "ui/models/selection_model.h"

#include <QByteArray>
#include <QObject>
#include <QRectF>
#include <QString>
#include <QTimer>
#include <QUndoStack>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

class QAction;

namespace gradlens {

class UserBlocks;

// What a new node is wired to at once: `from` (an output) feeds it, it feeds `to` (an input).
struct Attachment {
    std::optional<PortRef> from, to;
};

using NotePosition = std::pair<NoteId, Point>;

enum class Alignment { Left, Centre, Right, Top, Middle, Bottom };

class DesignDocument : public QObject {
    Q_OBJECT
public:
    static constexpr const char* kMimeType = "application/x-gradlens-nodes";

    // The catalogue, of what comes with the program, must outlive the document.
    explicit DesignDocument(const OpCatalogue& catalogue, QObject* parent = nullptr);
    ~DesignDocument() override;

    // --- What it is
    const Project& project() const { return m_project; }
    const ModelGraph& graph() const;  // in scope
    const ModelGraph& rootGraph() const { return m_project.graph; }
    // With the project's own blocks; follows them. The object stays, what it holds changes with catalogueChanged(), so
    // that other threads need a copy.
    const OpCatalogue& catalogue() const { return m_catalogue; }
    const OpCatalogue& baseCatalogue() const { return m_base; }  // what projects are read with
    // What one can draw with: the catalogue and the user's library. A block of the library that is drawn becomes one of
    // the project's, with those it needs. Own blocks stand in categories of their own.
    const OpCatalogue& offered() const { return m_offered; }
    void setUserBlocks(UserBlocks* library);  // must outlive the document; null: none
    UserBlocks* userBlocks() const { return m_library; }
    SelectionModel& selection() { return m_selection; }
    // Up to date when asked, for a batch of training().batchSize; analysisChanged() follows an edit once control
    // returns.
    // Of an open block: as the use through which it was opened sees it.
    const GraphAnalysis& analysis() const;
    const GraphAnalysis& rootAnalysis() const;
    // The same without waiting: a large drawing is analysed on a thread of its own, and until analysisChanged() this
    // tells what was known before (nothing at first).
    const GraphAnalysis& knownAnalysis() const;
    // knownAnalysis().problems, then what the last attempt to run said (forgotten at the next edit).
    std::vector<Problem> problems() const;
    void setRunProblems(std::vector<Problem> problems);

    // --- Where one is
    const DrawingScope& scope() const { return m_scope; }
    bool isInside() const { return !m_scope.empty(); }
    const Block* openBlock() const;  // null in the project's own drawing
    // A block that comes with the program is open, or stands in one that is: it may be looked at only.
    bool isReadOnly() const { return isInside() && !m_own; }
    bool isBlock(NodeId node) const;  // of the drawing in scope
    bool open(NodeId node);           // false when it is no block
    void goOut();                     // selects the node one came through
    void goTo(const DrawingScope& scope);
    // Of a node in scope: the node of the project's own drawing that it is part of.
    NodeId rootNodeOf(NodeId node) const;
    // How many nodes, in the project's drawing and its blocks, are of this block.
    int useCount(const std::string& block) const;
    // The names on the way to the drawing in scope, as flatten() joins them: "residual1/", "stage1/1/conv/".
    std::string namePrefix() const;
    // The parameters of the open block with their values in the use it was opened through.
    Attributes openParameters() const;

    // --- File
    QString path() const { return m_path; }  // absolute; empty: never saved
    QString displayName() const;             // the project's name, else the file's, else "Untitled"
    bool isModified() const { return !m_undo.isClean(); }
    void newProject();
    // Replace the document; the undo history starts anew. Throw Error, leaving the document as it was.
    void load(const QString& path);
    void adopt(Project project, const QString& path = {});  // as if loaded
    void save();                                            // needs a path()
    void saveAs(const QString& path);

    // --- History. The two actions carry the standard keys and the name of the step; add them to menus and bars.
    QUndoStack& undoStack() { return m_undo; }
    QAction* undoAction() const { return m_undoAction; }
    QAction* redoAction() const { return m_redoAction; }
    // The next edit will not merge into the last one (a field lost focus, a key was released).
    void endMerge() { ++m_mergeGeneration; }

    // --- Edits of the drawing. Each is one step; no change makes no step.
    // The new node, selected; at `position` or, where a card lies there, in the nearest place that is free. op must be
    // in the catalogue.
    NodeId addNode(const QString& op, Point position, const Attachment& attachment = {});
    // In the middle of an edge; what is in the way is pushed along the flow.
    NodeId insertOnEdge(const QString& op, Edge edge);
    // Behind the current node and connected to it, else behind everything.
    NodeId appendNode(const QString& op);
    // False, and why, when it may not be drawn (ConnectionVerdict::Refused).
    bool addEdge(PortRef from, PortRef to, QString* reason = nullptr);
    // Drops the edge from input `old` (if any) and draws from -> to, in one step.
    bool rerouteEdge(PortRef old, PortRef from, PortRef to, QString* reason = nullptr);
    void removeEdge(PortRef input);
    void removeSelection();
    // False, and why, when the value does not fit its specification. Merges with the edit before of the same attribute.
    bool setAttribute(NodeId node, std::string_view name, const AttributeValue& value, QString* reason = nullptr);
    bool resetAttribute(NodeId node, std::string_view name);
    bool rename(NodeId node, const QString& name, QString* reason = nullptr);
    void moveNodes(const std::vector<NodePosition>& positions, const QString& stepName = {});
    void nudgeSelection(double dx, double dy);  // merges
    // Cards, frames and comments go where a layout wants them, and the drawing is looked at as it was made for.
    void arrange(const Arrangement& arrangement, const QString& stepName);
    void setStyle(const DrawingStyle& style);
    // Positions for a drawing that came without: no step, the document stays unmodified. Of the project's own drawing
    // only before the first edit.
    void placeNodes(const std::vector<NodePosition>& positions);
    void selectAll();

    // --- Edits of what is selected, by place. Without enough layers selected they do nothing.
    void alignSelection(Alignment alignment);
    void distributeSelection(Qt::Orientation along);
    // Each connected to the one before it, in reading order. False when nothing could be connected; `reason` also tells
    // of pairs that were left out.
    bool chainSelection(QString* reason = nullptr);

    // --- Taking layers out of what they are in. What read them then reads what came into their first connected input.
    void removeSelectionAndHeal();
    // The selected layers stand aside, unconnected to the rest; edges among them stay.
    void pullOutSelection();
    // The same for `positions`' nodes, which move there; into `edge`, when there is one: only for a single node.
    void pullOut(const std::vector<NodePosition>& positions, std::optional<Edge> edge = {});
    // Whether the node can be put into an edge: something goes in and something comes out.
    bool fitsOnEdge(NodeId node) const;
    // A node that is in the drawing, into the edge; nothing happens when it does not fit or closes a cycle.
    bool insertOnEdge(NodeId node, Edge edge, QString* reason = nullptr);
    // Bypasses what is selected, or, when all of it is, puts it back to work. False, and why, when one cannot be.
    bool toggleBypass(QString* reason = nullptr);

    // --- Comments and frames. The new one is selected.
    NoteId addNote(const Note& note);
    NoteId frameSelection();                                          // None when no layer is selected
    static constexpr int kLongestNote = 2000;                         // characters; what is longer is cut
    void writeNote(NoteId note, const QString& text, double height);  // height: what the note has, or grows to
    void setNoteRect(NoteId note, const QRectF& rect);
    void colorSelectedNotes(int color);
    // What is selected, and what moves along with it: the content of selected frames.
    struct SelectedItems {
        std::vector<NodeId> nodes;
        std::vector<NoteId> notes;
    };
    SelectedItems selectedItems() const;
    // Layers and notes in one step.
    void moveItems(const std::vector<NodePosition>& nodes, const std::vector<NotePosition>& notes);

    // --- Clipboard: JSON of the selected nodes, the edges among them and the selected notes.
    QByteArray copied() const;  // empty when neither node nor note is selected
    void copy() const;          // to the system's clipboard
    void cut();
    // What the clipboard holds, or `json`, with its top left corner at `position` (else beside the originals), or as
    // near to it as all of it lies free; the new nodes are selected. Throws Error for text that is no drawing. False
    // when there is nothing to paste.
    bool paste(std::optional<Point> position = {});
    bool pasteJson(const QByteArray& json, std::optional<Point> position = {}, const QString& stepName = {});
    static bool canPaste();
    void duplicate();

    // --- Edits of the rest of the project. Consecutive edits of the same field merge.
    void setName(const QString& name);
    void setDescription(const QString& description);
    // A step that is named merges only with one of the same merge key; without a name it is "Change the data" or
    // "Change the training".
    void setData(const DatasetSpec& data, const QString& stepName = {}, const QString& mergeKey = {});
    void setTraining(const TrainingSpec& training, const QString& stepName = {}, const QString& mergeKey = {});

    // --- Edits of blocks
    // False, and why, when the selected layers cannot become a block of this name, which is then the project's.
    bool makeBlock(const QString& name, QString* reason = nullptr);
    bool dissolveBlock(NodeId node, QString* reason = nullptr);
    QString faultOfBlockName(const QString& name) const;  // why not; empty: it may be
    QString freeBlockName(const QString& wanted) const;
    // The open block, which comes with the program, as one of the project's own under a name of its own; the node it
    // was opened through, or all in that drawing, become uses of it, and it is open then.
    void copyOpenBlock(bool forAllUses);
    bool renameBlock(const std::string& block, const QString& name, QString* reason = nullptr);
    bool removeBlock(const std::string& block, QString* reason = nullptr);  // one of the project's that nothing uses
    void addBlockPort(bool input);                                          // to the open block, selected

    // --- Parameters of the open block. False, and why, when it may not be; refused for blocks that are read-only.
    // The attribute of the node becomes the parameter `name`, made from the attribute when there is none.
    bool exposeAttribute(NodeId node, std::string_view attribute, const QString& name, QString* reason = nullptr);
    // text begins with '$'.
    bool setExpression(NodeId node, std::string_view attribute, const QString& text, QString* reason = nullptr);
    // The value that the expression has in the use the block was opened through.
    bool makePlain(NodeId node, std::string_view attribute);
    // Label, help, default and range; its type stays. Merges with the edit before of the same parameter.
    bool setParameter(const AttributeSpec& parameter, QString* reason = nullptr);
    bool renameParameter(const std::string& parameter, const QString& name, QString* reason = nullptr);
    // Expressions that mention it get its default instead.
    void removeParameter(const std::string& parameter);
    void setBlockTexts(const QString& summary, const QString& description);
    QString faultOfParameterName(const QString& name) const;  // of a new one; empty: it may be

signals:
    // Fine-grained, after the drawing has changed as a whole; then graphChanged(), once a step.
    void nodeAdded(gradlens::NodeId node);
    void nodeRemoved(gradlens::NodeId node);
    void nodeChanged(gradlens::NodeId node);  // name or attributes
    void edgeAdded(gradlens::Edge edge);
    void edgeRemoved(gradlens::Edge edge);
    void nodesMoved(const std::vector<gradlens::NodeId>& nodes);
    void noteAdded(gradlens::NoteId note);
    void noteRemoved(gradlens::NoteId note);
    void noteChanged(gradlens::NoteId note);
    void styleChanged();
    void graphChanged();
    void reset();         // another project: forget everything
    void scopeChanged();  // graph() is another drawing: look at it anew
    void catalogueChanged();
    void refused(const QString& reason);  // an edit that may not be was not done
    void projectChanged();                // any edit at all, and reset
    void analysisChanged();               // analysis() or problems()
    void modifiedChanged(bool modified);
    void pathChanged();

private:
    friend class GraphCommand;
    friend class SettingsCommand;
    struct Settings {
        std::string name, description;
        DatasetSpec data;
        TrainingSpec training;
        friend bool operator==(const Settings&, const Settings&) = default;
    };

    // Runs `change` on a copy and pushes what it did as one step. Steps with the same non-empty mergeKey in a row
    // merge.
    void edit(const QString& stepName, const std::function<void(ModelGraph&)>& change, const QString& mergeKey = {});
    void editSettings(const QString& stepName, Settings settings, const QString& mergeKey);
    Settings settings() const;
    // What an edit of several drawings changes: copies. `open` is the drawing in scope; where that is the project's or
    // a block's, those are not looked at.
    struct Drawings {
        ModelGraph open, root;
        std::vector<Block> blocks;
        // Every drawing there is, the one in scope once.
        void forEach(const DesignDocument& document, const std::function<void(ModelGraph&)>& change);
    };
    void editDrawings(const QString& stepName, const std::function<void(Drawings&)>& change,
                      const QString& mergeKey = {});
    void editOpenBlock(const QString& stepName, const std::function<void(Block&)>& change,
                       const QString& mergeKey = {});
    void bringBlocks(DesignStep& step) const;
    bool mayPush(const DesignStep& step, const ModelGraph& changed);
    void push(const QString& stepName, DesignStep step, const QString& mergeKey = {});
    void followPorts(DesignStep& step, const ModelGraph& changed) const;
    void apply(const DesignStep& step);
    void takeBack(const DesignStep& step);
    void announce(const GraphDelta& delta, bool meaningChanged);
    ModelGraph& openGraph();
    ModelGraph* drawingOf(const std::string& block);
    void resolveScope();
    void refreshCatalogue();
    void refreshOffered();
    void applySettings(const Settings& settings);
    void announceNotes(const GraphDelta& delta);
    void markStale();
    bool isLarge() const;
    void wire(ModelGraph& graph, NodeId node, const Attachment& attachment) const;
    void compactInputs(ModelGraph& graph, NodeId node) const;
    void detach(ModelGraph& graph, const std::vector<NodeId>& nodes) const;
    static Point makeRoomOn(ModelGraph& graph, const Edge& edge, NodeId inserted);
    bool chainPair(ModelGraph& graph, NodeId before, NodeId after, QString* reason) const;
    QString mergeKeyed(const QString& key) const;
    void setPath(const QString& path);

    const OpCatalogue& m_base;
    OpCatalogue m_catalogue, m_offered;
    UserBlocks* m_library = nullptr;
    Project m_project;
    DrawingScope m_scope;
    std::optional<std::size_t> m_own;  // the open block's place among the project's
    std::unique_ptr<Block> m_builtIn;  // a copy of the open block when it is not one of them
    QString m_path;
    QUndoStack m_undo;
    QAction* m_undoAction = nullptr;
    QAction* m_redoAction = nullptr;
    SelectionModel m_selection;
    quint64 m_mergeGeneration = 0;
    mutable int m_pasteCount = 0;  // repeated pastes step aside
    mutable GraphAnalysis m_analysis, m_rootAnalysis;
    mutable bool m_stale = true, m_rootStale = true;
    std::vector<Problem> m_runProblems;
    QTimer m_analysisTimer;
    BackgroundAnalysis m_background;
};

}  // namespace gradlens

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/io/atomic_file.h"
#include "tests/core/support_errors.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>
#include <functional>
#include <iterator>
#include <sched.h>
#include <unistd.h>

using namespace gradlens;
namespace fs = std::filesystem;

namespace {
// The Error that body throws, or one whose problem says that there was none.
std::string contentsOf(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::ptrdiff_t entriesIn(const fs::path& folder) {
    return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

// Root may do everything; permissions are tested as nobody.
class WithoutPrivileges {
public:
    WithoutPrivileges() : m_was(::geteuid()) { m_dropped = m_was == 0 ? ::seteuid(65534) == 0 : true; }
    ~WithoutPrivileges() {
        if (m_dropped && m_was == 0 && ::seteuid(0) != 0) std::abort();
    }
    bool dropped() const { return m_dropped; }

private:
    uid_t m_was;
    bool m_dropped = false;
};

// Files of this process may not grow past the limit while this lives: write() fails with EFBIG.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes) {
        ::getrlimit(RLIMIT_FSIZE, &m_was);
        m_handler = std::signal(SIGXFSZ, SIG_IGN);
        rlimit limit = m_was;
        limit.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &m_was);
        std::signal(SIGXFSZ, m_handler);
    }

private:
    rlimit m_was{};
    void (*m_handler)(int) = SIG_DFL;
};
}  // namespace

class TestAtomicFile : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    fs::path m_path;

private slots:
    void init() {
        QVERIFY(m_folder.isValid());
        m_path = fs::path(m_folder.path().toStdString()) / QTest::currentTestFunction();
        fs::create_directory(m_path);
    }

    void aNewFileHoldsWhatWasWritten() {
        AtomicFile file(m_path / "a.txt");
        file.write("one ");
        file.write(std::string(100'000, 'x'));
        file.commit();
        QCOMPARE(contentsOf(m_path / "a.txt"), "one " + std::string(100'000, 'x'));
        QCOMPARE(file.size(), std::uint64_t{100'004});
        QCOMPARE(entriesIn(m_path), 1);
    }

    void nothingIsVisibleBeforeCommit() {
        AtomicFile file(m_path / "a.txt");
        file.write("new");
        QVERIFY(!fs::exists(m_path / "a.txt"));
    }

    void anAbandonedFileLeavesTheOldOneAndNoTemporary() {
        writeFileAtomically(m_path / "a.txt", "old");
        {
            AtomicFile file(m_path / "a.txt");
            file.write("new");
        }
        QCOMPARE(contentsOf(m_path / "a.txt"), std::string("old"));
        QCOMPARE(entriesIn(m_path), 1);
    }

    void anExistingFileIsReplacedAndKeepsItsPermissions() {
        writeFileAtomically(m_path / "a.txt", "a longer old text");
        fs::permissions(m_path / "a.txt", fs::perms(0640));
        writeFileAtomically(m_path / "a.txt", "new");
        QCOMPARE(contentsOf(m_path / "a.txt"), std::string("new"));
        QVERIFY(fs::status(m_path / "a.txt").permissions() == fs::perms(0640));
    }

    void aNewFileFollowsTheUmask() {
        const mode_t was = ::umask(027);
        writeFileAtomically(m_path / "a.txt", "new");
        ::umask(was);
        QVERIFY(fs::status(m_path / "a.txt").permissions() == fs::perms(0640));
    }

    void aLinkIsKeptAndItsFileReplaced() {
        fs::create_directory(m_path / "real");
        writeFileAtomically(m_path / "real" / "a.txt", "old");
        fs::create_symlink("real/a.txt", m_path / "link.txt");
        writeFileAtomically(m_path / "link.txt", "new");
        QVERIFY(fs::is_symlink(m_path / "link.txt"));
        QCOMPARE(contentsOf(m_path / "real" / "a.txt"), std::string("new"));
    }

    void linksInACircleAreAnError() {
        fs::create_symlink("b", m_path / "a");
        fs::create_symlink("a", m_path / "b");
        const Error error = errorOf([&] { writeFileAtomically(m_path / "a", "x"); });
        QVERIFY2(says(error, "circle"), error.what());
    }

    void theTemporaryOfAKilledProcessIsTakenOver() {
        const pid_t child = ::fork();
        if (child == 0) {
            AtomicFile file(m_path / "a.txt");
            file.write("half of something much longer than what comes next");
            ::kill(::getpid(), SIGKILL);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        QVERIFY(WIFSIGNALED(status));
        QCOMPARE(entriesIn(m_path), 1);
        writeFileAtomically(m_path / "a.txt", "whole");
        QCOMPARE(contentsOf(m_path / "a.txt"), std::string("whole"));
        QCOMPARE(entriesIn(m_path), 1);
    }

    void aSecondWriterOfTheSameFileIsTurnedAway() {
        AtomicFile first(m_path / "a.txt");
        first.write("first");
        const Error error = errorOf([&] { AtomicFile second(m_path / "a.txt"); });
        QVERIFY2(says(error, "another program"), error.what());
        first.commit();
        QCOMPARE(contentsOf(m_path / "a.txt"), std::string("first"));
    }

    void aFolderThatIsNotThereIsNamed() {
        const Error error = errorOf([&] { writeFileAtomically(m_path / "none" / "a.txt", "x"); });
        QVERIFY2(says(error, "there is no folder") && says(error, "none"), error.what());
        QCOMPARE(error.where(), (m_path / "none" / "a.txt").string());
        QVERIFY(!error.hint().empty());
    }

    void aFileUsedAsAFolderIsAnError() {
        writeFileAtomically(m_path / "a.txt", "x");
        const Error error = errorOf([&] { writeFileAtomically(m_path / "a.txt" / "b.txt", "x"); });
        QVERIFY2(says(error, "cannot be written"), error.what());
    }

    void aFolderCannotBeWrittenAsAFile() {
        const Error error = errorOf([&] { writeFileAtomically(m_path, "x"); });
        QVERIFY2(says(error, "it is a folder"), error.what());
    }

    void aFolderWithoutPermissionIsAnError() {
        fs::permissions(m_path, fs::perms(0555));
        fs::permissions(m_path.parent_path(), fs::perms(0755));
        WithoutPrivileges nobody;
        if (!nobody.dropped()) QSKIP("cannot drop privileges here");
        const Error error = errorOf([&] { writeFileAtomically(m_path / "a.txt", "x"); });
        QVERIFY2(says(error, "permission"), error.what());
    }

    void aWriteProtectedFileIsNotReplaced() {
        writeFileAtomically(m_path / "a.txt", "old");
        fs::permissions(m_path / "a.txt", fs::perms(0444));
        fs::permissions(m_path, fs::perms(0777));
        fs::permissions(m_path.parent_path(), fs::perms(0755));
        WithoutPrivileges nobody;
        if (!nobody.dropped()) QSKIP("cannot drop privileges here");
        const Error error = errorOf([&] { writeFileAtomically(m_path / "a.txt", "new"); });
        QVERIFY2(says(error, "write-protected"), error.what());
        QCOMPARE(contentsOf(m_path / "a.txt"), std::string("old"));
    }

    void aFileTooLargeForTheLimitLeavesTheOldOneAndNoTemporary() {
        writeFileAtomically(m_path / "a.txt", "old");
        Error error("none");
        {
            FileSizeLimit limit(64 * 1024);
            error = errorOf([&] { writeFileAtomically(m_path / "a.txt", std::string(1'000'000, 'x')); });
        }
        QVERIFY2(says(error, "larger than is allowed"), error.what());
        QCOMPARE(contentsOf(m_path / "a.txt"), std::string("old"));
        QCOMPARE(entriesIn(m_path), 1);
    }

    void aFullDiskIsSaidAndLeavesTheOldFile() {
        const fs::path disk = m_path / "disk";
        fs::create_directory(disk);
        if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=128k") != 0) QSKIP("may not mount a small disk here");
        writeFileAtomically(disk / "a.txt", "old");
        const Error error = errorOf([&] { writeFileAtomically(disk / "a.txt", std::string(1'000'000, 'x')); });
        const std::string after = contentsOf(disk / "a.txt");
        const std::ptrdiff_t entries = entriesIn(disk);
        ::umount2(disk.c_str(), MNT_DETACH);
        QVERIFY2(says(error, "the disk is full"), error.what());
        QCOMPARE(after, std::string("old"));
        QCOMPARE(entries, 1);
    }

    void aFileIsReadBackWhole() {
        std::string bytes;
        for (int i = 0; i < 70'000; ++i) bytes += static_cast<char>(i % 251);
        writeFileAtomically(m_path / "a.bin", bytes);
        QCOMPARE(readFile(m_path / "a.bin", bytes.size()), bytes);
    }

    void anEmptyFileIsReadAsNothing() {
        writeFileAtomically(m_path / "a.bin", "");
        QCOMPARE(readFile(m_path / "a.bin", 0), std::string());
    }

    void aFilePastTheLimitIsRefusedWithBothSizes() {
        writeFileAtomically(m_path / "a.bin", std::string(2500, 'x'));
        const Error error = errorOf([&] { readFile(m_path / "a.bin", 1000); });
        QVERIFY2(says(error, "2.5 kB") && says(error, "1.0 kB"), error.what());
    }

    void aMissingFileIsNamedWhenRead() {
        const Error error = errorOf([&] { readFile(m_path / "none.bin", 1000); });
        QVERIFY2(says(error, "none.bin") && says(error, "no such file"), error.what());
    }

    void aFolderCannotBeRead() {
        const Error error = errorOf([&] { readFile(m_path, 1000); });
        QVERIFY2(says(error, "it is a folder"), error.what());
    }

    void aNamedPipeIsRefusedWithoutWaiting() {
        QCOMPARE(::mkfifo((m_path / "pipe").c_str(), 0600), 0);
        const Error error = errorOf([&] { readFile(m_path / "pipe", 1000); });
        QVERIFY2(says(error, "not a regular file"), error.what());
    }

    void byteCountsReadWell() {
        QCOMPARE(byteCount(1), std::string("1 byte"));
        QCOMPARE(byteCount(999), std::string("999 bytes"));
        QCOMPARE(byteCount(3'200'000), std::string("3.2 MB"));
        QCOMPARE(byteCount(999'999), std::string("1.0 MB"));
        QCOMPARE(byteCount(64'000'000'000), std::string("64 GB"));
    }
};

QTEST_GUILESS_MAIN(TestAtomicFile)
#include "test_atomic_file.moc"

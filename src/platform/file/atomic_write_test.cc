#include "platform/file/atomic_write.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace quanta::platform {
namespace {

namespace fs = std::filesystem;

class AtomicWrite : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "quanta-atomic-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::size_t n_entries() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  fs::path folder_;
};

TEST_F(AtomicWrite, ReplacesTheEarlierFileAndLeavesNothingElse) {
  const fs::path path = folder_ / "a file.html";
  ASSERT_TRUE(write_file_atomically(path, std::string(3'000'000, 'x')).has_value());
  ASSERT_TRUE(write_file_atomically(path, std::string_view("new\0bytes", 9)).has_value());
  EXPECT_EQ(read(path), std::string("new\0bytes", 9));
  EXPECT_EQ(n_entries(), 1U);
}

TEST_F(AtomicWrite, KeepsPermissionsOfTheEarlierFile) {
  const fs::path path = folder_ / "private";
  std::ofstream(path) << "old";
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  ASSERT_TRUE(write_file_atomically(path, "new").has_value());
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(AtomicWrite, WritesThroughALink) {
  std::ofstream(folder_ / "file") << "old";
  fs::create_symlink("file", folder_ / "link");
  ASSERT_TRUE(write_file_atomically(folder_ / "link", "new").has_value());
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(read(folder_ / "file"), "new");
}

TEST_F(AtomicWrite, DoesNotReplaceADevice) {
  ASSERT_TRUE(write_file_atomically("/dev/null", "gone").has_value());
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(AtomicWrite, SaysWhatIsWrong) {
  const auto missing = write_file_atomically(folder_ / "no" / "report.html", "x");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().kind, ErrorKind::kIo);
  EXPECT_NE(missing.error().message.find("there is no folder"), std::string::npos);
  EXPECT_EQ(missing.error().place.file, (folder_ / "no" / "report.html").string());

  const auto is_folder = write_file_atomically(folder_, "x");
  ASSERT_FALSE(is_folder.has_value());
  EXPECT_EQ(is_folder.error().kind, ErrorKind::kIo);
  EXPECT_EQ(n_entries(), 0U);
}

TEST_F(AtomicWrite, SaysWhenTheDiskIsFull) {
  const auto full = write_file_atomically("/dev/full", "x");
  ASSERT_FALSE(full.has_value());
  EXPECT_EQ(full.error().kind, ErrorKind::kIo);
  EXPECT_EQ(full.error().place.file, "/dev/full");
}

TEST_F(AtomicWrite, NamesAFolderWithoutPermission) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write anywhere";
  fs::permissions(folder_, fs::perms::owner_read | fs::perms::owner_exec);
  const auto refused = write_file_atomically(folder_ / "report.html", "x");
  fs::permissions(folder_, fs::perms::owner_all);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("no permission to write in"), std::string::npos);
}

}  // namespace
}  // namespace quanta::platform

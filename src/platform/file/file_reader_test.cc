#include "platform/file/file_reader.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "platform/crypto/sha256.h"

namespace quanta::platform {
namespace {

namespace fs = std::filesystem;

class FileReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "quanta file test XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, std::string_view bytes) {
    const std::string path = (folder_ / name).string();
    std::ofstream(path, std::ios::binary).write(bytes.data(), std::ssize(bytes));
    return path;
  }

  static std::string error_of(const std::string& file) {
    const auto read = read_text_file(file);
    return read ? "no error" : read.error().message;
  }

  fs::path folder_;
};

std::string gzip(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string zstd(std::string_view text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  packed.resize(ZSTD_compress2(context, packed.data(), packed.size(), text.data(), text.size()));
  ZSTD_freeCCtx(context);
  return packed;
}

/// About a megabyte, so that several blocks are needed.
std::string long_text() {
  std::string text = "date,A\n";
  for (int i = 0; text.size() < 1'000'000; ++i) text += std::to_string(i * 7919) + ",line\n";
  return text;
}

TEST_F(FileReaderTest, ReadsPlainGzipAndZstdByContent) {
  const std::string text = long_text();
  struct Case {
    const char* name;
    std::string bytes;
    std::string text;
  };
  const std::string half = text.substr(0, 500'000);
  const std::string rest = text.substr(500'000);
  const Case cases[] = {
      {"plain.csv", text, text},
      {"short.csv", "a", "a"},
      {"packed.gz", gzip(text), text},
      {"packed without the ending.csv", gzip(text), text},
      {"several members.gz", gzip(half) + gzip(rest), text},
      {"empty member between.gz", gzip(half) + gzip("") + gzip(rest), text},
      {"padded with zeros.gz", gzip(text) + std::string(512, '\0'), text},
      {"packed.zst", zstd(text), text},
      {"several frames.zst", zstd(half) + zstd(rest), text},
      {"skippable frame.zst", std::string("\x50\x2a\x4d\x18\x02\x00\x00\x00xy", 10) + zstd(text),
       text},
  };
  for (const Case& c : cases) {
    const auto read = read_text_file(write(c.name, c.bytes));
    ASSERT_TRUE(read) << c.name << ": " << read.error().message;
    EXPECT_TRUE(read->text == c.text) << c.name;
    EXPECT_EQ(read->sha256, sha256_hex(c.bytes)) << c.name;
  }
}

TEST_F(FileReaderTest, NamesEachKindOfFileThatCannotBeRead) {
  const std::string text = long_text();
  std::string damaged = gzip(text);
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x55);
  std::string damaged_zstd = zstd(text);
  for (std::size_t i = 100; i < 200; ++i) damaged_zstd[i] = '\x5a';
  const std::string packed = gzip(text);
  const std::string packed_zstd = zstd(text);
  struct Case {
    const char* name;
    std::string bytes;
    const char* message;
  };
  const Case cases[] = {
      {"empty.csv", "", "the file is empty"},
      {"empty.gz", gzip(""), "the file is empty once unpacked"},
      {"binary", std::string("date,A\n\0", 8), "not a text file: byte 7 is NUL"},
      {"late.bin", text + '\0' + text, "not a text file: byte 10000"},
      {"book.xlsx", "PK\x03\x04 and so on", "a zip archive or Excel workbook"},
      {"book.xls", "\xd0\xcf\x11\xe0", "an old Excel workbook"},
      {"table.parquet", "PAR1....", "a Parquet file"},
      {"utf16.csv",
       std::string("\xff\xfe"
                   "d\0a\0",
                   6),
       "UTF-16; save it as UTF-8"},
      {"a.bz2", "BZh91AY", "bzip2"},
      {"a.xz",
       std::string("\xfd"
                   "7zXZ\0",
                   6),
       "xz data"},
      {"a.pdf", "%PDF-1.4", "a PDF"},
      {"cut.gz", packed.substr(0, packed.size() / 2), "the gzip data ends too early"},
      {"cut trailer.gz", packed.substr(0, packed.size() - 3), "the gzip data ends too early"},
      {"head only.gz", packed.substr(0, 5), "the gzip data ends too early"},
      {"damaged.gz", damaged, "the gzip data is damaged"},
      {"tail.gz", packed + "tail", "the gzip data is damaged (other bytes follow"},
      {"cut.zst", packed_zstd.substr(0, packed_zstd.size() / 2), "the zstd data ends too early"},
      {"damaged.zst", damaged_zstd, "the zstd data is damaged"},
      {"tail.zst", packed_zstd + "tail", "the zstd data is damaged"},
  };
  for (const Case& c : cases) {
    const std::string path = write(c.name, c.bytes);
    const auto read = read_text_file(path);
    ASSERT_FALSE(read) << c.name;
    EXPECT_NE(read.error().message.find(c.message), std::string::npos)
        << c.name << ": " << read.error().message;
    EXPECT_EQ(read.error().kind, ErrorKind::kBadInput) << c.name;
    EXPECT_EQ(read.error().place.file, path);
  }
}

TEST_F(FileReaderTest, NamesWhatIsNoFile) {
  EXPECT_EQ(error_of((folder_ / "missing.csv").string()),
            "no such file; check the name and the folder");
  EXPECT_EQ(error_of((folder_ / "no folder" / "a.csv").string()),
            "no such file; check the name and the folder");
  EXPECT_EQ(error_of(write("a.csv", "a") + "/b.csv"),
            "no such file; check the name and the folder");
  EXPECT_EQ(error_of(folder_.string()), "this is a folder; name a file in it");
}

TEST_F(FileReaderTest, NamesAFileItMayNotRead) {
  const std::string path = write("secret.csv", "a");
  ::chmod(path.c_str(), 0);
  // Root may read everything, so it becomes someone else for a moment.
  constexpr uid_t kNobody = 65534;
  const uid_t before = ::geteuid();
  if (before == 0) {
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  const std::string message = error_of(path);
  ASSERT_EQ(::seteuid(before), 0);
  EXPECT_EQ(message, "no permission to read it; allow it (chmod u+r) or run as its owner");
}

TEST_F(FileReaderTest, HoldsToTheMostBytesAskedFor) {
  const std::string path = write("long.csv", long_text());
  const auto read = read_text_file(path, 500'000);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::kResource);
}

TEST_F(FileReaderTest, KnowsTheSizeOfAPlainFileAndGuessesThatOfACompressedOne) {
  const auto plain = FileReader::open(write("a.csv", "12345"));
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->size_hint(), 5U);
  for (const std::string& packed_text : {gzip(long_text()), zstd(long_text())}) {
    auto packed = FileReader::open(write("a.packed", packed_text));
    ASSERT_TRUE(packed);
    const double first_guess = static_cast<double>(packed->size_hint());
    EXPECT_GT(first_guess, 0.5 * static_cast<double>(long_text().size()));
    EXPECT_LT(first_guess, 2.0 * static_cast<double>(long_text().size()));
    for (;;) {
      const auto block = packed->next();
      ASSERT_TRUE(block);
      if (block->empty()) break;
    }
    EXPECT_EQ(packed->size_hint(), long_text().size());
  }
}

TEST_F(FileReaderTest, ReadsStandardInputAsADash) {
  const std::string path = write("in.csv", "date,A\n");
  const int saved = ::dup(STDIN_FILENO);
  ASSERT_NE(std::freopen(path.c_str(), "r", stdin), nullptr);
  const auto read = read_text_file("-");
  ::dup2(saved, STDIN_FILENO);
  ::close(saved);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->text, "date,A\n");
}

TEST(Sha256, IsThatOfTheStandardsExamples) {
  // FIPS 180-4 example vectors, published by NIST (csrc.nist.gov, "SHA256.pdf"): one block and two.
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  Sha256 hash;
  hash.update("a");
  EXPECT_EQ(hash.hex(), sha256_hex("a"));  // more may follow
  hash.update("bc");
  EXPECT_EQ(hash.hex(), sha256_hex("abc"));
}

}  // namespace
}  // namespace quanta::platform

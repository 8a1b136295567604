/// Files as a stream of blocks: plain, gzip or zstd (told by their first bytes, not by the name),
/// or standard input as "-".
///
///   QUANTA_TRY(FileReader reader, FileReader::open("prices.csv.gz"));
///   for (;;) {
///     QUANTA_TRY(std::string_view block, reader.next());
///     if (block.empty()) break;
///     …                                  // valid until the next call
///   }
///   reader.sha256();                     // of the bytes on disk
///
/// Errors carry the file in their place, and the message says what to do. kBadInput: no such file,
/// a folder, no permission, empty, a binary, compressed data that is damaged or cut short. kIo: the
/// disk failed. Memory: a few blocks (zstd: its window besides, at most 128 MiB).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"

namespace quanta::platform {

class FileReader {
 public:
  /// Reads the first block, so that an empty or binary file fails here.
  static Result<FileReader> open(const std::string& file);

  ~FileReader();
  FileReader(FileReader&&) noexcept;
  FileReader& operator=(FileReader&&) noexcept;

  /// The next bytes of text, decompressed; empty at the end. A NUL byte anywhere is an error.
  Result<std::string_view> next();

  /// Bytes of text in all: exact for a plain file; for a compressed one a guess from what has been
  /// unpacked so far, better with each block. 0 = not known.
  std::uint64_t size_hint() const;

  /// Of the raw bytes read so far; after the end, of the file.
  std::string sha256() const;

 private:
  struct State;
  explicit FileReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

struct FileText {
  std::string text;    ///< decompressed
  std::string sha256;  ///< of the bytes on disk
};

/// The whole of a small file. More than `max_bytes` of text: error kResource.
Result<FileText> read_text_file(const std::string& file, std::size_t max_bytes = 64 << 20);

}  // namespace quanta::platform

#include "platform/file/file_reader.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "platform/crypto/sha256.h"

namespace quanta::platform {
namespace {

/// Small enough to stay in the second-level cache until the parser has seen it.
constexpr std::size_t kBlockBytes = 256 << 10;

class Descriptor {
 public:
  explicit Descriptor(int fd, bool owned) : fd_(fd), owned_(owned) {}
  ~Descriptor() {
    if (owned_) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
  bool owned_;
};

struct FreeZstd {
  void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

enum class Compression { kNone, kGzip, kZstd };

bool begins_with(std::string_view bytes, std::initializer_list<unsigned char> magic) {
  if (bytes.size() < magic.size()) return false;
  std::size_t i = 0;
  for (const unsigned char c : magic) {
    if (static_cast<unsigned char>(bytes[i++]) != c) return false;
  }
  return true;
}

Compression compression_of(std::string_view bytes) {
  if (begins_with(bytes, {0x1f, 0x8b})) return Compression::kGzip;
  if (begins_with(bytes, {0x28, 0xb5, 0x2f, 0xfd})) return Compression::kZstd;
  // A skippable frame (0x184D2A50 … 5F) may stand first.
  if (bytes.size() >= 4 && begins_with(bytes.substr(1), {0x2a, 0x4d, 0x18}) &&
      (static_cast<unsigned char>(bytes[0]) & 0xf0) == 0x50) {
    return Compression::kZstd;
  }
  return Compression::kNone;
}

/// What a file that is no text most likely is, by its first bytes; empty where it may be text.
std::string_view binary_kind(std::string_view bytes) {
  if (begins_with(bytes, {'P', 'K', 3, 4})) {
    return "a zip archive or Excel workbook; export the sheet as CSV";
  }
  if (begins_with(bytes, {0xd0, 0xcf, 0x11, 0xe0})) {
    return "an old Excel workbook; export the sheet as CSV";
  }
  if (begins_with(bytes, {'P', 'A', 'R', '1'})) return "a Parquet file; export it as CSV";
  if (begins_with(bytes, {'B', 'Z', 'h'}))
    return "bzip2 data; unpack it, or pack it as .gz or .zst";
  if (begins_with(bytes, {0xfd, '7', 'z', 'X', 'Z', 0})) {
    return "xz data; unpack it, or pack it as .gz or .zst";
  }
  if (begins_with(bytes, {0xff, 0xfe}) || begins_with(bytes, {0xfe, 0xff})) {
    return "text in UTF-16; save it as UTF-8";
  }
  if (begins_with(bytes, {'%', 'P', 'D', 'F'})) return "a PDF; export the table as CSV";
  return {};
}

}  // namespace

struct FileReader::State {
  State(std::string name, int fd, bool owned) : file(std::move(name)), descriptor(fd, owned) {}
  ~State() {
    if (gzip) inflateEnd(&*gzip);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::unexpected<Error> error(ErrorKind kind, std::string message) const {
    return fail(kind, std::move(message), {}, Place{.file = file});
  }

  /// Fills `raw` from the descriptor, as far as it gives; false at the end.
  Result<bool> read_raw() {
    std::size_t filled = 0;
    while (filled < raw_buffer.size()) {
      const ssize_t n =
          ::read(descriptor.get(), raw_buffer.data() + filled, raw_buffer.size() - filled);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) {
        return error(errno == EISDIR ? ErrorKind::kBadInput : ErrorKind::kIo,
                     fmt::format("reading failed: {}", std::strerror(errno)));
      }
      if (n == 0) break;
      filled += static_cast<std::size_t>(n);
    }
    raw = std::string_view(raw_buffer.data(), filled);
    n_raw_bytes += filled;
    hash.update(raw);
    return filled > 0;
  }

  Result<std::string_view> next_text() {
    switch (compression) {
      case Compression::kNone: {
        if (!raw.empty()) return std::exchange(raw, {});
        QUANTA_TRY(const bool more, read_raw());
        return more ? std::exchange(raw, {}) : std::string_view();
      }
      case Compression::kGzip:
        return next_gzip();
      case Compression::kZstd:
        return next_zstd();
    }
    return std::string_view();
  }

  std::unexpected<Error> damaged(std::string_view what, std::string_view why) const {
    return error(
        ErrorKind::kBadInput,
        fmt::format("the {} data is damaged ({}); fetch or pack the file again", what, why));
  }
  std::unexpected<Error> cut_short(std::string_view what) const {
    return error(
        ErrorKind::kBadInput,
        fmt::format("the {} data ends too early: the file is not complete; fetch or pack it again",
                    what));
  }

  Result<std::string_view> next_gzip() {
    gzip->next_out = reinterpret_cast<Bytef*>(text_buffer.data());
    gzip->avail_out = static_cast<uInt>(text_buffer.size());
    while (gzip->avail_out > 0) {
      if (raw.empty()) {
        QUANTA_TRY(const bool more, read_raw());
        if (!more) {
          if (inside_member) return cut_short("gzip");
          break;
        }
      }
      if (!inside_member) {
        // Between members: another one, or zeros that fill a tape block.
        if (raw[0] == 0 && after_member) {
          raw.remove_prefix(1);
          continue;
        }
        if (static_cast<unsigned char>(raw[0]) != 0x1f) {
          return damaged("gzip", "other bytes follow the compressed ones");
        }
        inflateReset(&*gzip);
        inside_member = true;
      }
      gzip->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(raw.data()));
      gzip->avail_in = static_cast<uInt>(raw.size());
      const int status = inflate(&*gzip, Z_NO_FLUSH);
      raw.remove_prefix(raw.size() - gzip->avail_in);
      if (status == Z_STREAM_END) {
        inside_member = false;
        after_member = true;
      } else if (status == Z_MEM_ERROR) {
        return error(ErrorKind::kResource, "not enough memory to unpack the gzip data");
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        return damaged("gzip", gzip->msg != nullptr ? gzip->msg : "unknown block");
      }
    }
    return std::string_view(text_buffer.data(), text_buffer.size() - gzip->avail_out);
  }

  Result<std::string_view> next_zstd() {
    ZSTD_outBuffer out{text_buffer.data(), text_buffer.size(), 0};
    while (out.pos < out.size) {
      if (raw.empty() && !zstd_pending) {
        QUANTA_TRY(const bool more, read_raw());
        if (!more) {
          if (inside_member) return cut_short("zstd");
          break;
        }
      }
      ZSTD_inBuffer in{raw.data(), raw.size(), 0};
      const std::size_t before = out.pos;
      const std::size_t status = ZSTD_decompressStream(zstd.get(), &out, &in);
      if (ZSTD_isError(status) != 0) return damaged("zstd", ZSTD_getErrorName(status));
      raw.remove_prefix(in.pos);
      inside_member = status != 0;
      // A full output may hide more that is already decoded; an unfinished one does not.
      zstd_pending = inside_member && out.pos == out.size && out.pos > before;
      if (raw.empty() && in.pos == 0 && out.pos == before) zstd_pending = false;
    }
    return std::string_view(text_buffer.data(), out.pos);
  }

  Result<void> check_text(std::string_view block) {
    if (const std::size_t nul = block.find('\0'); nul != std::string_view::npos) {
      return error(
          ErrorKind::kBadInput,
          fmt::format("not a text file: byte {} is NUL; text is expected", n_text_bytes + nul));
    }
    n_text_bytes += block.size();
    return {};
  }

  std::string file;
  Descriptor descriptor;
  std::uint64_t size = 0;  ///< on disk, 0 = not known
  std::uint64_t n_raw_bytes = 0;
  Compression compression = Compression::kNone;
  Sha256 hash;
  std::vector<char> raw_buffer = std::vector<char>(kBlockBytes);
  std::string_view raw;  ///< read and not used yet
  std::vector<char> text_buffer;
  std::optional<z_stream> gzip;
  std::unique_ptr<ZSTD_DStream, FreeZstd> zstd;
  bool inside_member = false;
  bool after_member = false;
  bool zstd_pending = false;
  std::size_t n_text_bytes = 0;
  std::optional<std::string_view> first;  ///< the block that `open` has looked at
};

FileReader::FileReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
FileReader::~FileReader() = default;
FileReader::FileReader(FileReader&&) noexcept = default;
FileReader& FileReader::operator=(FileReader&&) noexcept = default;

Result<FileReader> FileReader::open(const std::string& file) {
  const auto error = [&](ErrorKind kind, std::string message) {
    return fail(kind, std::move(message), {}, Place{.file = file});
  };
  const bool standard_input = file == "-";
  const int fd = standard_input ? STDIN_FILENO : ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    switch (errno) {
      case ENOENT:
      case ENOTDIR:
        return error(ErrorKind::kBadInput, "no such file; check the name and the folder");
      case EACCES:
      case EPERM:
        return error(ErrorKind::kBadInput,
                     "no permission to read it; allow it (chmod u+r) or run as its owner");
      default:
        return error(ErrorKind::kIo, fmt::format("cannot be opened: {}", std::strerror(errno)));
    }
  }
  auto state =
      std::make_unique<State>(standard_input ? "standard input" : file, fd, !standard_input);
  struct stat status{};
  if (::fstat(fd, &status) == 0) {
    if (S_ISDIR(status.st_mode)) {
      return error(ErrorKind::kBadInput, "this is a folder; name a file in it");
    }
    if (S_ISREG(status.st_mode)) state->size = static_cast<std::uint64_t>(status.st_size);
  }
  QUANTA_TRY(const bool more, state->read_raw());
  if (!more) return state->error(ErrorKind::kBadInput, "the file is empty");
  state->compression = compression_of(state->raw);
  if (state->compression != Compression::kNone) state->text_buffer.resize(kBlockBytes);
  if (state->compression == Compression::kGzip) {
    state->gzip.emplace();
    constexpr int kGzipOnly = 16;
    if (inflateInit2(&*state->gzip, kGzipOnly + MAX_WBITS) != Z_OK) {
      state->gzip.reset();
      return state->error(ErrorKind::kResource, "not enough memory to unpack the gzip data");
    }
  } else if (state->compression == Compression::kZstd) {
    state->zstd.reset(ZSTD_createDStream());
    if (!state->zstd) {
      return state->error(ErrorKind::kResource, "not enough memory to unpack the zstd data");
    }
  }
  QUANTA_TRY(const std::string_view first, state->next_text());
  if (first.empty()) {
    return state->error(ErrorKind::kBadInput, "the file is empty once unpacked");
  }
  if (const std::string_view kind = binary_kind(first); !kind.empty()) {
    return state->error(ErrorKind::kBadInput,
                        fmt::format("not a text file: this looks like {}", kind));
  }
  QUANTA_CHECK(state->check_text(first));
  state->first = first;
  return FileReader(std::move(state));
}

Result<std::string_view> FileReader::next() {
  if (state_->first) return *std::exchange(state_->first, std::nullopt);
  QUANTA_TRY(const std::string_view block, state_->next_text());
  QUANTA_CHECK(state_->check_text(block));
  return block;
}

std::uint64_t FileReader::size_hint() const {
  if (state_->compression == Compression::kNone) return state_->size;
  const std::uint64_t n_used = state_->n_raw_bytes - state_->raw.size();
  if (n_used == 0) return 0;
  const double ratio = static_cast<double>(state_->n_text_bytes) / static_cast<double>(n_used);
  return static_cast<std::uint64_t>(static_cast<double>(state_->size) * ratio);
}

std::string FileReader::sha256() const { return state_->hash.hex(); }

Result<FileText> read_text_file(const std::string& file, std::size_t max_bytes) {
  QUANTA_TRY(FileReader reader, FileReader::open(file));
  FileText result;
  for (;;) {
    QUANTA_TRY(const std::string_view block, reader.next());
    if (block.empty()) break;
    if (result.text.size() + block.size() > max_bytes) {
      return fail(ErrorKind::kResource,
                  fmt::format("more than {} MiB of text, which is too large here", max_bytes >> 20),
                  {}, Place{.file = file});
    }
    result.text += block;
  }
  result.sha256 = reader.sha256();
  return result;
}

}  // namespace quanta::platform

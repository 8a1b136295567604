#include "platform/file/atomic_write.h"

#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace quanta::platform {
namespace {

std::unexpected<Error> cannot_write(const std::filesystem::path& path, int code) {
  const auto folder = path.has_parent_path() ? path.parent_path().string() : std::string(".");
  std::string why = std::generic_category().message(code);
  if (code == ENOENT) why = fmt::format("there is no folder {}", folder);
  if (code == EACCES || code == EPERM || code == EROFS) {
    why = fmt::format("no permission to write in {}", folder);
  }
  return fail(ErrorKind::kIo, fmt::format("cannot be written: {}", why), {},
              {.file = path.string()});
}

/// 0, or the error number.
int write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t n = ::write(descriptor, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    content.remove_prefix(static_cast<std::size_t>(n));
  }
  return 0;
}

}  // namespace

Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view content) {
  struct stat earlier{};
  const bool exists = ::stat(path.c_str(), &earlier) == 0;
  if (exists && S_ISDIR(earlier.st_mode)) return cannot_write(path, EISDIR);

  // Renaming over a device or a pipe would replace it by a file.
  if (exists && !S_ISREG(earlier.st_mode)) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return cannot_write(path, errno);
    const int code = write_all(descriptor, content);
    ::close(descriptor);
    if (code != 0) return cannot_write(path, code);
    return {};
  }

  // A link stays a link: what it points at is replaced.
  std::error_code ignored;
  const std::filesystem::path target = exists ? std::filesystem::canonical(path, ignored) : path;
  if (target.empty()) return cannot_write(path, ENOENT);
  const std::string part = fmt::format("{}.part-{}", target.string(), ::getpid());
  const int descriptor = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor < 0) return cannot_write(path, errno);
  int code = write_all(descriptor, content);
  if (code == 0 && exists && ::fchmod(descriptor, earlier.st_mode & 07777) != 0) code = errno;
  if (code == 0 && ::fsync(descriptor) != 0) code = errno;
  if (::close(descriptor) != 0 && code == 0) code = errno;
  if (code == 0 && ::rename(part.c_str(), target.c_str()) != 0) code = errno;
  if (code != 0) {
    ::unlink(part.c_str());
    return cannot_write(path, code);
  }
  return {};
}

}  // namespace quanta::platform

/// Files that are never seen half written.
#pragma once

#include <filesystem>
#include <string_view>

#include "core/result.h"

namespace quanta::platform {

/// Puts `content` at `path` in one step: a new file beside it is written, flushed to the disk and
/// renamed over it, so that readers and a crash find the earlier file or the whole new one. An
/// earlier file keeps its permissions. What is no regular file (/dev/stdout, a pipe) is written to
/// directly. Errors: kIo, naming `path` and what is wrong (no such folder, no permission, disk
/// full); nothing is left behind then.
Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view content);

}  // namespace quanta::platform

/// SHA-256 (FIPS 180-4), by OpenSSL.
///
///   Sha256 hash;
///   hash.update("ab"); hash.update("c");
///   hash.hex();                      // "ba7816bf…", 64 lower-case digits
///   sha256_hex("abc");               // the same
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace quanta::platform {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::string_view bytes);

  /// The digest of all bytes so far; more may follow.
  std::string hex() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view bytes);

}  // namespace quanta::platform

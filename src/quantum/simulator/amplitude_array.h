/// Memory for amplitudes and the kernels' tables.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "core/large_memory.h"

namespace quanta::quantum {

inline constexpr std::size_t kCacheLine = 64;

/// Vectors that begin at a cache line.
template <class T>
struct CacheLineAllocator {
  using value_type = T;
  CacheLineAllocator() = default;
  template <class U>
  CacheLineAllocator(const CacheLineAllocator<U>&) {}  // NOLINT(google-explicit-constructor)
  T* allocate(std::size_t n) {
    return static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t{kCacheLine}));
  }
  void deallocate(T* p, std::size_t) { ::operator delete(p, std::align_val_t{kCacheLine}); }
  friend bool operator==(const CacheLineAllocator&, const CacheLineAllocator&) { return true; }
};

template <class T>
using AlignedVector = std::vector<T, CacheLineAllocator<T>>;

/// n numbers from a cache line on, all zero at first. Large ones are zero pages of the system, on
/// large pages where it has them, and cost nothing before they are touched. resize() of large ones
/// moves pages and copies nothing.
template <class T>
class AmplitudeArray {
 public:
  explicit AmplitudeArray(std::size_t n = 0) : size_(n) {
    if (n == 0) return;
    const std::size_t bytes = n * sizeof(T) + kCacheLine;
    memory_.reset(std::calloc(bytes, 1));
    if (memory_ == nullptr) throw std::bad_alloc();
    prefer_large_pages(memory_.get(), bytes);
    data_ = aligned();
  }
  AmplitudeArray(const AmplitudeArray& other) : AmplitudeArray(other.size_) {
    if (size_ > 0) std::memcpy(static_cast<void*>(data_), other.data_, size_ * sizeof(T));
  }
  AmplitudeArray(AmplitudeArray&& other) noexcept
      : memory_(std::move(other.memory_)),
        data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  AmplitudeArray& operator=(AmplitudeArray other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~AmplitudeArray() = default;

  /// Keeps the first numbers; those that are new are zero. What is cut off goes back to the system.
  void resize(std::size_t n) {
    if (n == 0 || size_ == 0) {
      *this = AmplitudeArray(n);
      return;
    }
    const auto offset = reinterpret_cast<char*>(data_) - static_cast<char*>(memory_.get());
    const std::size_t bytes = n * sizeof(T) + kCacheLine;
    void* moved = std::realloc(memory_.get(), bytes);
    if (moved == nullptr) throw std::bad_alloc();
    static_cast<void>(memory_.release());  // realloc has seen to it
    memory_.reset(moved);
    if (n > size_) prefer_large_pages(moved, bytes);
    data_ = aligned();
    const std::size_t kept = std::min(n, size_);
    const char* old = static_cast<char*>(moved) + offset;
    if (old != reinterpret_cast<char*>(data_)) {
      std::memmove(static_cast<void*>(data_), old, kept * sizeof(T));
    }
    std::memset(static_cast<void*>(data_ + kept), 0, (n - kept) * sizeof(T));
    size_ = n;
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  std::size_t size() const { return size_; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }

 private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  T* aligned() const {
    const auto address = reinterpret_cast<std::uintptr_t>(memory_.get());
    const std::uintptr_t skipped = (kCacheLine - address % kCacheLine) % kCacheLine;
    return reinterpret_cast<T*>(static_cast<char*>(memory_.get()) + skipped);
  }

  std::unique_ptr<void, Free> memory_;
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace quanta::quantum

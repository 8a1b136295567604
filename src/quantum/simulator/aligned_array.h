/// Numbers for vector registers: aligned to a cache line, on large pages where there are many.
#pragma once

#include <cstddef>
#include <memory>
#include <new>

#include "core/large_memory.h"

namespace quanta::quantum {

template <class Real>
class AlignedArray {
 public:
  AlignedArray() = default;
  /// The numbers are not set.
  explicit AlignedArray(std::size_t size) : size_(size) {
    const std::size_t bytes = size * sizeof(Real);
    numbers_.reset(static_cast<Real*>(::operator new(bytes, kAlignment)));
    prefer_large_pages(numbers_.get(), bytes);
  }

  std::size_t size() const { return size_; }
  Real* data() { return numbers_.get(); }
  const Real* data() const { return numbers_.get(); }
  Real& operator[](std::size_t i) { return numbers_.get()[i]; }
  Real operator[](std::size_t i) const { return numbers_.get()[i]; }

 private:
  static constexpr std::align_val_t kAlignment{64};
  struct Free {
    void operator()(Real* numbers) const { ::operator delete(numbers, kAlignment); }
  };
  std::size_t size_ = 0;
  std::unique_ptr<Real, Free> numbers_;
};

}  // namespace quanta::quantum

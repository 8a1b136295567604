#include "platform/configuration/configuration.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "platform/configuration/settings.h"
#include "platform/logging/secret.h"

namespace quanta::platform {
namespace {

enum class Mode { kFast, kExact };
constexpr auto enum_names(Mode) {
  return std::array{std::pair{Mode::kFast, std::string_view("fast")},
                    std::pair{Mode::kExact, std::string_view("exact")}};
}

struct Pool {
  std::uint8_t size = 4;
  double timeout_seconds = 1.5;
  static constexpr auto describe() {
    return std::tuple{field("size", &Pool::size, ""),
                      field("timeout_seconds", &Pool::timeout_seconds, "")};
  }
};

struct Store {
  std::string path = "data";
  std::optional<std::string> replica;
  Secret password;
  Pool pool;
  static constexpr auto describe() {
    return std::tuple{field("path", &Store::path, ""), field("replica", &Store::replica, ""),
                      field("password", &Store::password, ""), field("pool", &Store::pool, "")};
  }
};

struct Everything {
  std::uint64_t seed = 1;
  bool verbose = false;
  Mode mode = Mode::kFast;
  Store store;
  static constexpr auto describe() {
    return std::tuple{field("seed", &Everything::seed, ""),
                      field("verbose", &Everything::verbose, ""),
                      field("mode", &Everything::mode, ""), field("store", &Everything::store, "")};
  }
};

/// A folder with a file quanta.toml in it, gone at the end of the test.
class ConfigurationTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/configuration_test_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ + "/quanta.toml"; }
  std::string write(const std::string& text) const {
    std::ofstream(path(), std::ios::binary) << text;
    return path();
  }
  /// The error of a file that holds `text`, without the folder.
  std::string error_of(const std::string& text) const {
    const auto loaded = load_configuration<Everything>({.file = write(text)});
    if (loaded) return "no error";
    EXPECT_EQ(loaded.error().kind, ErrorKind::kBadInput);
    std::string message = to_text(loaded.error());
    return message.starts_with(folder_) ? message.substr(folder_.size() + 1) : message;
  }

  std::string folder_;
};

Result<Configuration<Everything>> from_environment(const std::string& name,
                                                   const std::string& text) {
  return load_configuration<Everything>({.environment = {{name, text}}});
}

TEST_F(ConfigurationTest, KeepsTheDefaultsOfWhatIsGivenNowhere) {
  const auto loaded = load_configuration<Everything>({});
  ASSERT_TRUE(loaded.has_value());
  EXPECT_EQ(loaded->settings.store.pool.size, 4);
  EXPECT_EQ(loaded->settings.store.replica, std::nullopt);
  EXPECT_EQ(loaded->origins.size(), 8u);
  for (const auto& [key, origin] : loaded->origins) EXPECT_EQ(origin.kind, OriginKind::kDefault);
}

TEST_F(ConfigurationTest, ReadsEveryTypeFromAFile) {
  const auto loaded = load_configuration<Everything>({.file = write(R"(
seed = 18
verbose = true
mode = "exact"
[store]
path = "/srv/é"
replica = "other"
password = "hunter2"
pool = {size = 9, timeout_seconds = 2.5}
)")});
  ASSERT_TRUE(loaded.has_value()) << to_text(loaded.error());
  const Everything& settings = loaded->settings;
  EXPECT_EQ(settings.seed, 18u);
  EXPECT_TRUE(settings.verbose);
  EXPECT_EQ(settings.mode, Mode::kExact);
  EXPECT_EQ(settings.store.path, "/srv/é");
  EXPECT_EQ(settings.store.replica, "other");
  EXPECT_EQ(settings.store.password.reveal(), "hunter2");
  EXPECT_EQ(settings.store.pool.size, 9);
  EXPECT_EQ(settings.store.pool.timeout_seconds, 2.5);
  EXPECT_EQ(loaded->origins.at("store.pool.size").where, path() + ":9:16");
}

TEST_F(ConfigurationTest, EnvironmentBeatsTheFileAndFlagsBeatBoth) {
  const std::string file = write("seed = 1\nmode = \"exact\"\n[store.pool]\nsize = 1\n");
  const auto loaded = load_configuration<Everything>(
      {.file = file,
       .environment = {{"QUANTA_STORE_POOL_SIZE", "2"}, {"QUANTA_SEED", "2"}, {"HOME", "/root"}},
       .flags = {{"seed", "--seed", "3"}, {"seed", "--seed", "4"}}});
  ASSERT_TRUE(loaded.has_value()) << to_text(loaded.error());
  EXPECT_EQ(loaded->settings.mode, Mode::kExact);
  EXPECT_EQ(loaded->settings.store.pool.size, 2);
  EXPECT_EQ(loaded->settings.seed, 4u);
  EXPECT_EQ(loaded->origins.at("mode").kind, OriginKind::kFile);
  EXPECT_EQ(loaded->origins.at("mode").where, file + ":2:8");
  EXPECT_EQ(loaded->origins.at("store.pool.size").kind, OriginKind::kEnvironment);
  EXPECT_EQ(loaded->origins.at("store.pool.size").where, "QUANTA_STORE_POOL_SIZE");
  EXPECT_EQ(loaded->origins.at("seed").kind, OriginKind::kFlag);
  EXPECT_EQ(loaded->origins.at("seed").where, "--seed");
  EXPECT_EQ(loaded->origins.at("verbose").kind, OriginKind::kDefault);
}

TEST_F(ConfigurationTest, NamesLineAndColumnOfWhatIsWrongInTheFile) {
  const struct {
    const char* text;
    const char* error;
  } cases[] = {
      {"seed = 1\nverbos = true\n",
       "quanta.toml:2:1: the key \"verbos\" is not known; did you mean \"verbose\"?"},
      {"[store]\n  pth = \"x\"\n",
       "quanta.toml:2:3: the key \"store.pth\" is not known; did you mean \"store.path\"?"},
      {"[stroe]\npath = \"x\"\n",
       "quanta.toml:1:2: the key \"stroe\" is not known; did you mean \"store\"?"},
      {"password = \"x\"\n",
       "quanta.toml:1:1: the key \"password\" is not known; did you mean \"store.password\"?"},
      {"[store.pool]\ncolour = 1\n",
       "quanta.toml:2:1: the key \"store.pool.colour\" is not known; "
       "there are size, timeout_seconds"},
      {"store.pool.size = \"4\"\n",
       "quanta.toml:1:19: store.pool.size: expected a whole number from 0 to 255, found \"4\""},
      {"[store.pool]\nsize = 256\n",
       "quanta.toml:2:8: store.pool.size: expected a whole number from 0 to 255, found 256"},
      {"[store.pool]\ntimeout_seconds = true\n",
       "quanta.toml:2:19: store.pool.timeout_seconds: expected a number, found true"},
      {"verbose = 1\n", "quanta.toml:1:11: verbose: expected true or false, found 1"},
      {"mode = \"exat\"\n",
       "quanta.toml:1:8: mode: \"exat\" is not one of fast, exact; did you mean \"exact\"?"},
      {"mode = [1, 2]\n", "quanta.toml:1:8: mode: expected a string, found [1,2]"},
      {"mode = {a = 1}\n", "quanta.toml:1:8: mode: expected a string, found {\"a\":1}"},
      {"seed = 1.5\n",
       "quanta.toml:1:8: seed: expected a whole number from 0 to 18446744073709551615, found 1.5"},
      {"[store.pool]\ntimeout_seconds = \"2\"\n",
       "quanta.toml:2:19: store.pool.timeout_seconds: expected a number, found \"2\""},
      {"seed = 2024-02-29\n",
       "quanta.toml:1:8: seed: expected a whole number from 0 to 18446744073709551615, "
       "found \"2024-02-29\""},
      {"store = 3\n", "quanta.toml:1:9: store: expected a table [store], found 3"},
      {"[[store]]\npath = \"x\"\n",
       "quanta.toml:1:1: store: expected a table [store], found [{\"path\":\"x\"}]"},
  };
  for (const auto& c : cases) EXPECT_EQ(error_of(c.text), c.error) << c.text;
}

TEST_F(ConfigurationTest, NamesThePlaceOfWhatIsNotToml) {
  for (const char* text : {"seed\n", "seed = \n", "seed = 1\nseed = 2\n", "[store\n", "a = 'x\n",
                           "seed = 99999999999999999999\n", "\x01"}) {
    const std::string message = error_of(text);
    EXPECT_TRUE(message.starts_with("quanta.toml:")) << message;
    EXPECT_NE(message.find("not valid TOML: "), std::string::npos) << message;
  }
}

TEST_F(ConfigurationTest, SaysWhyAFileCannotBeRead) {
  const auto error_of_file = [](const std::string& file) {
    return load_configuration<Everything>({.file = file}).error();
  };
  const Error missing = error_of_file(folder_ + "/none.toml");
  EXPECT_EQ(missing.kind, ErrorKind::kBadInput);
  EXPECT_EQ(missing.field, "config");
  EXPECT_EQ(missing.message, "configuration file: there is no such file");
  EXPECT_EQ(missing.place.file, folder_ + "/none.toml");
  EXPECT_EQ(error_of_file(folder_).message, "configuration file: it is a folder, not a file");
  EXPECT_EQ(error_of_file(write(std::string(2 << 20, '#'))).message,
            "configuration file: it is larger than 1 MiB");
}

TEST_F(ConfigurationTest, TheEnvironmentMayNameTheFile) {
  const std::string file = write("seed = 5\n");
  EXPECT_EQ(from_environment("QUANTA_CONFIG", file).value().settings.seed, 5u);
  EXPECT_EQ(from_environment("QUANTA_CONFIG", "").value().settings.seed, 1u);
  EXPECT_FALSE(from_environment("QUANTA_CONFIG", folder_ + "/none").has_value());
  // A file that is named outright is the one that is read.
  const auto loaded = load_configuration<Everything>(
      {.file = file, .environment = {{"QUANTA_CONFIG", folder_ + "/none"}}});
  EXPECT_TRUE(loaded.has_value());
}

TEST(ConfigurationEnvironment, NamesTheVariableAtFault) {
  const struct {
    const char* name;
    const char* text;
    const char* field;
    const char* error;
  } cases[] = {
      {"QUANTA_SEDE", "1", "QUANTA_SEDE",
       "the environment variable \"QUANTA_SEDE\" is not known; did you mean \"QUANTA_SEED\"?"},
      {"QUANTA_SEED", "one", "seed",
       "QUANTA_SEED: expected a whole number from 0 to 18446744073709551615, found \"one\""},
      {"QUANTA_SEED", "-1", "seed",
       "QUANTA_SEED: expected a whole number from 0 to 18446744073709551615, found -1"},
      {"QUANTA_SEED", " 1 x", "seed",
       "QUANTA_SEED: expected a whole number from 0 to 18446744073709551615, found \" 1 x\""},
      {"QUANTA_VERBOSE", "yes", "verbose", "QUANTA_VERBOSE: expected true or false, found \"yes\""},
      {"QUANTA_STORE_POOL_TIMEOUT_SECONDS", "nan", "store.pool.timeout_seconds",
       "QUANTA_STORE_POOL_TIMEOUT_SECONDS: expected a number, found \"nan\""},
      {"QUANTA_MODE", "Fast", "mode",
       "QUANTA_MODE: \"Fast\" is not one of fast, exact; did you mean \"fast\"?"},
  };
  for (const auto& c : cases) {
    const auto loaded = from_environment(c.name, c.text);
    ASSERT_FALSE(loaded.has_value()) << c.name;
    EXPECT_EQ(loaded.error().kind, ErrorKind::kUsage);
    EXPECT_EQ(loaded.error().field, c.field);
    EXPECT_EQ(to_text(loaded.error()), c.error);
  }
}

TEST(ConfigurationEnvironment, ReadsTextsAsTheyStand) {
  // A text that looks like a number or a boolean stays a text.
  EXPECT_EQ(from_environment("QUANTA_STORE_PATH", "123").value().settings.store.path, "123");
  EXPECT_EQ(from_environment("QUANTA_STORE_REPLICA", "true").value().settings.store.replica,
            "true");
  EXPECT_TRUE(from_environment("QUANTA_VERBOSE", "true").value().settings.verbose);
  EXPECT_EQ(
      from_environment("QUANTA_STORE_PASSWORD", "\"x\"").value().settings.store.password.reveal(),
      "\"x\"");
  EXPECT_EQ(from_environment("QUANTA_SEED", "").value().settings.seed, 1u);  // empty: not set
  EXPECT_EQ(environment_name("store.pool.timeout_seconds"), "QUANTA_STORE_POOL_TIMEOUT_SECONDS");
}

TEST(ConfigurationFlags, NameTheFlagAtFault) {
  const auto loaded = load_configuration<Everything>({.flags = {{"mode", "--mode", "slow"}}});
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().kind, ErrorKind::kUsage);
  EXPECT_EQ(loaded.error().message, "--mode: \"slow\" is not one of fast, exact");
  const auto ours = load_configuration<Everything>({.flags = {{"mood", "--mode", "fast"}}});
  ASSERT_FALSE(ours.has_value());
  EXPECT_EQ(ours.error().kind, ErrorKind::kInternal);
}

TEST_F(ConfigurationTest, AnErrorNeverShowsASecret) {
  for (const char* text : {"[store]\npassword = 123456\n", "[store]\npassword = [\"123456\"]\n"}) {
    const std::string message = error_of(text);
    EXPECT_EQ(message.find("123456"), std::string::npos) << message;
    EXPECT_EQ(message, "quanta.toml:2:12: store.password: expected a string");
  }
}

TEST(ProcessEnvironment, HoldsWhatIsSet) {
  ASSERT_EQ(setenv("CONFIGURATION_TEST_VARIABLE", "a=b", 1), 0);
  bool found = false;
  for (const auto& [name, text] : process_environment()) {
    found = found || (name == "CONFIGURATION_TEST_VARIABLE" && text == "a=b");
  }
  unsetenv("CONFIGURATION_TEST_VARIABLE");
  EXPECT_TRUE(found);
}

TEST_F(ConfigurationTest, ReadsTheSettingsOfQuanta) {
  const auto loaded = load_configuration<Settings>({.file = write(R"(
seed = 7
[compute]
threads = 2
kernel = "scalar"
[log]
level = "debug"
format = "json"
file = "quanta.log"
)")});
  ASSERT_TRUE(loaded.has_value()) << to_text(loaded.error());
  EXPECT_EQ(loaded->settings.seed, 7u);
  EXPECT_EQ(loaded->settings.compute.threads, 2u);
  EXPECT_EQ(loaded->settings.compute.kernel, KernelChoice::kScalar);
  EXPECT_EQ(loaded->settings.log.level, LogLevel::kDebug);
  EXPECT_EQ(loaded->settings.log.format, LogFormat::kJson);
  EXPECT_EQ(loaded->settings.log.file, "quanta.log");
}

TEST(Settings, ResolveToWhatTheMachineHas) {
  EXPECT_EQ(resolve_kernel(KernelChoice::kAuto).value(), best_instruction_set());
  EXPECT_EQ(resolve_kernel(KernelChoice::kScalar).value(), InstructionSet::kScalar);
  EXPECT_EQ(resolve_kernel(KernelChoice::kAvx2).has_value(),
            best_instruction_set() >= InstructionSet::kAvx2);
  const auto widest = resolve_kernel(KernelChoice::kAvx512);
  EXPECT_EQ(widest.has_value(), best_instruction_set() == InstructionSet::kAvx512);
  if (!widest) {
    EXPECT_EQ(widest.error().kind, ErrorKind::kUsage);
    EXPECT_EQ(widest.error().field, "compute.kernel");
  }
  EXPECT_EQ(resolve_threads(3), 3u);
  EXPECT_GE(resolve_threads(0), 1u);
}

}  // namespace
}  // namespace quanta::platform

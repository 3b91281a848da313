#include "engine/yaml/cache.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "engine/base/packed.h"

namespace exdiag {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProgram = "this build";

class YamlCacheTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "cacheXXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
    cache_ = root_ / "cache" / "x.trees";
    Write("a.yaml", "id: first\nlist: [1, \"2\"]\nempty:\n");
    Write("b.yaml", "id: second\ntext: |\n  one\n  two\n");
  }
  void TearDown() override {
    ::chmod((root_ / "cache").c_str(), 0700);
    fs::remove_all(root_);
  }

  std::string Path(const std::string& name) const { return (root_ / name).string(); }
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(root_ / name, std::ios::binary) << text;
  }
  std::string ReadCache() const {
    std::ifstream stream(cache_, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void WriteCache(const std::string& bytes) const {
    std::ofstream(cache_, std::ios::binary | std::ios::trunc) << bytes;
  }
  // Every tree as bytes, places included, and the complaints.
  std::string LoadAll(YamlCache& cache) const {
    std::string all;
    DiagnosticList complaints;
    for (const char* name : {"a.yaml", "b.yaml", "c.yaml"}) {
      if (!fs::exists(root_ / name)) continue;
      YamlProblems problems(name, "left out", complaints);
      const auto tree = cache.Load(Path(name), problems);
      all += std::string(name) + (tree ? PackTree(*tree) : "nothing");
    }
    for (const Diagnostic& complaint : complaints.items()) all += ToString(complaint) + "\n";
    return all;
  }
  std::string Parsed() const {
    YamlCache none;
    return LoadAll(none);
  }
  // A run of the program: gives what it had to do.
  YamlCache::Work Run(const std::string& program = kProgram) const {
    YamlCache cache(cache_.string(), program);
    EXPECT_EQ(LoadAll(cache), Parsed());
    cache.Save();
    return cache.work();
  }

  fs::path root_, cache_;
};

TEST_F(YamlCacheTest, TheSecondRunParsesNothing) {
  EXPECT_EQ(Run().parsed, 2u);
  EXPECT_EQ(Run().parsed, 0u);
}

TEST_F(YamlCacheTest, FilesThatHaveJustChangedAreReadAndOthersAreNot) {
  Run();
  EXPECT_EQ(Run().read, 2u);  // they may have changed within one tick of the clock
  std::this_thread::sleep_for(std::chrono::milliseconds(2600));
  EXPECT_EQ(Run().read, 2u);
  EXPECT_EQ(Run().read, 0u);
  Write("b.yaml", "id: second\ntext: |\n  two\n  one\n");  // the same size
  const YamlCache::Work work = Run();
  EXPECT_EQ(work.read, 1u);
  EXPECT_EQ(work.parsed, 1u);
}

TEST_F(YamlCacheTest, EveryChangeIsSeen) {
  struct Case {
    const char* why;
    std::function<void()> change;
    std::size_t parsed;  // by the run after it
  };
  const auto keep_times = [](const std::string& path, const std::string& text) {
    struct stat status {};
    ::stat(path.c_str(), &status);
    std::ofstream(path, std::ios::binary) << text;
    const timespec times[] = {status.st_atim, status.st_mtim};
    ::utimensat(AT_FDCWD, path.c_str(), times, 0);
  };
  const Case cases[] = {
      {"nothing", [] {}, 0},
      {"touched: the bytes are the same",
       [&] { ::utimensat(AT_FDCWD, Path("a.yaml").c_str(), nullptr, 0); }, 0},
      {"another size", [&] { Write("a.yaml", "id: longer\n"); }, 1},
      {"the same size", [&] { Write("a.yaml", "id: longes\n"); }, 1},
      {"the same size and time of change", [&] { keep_times(Path("a.yaml"), "id: longet\n"); }, 1},
      {"one more file", [&] { Write("c.yaml", "id: third\n"); }, 1},
      {"a file less", [&] { fs::remove(Path("c.yaml")); }, 0},
      {"two files swapped",
       [&] {
         fs::rename(Path("a.yaml"), Path("x"));
         fs::rename(Path("b.yaml"), Path("a.yaml"));
         fs::rename(Path("x"), Path("b.yaml"));
       },
       2},
      {"replaced by a copy",
       [&] {
         fs::copy_file(Path("a.yaml"), Path("x"));
         fs::rename(Path("x"), Path("a.yaml"));
       },
       0},
      {"an error: parsed in every run, so that it is complained about",
       [&] { Write("c.yaml", "id: [1\n"); }, 1},
      {"the same error", [] {}, 1},
      {"an error beside a tree", [&] { Write("c.yaml", "id: 1\nid: 2\n"); }, 1},
      {"it again", [] {}, 1},
      {"mended", [&] { Write("c.yaml", "id: 1\n"); }, 1},
      {"emptied", [&] { Write("c.yaml", ""); }, 1},
  };
  Run();
  for (const Case& c : cases) {
    c.change();
    EXPECT_EQ(Run().parsed, c.parsed) << c.why;
  }
}

TEST_F(YamlCacheTest, ADamagedCacheIsParsedAnewAndMended) {
  Run();
  const std::string sound = ReadCache();
  for (std::size_t at = 0; at < sound.size(); ++at) {
    std::string damaged = sound;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x11);
    WriteCache(damaged);
    ASSERT_EQ(Run().parsed, 2u) << "byte " << at;
    ASSERT_EQ(Run().parsed, 0u) << "byte " << at;
  }
  for (std::size_t size = 0; size < sound.size(); size += 7) {
    WriteCache(sound.substr(0, size));
    ASSERT_EQ(Run().parsed, 2u) << "cut to " << size;
  }
  WriteCache(sound + "x");
  EXPECT_EQ(Run().parsed, 2u);
}

TEST_F(YamlCacheTest, AnotherBuildOfTheProgramBeginsAnew) {
  Run();
  EXPECT_EQ(Run("another build").parsed, 2u);
  EXPECT_EQ(Run("another build").parsed, 0u);
  EXPECT_EQ(Run().parsed, 2u);
}

TEST_F(YamlCacheTest, AFileThatOthersCanWriteIsNotTrusted) {
  Run();
  ::chmod(cache_.c_str(), 0666);
  EXPECT_EQ(Run().parsed, 2u);
  EXPECT_EQ(Run().parsed, 0u);  // replaced by one of our own
  struct stat status {};
  ASSERT_EQ(::stat(cache_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
}

TEST_F(YamlCacheTest, ALinkIsNotFollowed) {
  Run();
  fs::rename(cache_, root_ / "elsewhere");
  fs::create_symlink(root_ / "elsewhere", cache_);
  EXPECT_EQ(Run().parsed, 2u);
  EXPECT_FALSE(fs::is_symlink(cache_));
}

TEST_F(YamlCacheTest, WhereNothingCanBeWrittenEveryRunParses) {
  Write("occupied", "a file where the folder should be");
  for (int run = 0; run < 2; ++run) {
    YamlCache cache((root_ / "occupied" / "x.trees").string(), kProgram);
    EXPECT_EQ(LoadAll(cache), Parsed());
    cache.Save();
    EXPECT_EQ(cache.work().parsed, 2u);
  }
  if (::geteuid() == 0) return;  // may write everywhere
  fs::create_directory(root_ / "cache");
  ::chmod((root_ / "cache").c_str(), 0500);
  EXPECT_EQ(Run().parsed, 2u);
  EXPECT_EQ(Run().parsed, 2u);
}

TEST_F(YamlCacheTest, WritersAtOneTimeLeaveAWholeFile) {
  std::vector<std::thread> runs;
  for (int i = 0; i < 8; ++i) {
    runs.emplace_back([this, i] {
      for (int k = 0; k < 25; ++k) Run(i % 2 == 0 ? kProgram : "another build");
    });
  }
  for (std::thread& run : runs) run.join();
  const std::size_t ours = Run().parsed;
  EXPECT_TRUE(ours == 0 || ours == 2) << ours;
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& left : fs::directory_iterator(root_ / "cache")) ++files;
  EXPECT_EQ(files, 1u);
}

TEST_F(YamlCacheTest, NotesAreGivenForTheirKeyOnly) {
  {
    YamlCache cache(cache_.string(), kProgram);
    LoadAll(cache);
    cache.SetNote("colour", "key 1", "red");
    EXPECT_EQ(cache.Note("colour", "key 1"), "red");
    cache.Save();
  }
  YamlCache cache(cache_.string(), kProgram);
  EXPECT_EQ(cache.Note("colour", "key 1"), "red");
  EXPECT_EQ(cache.Note("colour", "key 2"), std::nullopt);
  EXPECT_EQ(cache.Note("size", "key 1"), std::nullopt);
  EXPECT_EQ(YamlCache(cache_.string(), "another build").Note("colour", "key 1"), std::nullopt);
}

TEST_F(YamlCacheTest, NoNoteIsKeptOfFilesThatChangeMeanwhile) {
  YamlCache cache(cache_.string(), kProgram);
  const std::string before = cache.HashOf(Path("a.yaml"));
  Write("a.yaml", "id: other\n");
  DiagnosticList complaints;
  YamlProblems problems("a.yaml", "left out", complaints);
  const auto tree = cache.Load(Path("a.yaml"), problems);
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->Find("id")->text, "other");
  cache.SetNote("colour", before, "red");
  EXPECT_EQ(cache.Note("colour", before), std::nullopt);
  cache.Save();
  EXPECT_EQ(Run().parsed, 2u);
}

TEST_F(YamlCacheTest, HashesFollowBytesAndNames) {
  YamlCache cache(cache_.string(), kProgram);
  const std::vector<YamlFile> both = {{Path("a.yaml"), "a.yaml"}, {Path("b.yaml"), "b.yaml"}};
  const std::vector<YamlFile> renamed = {{Path("a.yaml"), "x.yaml"}, {Path("b.yaml"), "b.yaml"}};
  const std::vector<YamlFile> gone = {{Path("a.yaml"), "a.yaml"}, {Path("no.yaml"), "no.yaml"}};
  EXPECT_EQ(cache.HashOf(both), YamlCache("/no/where", "").HashOf(both));
  EXPECT_NE(cache.HashOf(both), cache.HashOf(renamed));
  EXPECT_EQ(cache.HashOf(gone), "");
  EXPECT_EQ(YamlCache().HashOf(both), "");
}

TEST(UnpackTree, RefusesWhatIsNoTree) {
  DiagnosticList complaints;
  YamlProblems problems("t.yaml", "left out", complaints);
  const auto tree = ParseYaml("a: {b: [1, 'two', ~]}\n", problems);
  ASSERT_TRUE(tree);
  const std::string bytes = PackTree(*tree);
  const auto back = UnpackTree(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(PackTree(*back), bytes);
  EXPECT_TRUE(back->Find("a")->Find("b")->items[1].quoted);
  EXPECT_EQ(back->Find("a")->Find("b")->items[1].place, Place::Line(1, 12));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(UnpackTree(bytes.substr(0, size))) << size;
  }
  EXPECT_FALSE(UnpackTree(bytes + "x"));
  PackedWriter deep;
  for (int i = 0; i < 100'000; ++i) {
    for (const int part : {4, 0, 0, 0, 1}) deep.Number(static_cast<std::uint64_t>(part));
  }
  EXPECT_FALSE(UnpackTree(deep.bytes()));
}

}  // namespace
}  // namespace exdiag

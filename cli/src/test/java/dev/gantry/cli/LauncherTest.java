package dev.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher in a small source tree, with a JDK and a Maven that only pretend. */
class LauncherTest {
    private static final String FAKE_JAVA = """
            #!/bin/sh
            case "$*" in
                *StartupTraining*) exit 0 ;;
            esac
            for argument in "$@"; do printf '[%s]\\n' "$argument"; done
            exit "${FAKE_EXIT:-0}"
            """;

    /** Counts its runs, prints modules as Maven does, and leaves a distribution or fails. */
    private static final String FAKE_MAVEN = """
            #!/bin/sh
            root=${2%/pom.xml}
            echo run >>"$root/maven-runs"
            echo "$*" >>"$root/maven-arguments"
            case "$*" in *verify*) . "$root/verify.sh"; exit "$code" ;; esac
            echo '[INFO] Building gantry-kernel 0.1.0   [1/2]'
            if [ -f "$root/broken" ]; then
                echo '[WARNING] /x/Main.java:[3,7] [UnusedVariable] unused'
                echo '[ERROR] COMPILATION ERROR : '
                echo '[ERROR] -> [Help 1]'
                exit 1
            fi
            mkdir -p "$root/dist/target/quick/gantry/lib"
            : >"$root/dist/target/quick/gantry/lib/gantry-cli-1.0.jar"
            : >"$root/dist/target/quick/gantry/cli.jvm"
            """;

    @TempDir
    private Path folder;

    private Path root;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void plant() throws IOException {
        root = Files.createDirectories(folder.resolve("a source tree"));
        Files.copy(Path.of("..", "gantry"), root.resolve("gantry"));
        executable(root.resolve("gantry"), Files.readString(root.resolve("gantry")));
        Files.createDirectories(root.resolve("kernel/src/main/java"));
        Files.writeString(root.resolve("kernel/src/main/java/A.java"), "class A {}");
        Files.writeString(root.resolve("kernel/src/main/java/B.java"), "class B {}");
        Path jdk = folder.resolve("the jdk");
        executable(jdk.resolve("bin/java"), FAKE_JAVA);
        executable(jdk.resolve("bin/javac"), "");
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"25.0.1\"\n");
        Path maven = folder.resolve("the maven/mvn");
        executable(maven, FAKE_MAVEN);
        environment.put("PATH", System.getenv("PATH"));
        environment.put("GANTRY_JAVA_HOME", jdk.toString());
        environment.put("GANTRY_MAVEN", maven.toString());
    }

    private static void executable(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** What a start printed and how it ended. */
    private record Start(int code, String out, String err) {}

    private Process start(Path program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(Path.of("/dev/null").toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static Start end(Process process) throws IOException, InterruptedException {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(4, TimeUnit.MINUTES)).isTrue();
        return new Start(process.exitValue(), out, err);
    }

    private static void awaitFile(Path file) {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(4);
        while (!Files.exists(file)) {
            assertThat(System.nanoTime()).as("Nothing made " + file).isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    /** A folder with some of the programs of this machine and no others. */
    private Path tools(List<String> names) throws IOException {
        Path tools = Files.createDirectories(folder.resolve("tools"));
        for (String tool : names) {
            executable(tools.resolve(tool), "#!/bin/sh\nexec " + which(tool) + " \"$@\"\n");
        }
        return tools;
    }

    private static Path which(String tool) {
        for (String directory : System.getenv("PATH").split(":", -1)) {
            Path candidate = Path.of(directory, tool);
            if (Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        throw new IllegalStateException("There is no " + tool);
    }

    private Start run(String... arguments) throws IOException, InterruptedException {
        return end(start(root.resolve("gantry"), arguments));
    }

    private long builds() throws IOException {
        Path runs = root.resolve("maven-runs");
        return Files.exists(runs) ? Files.readAllLines(runs).size() : 0;
    }

    @Nested
    class Building {
        @Test
        void shouldBuildFirstAndPassArgumentsThroughUntouched() throws Exception {
            Start start = run("run", "two words", "*", "");

            assertThat(start.code()).isZero();
            assertThat(start.err()).isEqualTo("Building Gantry …\n");
            assertThat(start.out()).endsWith("[dev.gantry.cli.Main]\n[run]\n[two words]\n[*]\n[]\n");
        }

        @Test
        void shouldBuildAgainOnlyWhenASourceChanged() throws Exception {
            run("version");
            run("version");
            assertThat(builds()).isEqualTo(1);

            Files.setLastModifiedTime(
                    root.resolve("kernel/src/main/java/A.java"),
                    FileTime.from(Instant.now().plusSeconds(5)));
            run("version");
            assertThat(builds()).isEqualTo(2);
        }

        @Test
        void shouldNoticeThatASourceWasDeleted() throws Exception {
            run("version");
            Files.delete(root.resolve("kernel/src/main/java/B.java"));
            Files.setLastModifiedTime(
                    root.resolve("kernel/src/main/java"),
                    FileTime.from(Instant.now().plusSeconds(5)));

            run("version");

            assertThat(builds()).isEqualTo(2);
        }

        @Test
        void shouldForgetWhatWasMadeOfASourceThatWasDeleted() throws Exception {
            Path kept = root.resolve("proof/src/main/resources/db/V1__kept.sql");
            Path deleted = root.resolve("kernel/src/main/resources/db/V1__deleted.sql");
            for (Path source : List.of(kept, deleted)) {
                Files.createDirectories(source.getParent());
                Files.writeString(source, "SELECT 1");
            }
            run("version");
            Path keptCopy = Files.createDirectories(root.resolve("proof/target/quick/classes/db"));
            Path deletedCopy = Files.createDirectories(root.resolve("kernel/target/quick/classes/db"));
            Path ofTests = Files.createDirectories(root.resolve("kernel/target/classes"));
            Files.delete(deleted);
            Files.setLastModifiedTime(
                    deleted.getParent(), FileTime.from(Instant.now().plusSeconds(5)));

            run("version");

            assertThat(keptCopy).exists();
            assertThat(deletedCopy).doesNotExist();
            assertThat(ofTests).exists();
        }

        @Test
        void shouldForgetAllThatWasBuiltByALauncherThatDidNotNoteTheSources() throws Exception {
            Path old = Files.createDirectories(root.resolve("kernel/target/quick/classes"));

            run("version");

            assertThat(old).doesNotExist();
        }

        @Test
        void shouldNotBuildForATest() throws Exception {
            run("version");
            Path test = root.resolve("kernel/src/test/java/ATest.java");
            Files.createDirectories(test.getParent());
            Files.writeString(test, "class ATest {}");
            Files.setLastModifiedTime(test, FileTime.from(Instant.now().plusSeconds(5)));

            run("version");

            assertThat(builds()).isEqualTo(1);
        }

        @Test
        void shouldShowTheErrorsAndTheLogOfABuildThatFails() throws Exception {
            Files.createFile(root.resolve("broken"));

            Start start = run("version");

            assertThat(start.code()).isEqualTo(1);
            assertThat(start.out()).isEmpty();
            assertThat(start.err())
                    .contains("Gantry could not be built")
                    .contains("/x/Main.java:[3,7] [UnusedVariable] unused")
                    .contains("The whole log is in " + root.toRealPath().resolve("target/build.log"))
                    .doesNotContain("[Help 1]");
            assertThat(root.resolve("target/build.log")).content().contains("[Help 1]");
        }

        @Test
        void shouldTryAgainAfterABuildThatFailed() throws Exception {
            Files.createFile(root.resolve("broken"));
            run("version");
            Files.delete(root.resolve("broken"));

            assertThat(run("version").code()).isZero();
        }
    }

    @Nested
    class Locking {
        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void shouldBuildOnceForStartsAtTheSameTime(boolean flock) throws Exception {
            withTools(flock);
            List<Process> processes = new ArrayList<>();
            for (int index = 0; index < 4; index++) {
                processes.add(start(root.resolve("gantry"), "version"));
            }
            for (Process process : processes) {
                assertThat(end(process).out()).contains("[version]");
            }

            assertThat(builds()).isEqualTo(1);
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void shouldNotWaitForABuildWhoseProcessDied(boolean flock) throws Exception {
            withTools(flock);
            Process dead = new ProcessBuilder("true").start();
            dead.waitFor();
            Path lock = Files.createDirectories(root.resolve("target/build.lock"));
            Files.writeString(lock.resolve("pid"), dead.pid() + "\n");

            assertThat(run("version").out()).contains("[version]");
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void shouldNotWaitForABuildThatWasKilledBeforeItWroteWhoItIs(boolean flock) throws Exception {
            withTools(flock);
            Files.createDirectories(root.resolve("target/build.lock"));

            assertThat(run("version").out()).contains("[version]");
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void shouldWaitForABuildThatIsUnderWayAndGoOnWhenItIsKilled(boolean flock) throws Exception {
            withTools(flock);
            String onlyTheFirstHangs = "mkdir \"${2%/pom.xml}/hung\" 2>/dev/null && exec sleep 600\n";
            executable(
                    folder.resolve("the maven/mvn"),
                    FAKE_MAVEN.replaceFirst("\n", "\n" + Matcher.quoteReplacement(onlyTheFirstHangs)));
            Process first = start(root.resolve("gantry"), "version");
            awaitFile(root.resolve("hung"));

            Process second = start(root.resolve("gantry"), "version");
            BufferedReader said = second.errorReader(StandardCharsets.UTF_8);
            assertThat(said.readLine()).startsWith("Waiting for another run of Gantry's build");
            List<ProcessHandle> build = first.descendants().toList();
            first.destroyForcibly().waitFor();
            build.forEach(ProcessHandle::destroyForcibly);

            assertThat(end(second).out()).contains("[version]");
        }

        /** Leaves the programs that every system has, and flock only where wanted. */
        private void withTools(boolean flock) throws IOException {
            List<String> names = new ArrayList<>(List.of(
                    "awk",
                    "cat",
                    "cksum",
                    "find",
                    "grep",
                    "head",
                    "ln",
                    "mkdir",
                    "mv",
                    "readlink",
                    "rm",
                    "sh",
                    "sleep"));
            if (flock) {
                names.add("flock");
            }
            environment.put("PATH", tools(names).toString());
        }
    }

    @Nested
    class Starting {
        @Test
        void shouldFindItsTreeThroughLinksFromAnywhere() throws Exception {
            Path link = Files.createSymbolicLink(folder.resolve("gantry link"), Path.of("a source tree", "gantry"));
            Path second = Files.createSymbolicLink(folder.resolve("again"), link);

            Start start = end(start(second, "version"));

            assertThat(start.out())
                    .contains("[-Dgantry.home=" + root.toRealPath().resolve("dist/target/quick/gantry") + "]");
        }

        @Test
        void shouldEndAsTheCommandEnds() throws Exception {
            environment.put("FAKE_EXIT", "2");

            assertThat(run("version").code()).isEqualTo(2);
        }

        @Test
        void shouldTellThatNoStreamIsATerminal() throws Exception {
            assertThat(run("version").out()).contains("[-Dgantry.terminal=]");
        }

        @Test
        void shouldRefuseAJdkThatIsTooOld() throws Exception {
            Files.writeString(folder.resolve("the jdk/release"), "JAVA_VERSION=\"17.0.2\"\n");

            Start start = run("version");

            assertThat(start.code()).isEqualTo(1);
            assertThat(start.err()).contains("GANTRY_JAVA_HOME").contains("not a JDK 25 or newer");
        }

        @Test
        void shouldTakeAJdkFromJavaHomeOrThePathUnlessItIsTooOld() throws Exception {
            String jdk = environment.remove("GANTRY_JAVA_HOME");
            environment.put("JAVA_HOME", "/nowhere");
            environment.put("PATH", jdk + "/bin:" + environment.get("PATH"));

            assertThat(run("version").out()).contains("[version]");
        }

        @Test
        void shouldSayHowToGetMaven() throws Exception {
            environment.remove("GANTRY_MAVEN");
            environment.put(
                    "PATH",
                    tools(List.of("mkdir", "cat", "find", "head", "rm", "sleep"))
                            .toString());

            Start start = run("version");

            assertThat(start.code()).isEqualTo(1);
            assertThat(start.err())
                    .contains("found none")
                    .contains("apt install maven")
                    .contains("GANTRY_MAVEN");
        }
    }

    @Nested
    class Testing {
        private void verify(int code, String log) throws IOException {
            Files.writeString(root.resolve("verify.sh"), "code=" + code + "\ncat <<'END'\n" + log + "END\n");
        }

        @Test
        void shouldEndWithTheSumsOfAllModules() throws Exception {
            verify(0, """
                    [INFO] Tests run: 7, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s -- in dev.gantry.ATest$Nested
                    [INFO] Tests run: 0, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.2 s -- in dev.gantry.ATest
                    [INFO] Tests run: 7, Failures: 0, Errors: 0, Skipped: 0
                    [WARNING] Tests run: 2, Failures: 0, Errors: 0, Skipped: 1, Time elapsed: 0.1 s -- in dev.gantry.BTest
                    [WARNING] Tests run: 2, Failures: 0, Errors: 0, Skipped: 1
                    """);

            Start start = run("test");

            assertThat(start.code()).isZero();
            assertThat(start.err())
                    .contains("passed  dev.gantry.ATest$Nested (7)")
                    .doesNotContain("ATest (0)");
            assertThat(start.out()).isEqualTo("8 passed, 0 failed, 1 skipped\n");
        }

        @Test
        void shouldShowWhichTestsFailedAndWhy() throws Exception {
            verify(1, """
                    [ERROR] Tests run: 3, Failures: 1, Errors: 1, Skipped: 0, Time elapsed: 1 s <<< FAILURE! -- in dev.gantry.ATest
                    [ERROR] Failures:
                    [ERROR]   ATest.shouldAdd:12
                    expected: 2
                     but was: 3
                    [ERROR] Tests run: 3, Failures: 1, Errors: 1, Skipped: 0
                    """);

            Start start = run("test");

            assertThat(start.code()).isEqualTo(1);
            assertThat(start.out())
                    .contains("ATest.shouldAdd:12")
                    .contains("but was: 3")
                    .endsWith("1 passed, 2 failed, 0 skipped\n");
            assertThat(start.err()).contains("FAILED  dev.gantry.ATest (3)").contains("target/test.log");
        }

        @Test
        void shouldCompileEverythingAnewWithTheChecksRatherThanTakeTheQuickBuild() throws Exception {
            verify(0, "");
            run("version");

            run("test");

            assertThat(Files.readAllLines(root.resolve("maven-arguments")))
                    .satisfiesExactly(
                            quick -> assertThat(quick).contains("-Dgantry.quick=true", "package"),
                            checked -> assertThat(checked).contains("verify").doesNotContain("quick", "skip"));
        }

        @Test
        void shouldNotLookWellWhenTheBuildFailedAndNoTest() throws Exception {
            verify(1, """
                    [INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0
                    [ERROR] COMPILATION ERROR :
                    """);

            Start start = run("test");

            assertThat(start.code()).isEqualTo(1);
            assertThat(start.out())
                    .contains("COMPILATION ERROR")
                    .endsWith("3 passed, 0 failed, 0 skipped; the build failed\n");
        }
    }
}

package dev.selvage.demo.jshell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.selvage.demo.fantatcp.FantaServer;
import dev.selvage.pool.routing.RoutingPool;
import dev.selvage.process.ProcessRef;
import dev.selvage.supervisor.Supervisor;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JShellScriptsTest {

    @Test
    @DisplayName("the scripts are the ones that the README names")
    void theScripts() throws IOException {
        assertThat(scripts())
                .extracting(script -> script.getFileName().toString())
                .containsExactlyInAnyOrder(
                        "registry.jsh",
                        "lock.jsh",
                        "tasks.jsh",
                        "supervised-crash.jsh",
                        "checkout-pool.jsh",
                        "worker-pool.jsh",
                        "routing-pool.jsh");
    }

    @ParameterizedTest
    @DisplayName("every snippet of a script is accepted and throws nothing, on the JDK at hand")
    @MethodSource("scripts")
    void snippets(Path script) throws Exception {
        ScriptRun run = ScriptRun.of(Files.readString(script), classPath());
        assertThat(run.failures()).isEmpty();
        assertThat(run.output()).contains("\n" + script.getFileName() + ": done");
    }

    @ParameterizedTest
    @DisplayName("the jshell command itself runs a script to its end without a flag, on the JDK at hand")
    @MethodSource("scripts")
    void command(Path script, @TempDir Path home) throws Exception {
        Path jshell = Path.of(System.getProperty("java.home"), "bin", "jshell");
        assumeTrue(Files.isExecutable(jshell), "no jshell command in " + System.getProperty("java.home"));
        File output = home.resolve("output").toFile();
        Process process = new ProcessBuilder(
                        jshell.toString(),
                        "-J-Djava.util.prefs.userRoot=" + home,
                        "--class-path",
                        String.join(File.pathSeparator, classPath()),
                        script.toString())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readString(output.toPath()))
                .contains("\n" + script.getFileName() + ": done")
                .doesNotContain("|  Error", "|  Exception");
    }

    @Test
    @DisplayName("a script that does not compile, throws, or ends in the middle is noticed")
    void failures() {
        assertThat(ScriptRun.of("int one = 1\nSystem.out.println(one)", List.of()))
                .isEqualTo(new ScriptRun("1\n", List.of()));
        assertThat(ScriptRun.of("int one = nothing", List.of()).failures())
                .singleElement()
                .asString()
                .startsWith("REJECTED")
                .contains("nothing");
        assertThat(ScriptRun.of("throw new IllegalStateException(\"boo\")", List.of())
                        .failures())
                .singleElement()
                .asString()
                .startsWith("java.lang.IllegalStateException: boo");
        assertThat(ScriptRun.of("void later() { never(); }", List.of()).failures())
                .singleElement()
                .asString()
                .contains("unresolved: ", "never");
        assertThat(ScriptRun.of("if (true) {", List.of()).failures())
                .singleElement()
                .asString()
                .contains("in the middle of: if (true) {");
    }

    static List<Path> scripts() throws IOException {
        Path folder = Files.isDirectory(Path.of("jshell")) ? Path.of("jshell") : Path.of("demo", "jshell");
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jsh"))
                    .sorted()
                    .toList();
        }
    }

    /** Where the classes of core, supervisor, pool and demo come from, folders or jars. */
    private static List<String> classPath() throws URISyntaxException {
        List<String> classPath = new ArrayList<>();
        for (Class<?> one : List.of(ProcessRef.class, Supervisor.class, RoutingPool.class, FantaServer.class)) {
            classPath.add(Path.of(one.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString());
        }
        return classPath;
    }
}

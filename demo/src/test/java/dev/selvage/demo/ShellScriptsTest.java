package dev.selvage.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of the shell scripts can be tested inside a build: they start builds themselves. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ShellScriptsTest {

    private static final Path DEMO = Files.isDirectory(Path.of("jshell"))
            ? Path.of("").toAbsolutePath()
            : Path.of("demo").toAbsolutePath();

    private record Ended(int status, String output) {}

    @ParameterizedTest
    @DisplayName("a script is executable, and bash understands it")
    @ValueSource(strings = {"run", "build-if-needed", "class-path", "jshell/command"})
    void syntax(String script) throws Exception {
        assertThat(DEMO.resolve(script)).isExecutable();
        assertThat(run("bash", "-n", DEMO.resolve(script).toString())).isEqualTo(new Ended(0, ""));
    }

    @Test
    @DisplayName("the class path has the classes of all four modules, wherever it is asked for")
    void classPath() throws Exception {
        Ended ended = run(DEMO.resolve("class-path").toString());
        assertThat(ended.status()).isZero();
        assertThat(List.of(ended.output().strip().split(":", -1)))
                .hasSize(4)
                .allSatisfy(folder -> assertThat(Path.of(folder)).isAbsolute().endsWith(Path.of("target", "classes")));
    }

    @Test
    @DisplayName("a script for jshell that is not there is refused with the list of those that are")
    void unknownScript() throws Exception {
        Ended ended = run(DEMO.resolve("jshell/command").toString(), "nothing");
        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.output()).contains("there is no script nothing", "lock.jsh", "routing-pool.jsh");
    }

    private static Ended run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return new Ended(process.exitValue(), output);
        } finally {
            process.destroyForcibly();
        }
    }
}

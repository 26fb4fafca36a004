package dev.selvage.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.process.ProcessException;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ReplyTo;
import dev.selvage.registry.Registry;
import dev.selvage.supervisor.ChildSpec;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.supervisor.SupervisorSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The example of the README: it stands here between two marks, compiled and run, and there word for word. */
@DisplayName("The README")
class ReadmeTest {

    private static final Path ROOT = Path.of("..");
    private static final Path THIS_FILE = Path.of("src/test/java/dev/selvage/demo/ReadmeTest.java");
    private static final Pattern EXAMPLE = Pattern.compile(
            "^ *// README: from here\n(.*?)^ *// README: to here\n", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern JAVA_BLOCK =
            Pattern.compile("^```java\n(.*?)^```\n", Pattern.MULTILINE | Pattern.DOTALL);

    @Test
    @DisplayName("shows an example that does what its comments say")
    void exampleWorks() throws Exception {
        var written = new ByteArrayOutputStream();
        example(new PrintStream(written, true));
        assertThat(written.toString().lines())
                .containsExactly("20", "failed: java.lang.ArithmeticException: / by zero", "25");
    }

    private static void example(PrintStream out) throws Exception {
        // README: from here
        record Divide(int by, ReplyTo<Integer> answer) {}

        var names = Registry.<String, ProcessRef<Divide>>unique("names");
        var divider = ChildSpec.<Divide>process("divider", mailbox -> {
            names.register("divider", mailbox.self()); // gone when this process ends, whatever ends it
            while (true) {
                Divide division = mailbox.receive();
                division.answer().reply(100 / division.by());
            }
        });
        try (names;
                var app = Supervisor.start(SupervisorSpec.oneForOne("app", divider))) {
            for (int by : List.of(5, 0, 4)) {
                var living = names.await("divider", Duration.ofSeconds(5)).orElseThrow();
                try {
                    int answer = living.value().call(reply -> new Divide(by, reply));
                    out.println(answer);
                } catch (ProcessException.Exited died) { // at once; it is being restarted
                    out.println(died.reason());
                }
            }
        } // prints 20, then "failed: java.lang.ArithmeticException: / by zero", then 25
        // README: to here
    }

    @Test
    @DisplayName("shows that example word for word, in at most twenty lines")
    void exampleIsThatOne() throws IOException {
        List<String> shown = matches(JAVA_BLOCK, ROOT.resolve("README.md"));
        List<String> compiled = matches(EXAMPLE, THIS_FILE);
        assertThat(compiled).hasSize(1);
        assertThat(shown).containsExactlyElementsOf(compiled);
        assertThat(shown.getFirst().lines().filter(line -> !line.isBlank()).count())
                .isBetween(10L, 21L);
    }

    @Test
    @DisplayName("names the two commands, and both are there")
    void commandsAreThere() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        for (String command : List.of("./mvnw verify", "./demo/run")) {
            assertThat(readme).contains(command);
        }
        assertThat(ROOT.resolve("mvnw")).isExecutable();
        assertThat(ROOT.resolve("demo/run")).isExecutable();
    }

    private static List<String> matches(Pattern pattern, Path file) throws IOException {
        Matcher matcher = pattern.matcher(Files.readString(file));
        return matcher.results()
                .map(result -> result.group(1).stripTrailing().stripIndent())
                .toList();
    }
}

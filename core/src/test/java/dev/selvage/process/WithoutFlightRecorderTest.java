package dev.selvage.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The JDK's flight recorder is optional at run time. */
class WithoutFlightRecorderTest {

    /** What the JVM without the module runs. */
    static final class Program {
        private Program() {}

        @SuppressWarnings("SystemOut") // its answer to the test
        public static void main(String[] arguments) throws InterruptedException {
            try (ProcessScope scope = ProcessScope.open("scope")) {
                ProcessRef<ReplyTo<String>> process =
                        scope.start("process", mailbox -> mailbox.receive().reply("answered"));
                boolean present = ModuleLayer.boot().findModule("jdk.jfr").isPresent();
                System.out.print(process.<String>call(from -> from) + ", jdk.jfr present: " + present);
            }
        }
    }

    @Test
    @DisplayName("processes run in a runtime image without jdk.jfr")
    void runsWithout() throws Exception {
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--limit-modules",
                        "java.base,java.logging",
                        "--class-path",
                        System.getProperty("java.class.path"),
                        Program.class.getName())
                .redirectErrorStream(true)
                .start();
        String printed = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(java.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(printed).isEqualTo("answered, jdk.jfr present: false");
        assertThat(java.exitValue()).isZero();
    }
}

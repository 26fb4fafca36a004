package dev.selvage.demo.bench;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of ours in a JVM of its own: the running JDK, with the running class path. */
final class ChildJvm {
    private static final int LIMIT_MINUTES = 5;

    private ChildJvm() {}

    /** Returns the numbers that it printed. */
    static double[] numbers(List<String> flags, Class<?> program, String... args)
            throws IOException, InterruptedException {
        String printed = run(flags, program, args);
        try {
            return Arrays.stream(printed.split(" "))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
        } catch (NumberFormatException e) {
            throw new IOException(program.getSimpleName() + " " + String.join(" ", args) + ": " + printed, e);
        }
    }

    /** Returns what it printed to its standard output; if it fails, how and the first line that it said. */
    static String run(List<String> flags, Class<?> program, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("--class-path", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(args));
        Path errors = Path.of(System.getProperty("java.io.tmpdir"), "child-errors");
        Process process = new ProcessBuilder(command)
                .redirectError(Redirect.to(errors.toFile()))
                .start();
        Thread guard = Thread.ofVirtual().start(() -> {
            try {
                if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try (InputStream output = process.getInputStream()) {
            String printed = new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() != 0) {
                String said = printed + Files.readString(errors);
                return "exit status " + process.exitValue() + ": "
                        + said.lines()
                                .filter(line -> !line.isBlank())
                                .findFirst()
                                .orElse("it said nothing");
            }
            return printed;
        } finally {
            guard.interrupt();
            process.destroyForcibly();
        }
    }
}

package dev.selvage.demo.server;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Programs of the system: where they are, and running them. */
final class Programs {
    private static final long LONGEST_RUN_SECONDS = 60;

    private Programs() {}

    /** Looks on the path, then in the folders given. */
    static Optional<Path> find(String name, List<Path> folders) {
        List<Path> all = new ArrayList<>();
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            all.add(Path.of(folder));
        }
        all.addAll(folders);
        return all.stream()
                .map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The folders {@code parent/X/last}, the one with the greatest X first. */
    static List<Path> versions(Path parent, String last) {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        try (Stream<Path> versions = Files.list(parent)) {
            return versions.sorted(Collections.reverseOrder())
                    .map(version -> version.resolve(last))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Runs a program to its end in a folder, where what it says goes to the file {@code log}. Throws with all of that
     * if it fails.
     */
    static void run(Path folder, List<String> command) throws IOException, InterruptedException {
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .directory(folder.toFile())
                .start();
        if (!process.waitFor(LONGEST_RUN_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(command + " did not end within " + LONGEST_RUN_SECONDS + " s: " + said(log));
        }
        if (process.exitValue() != 0) {
            throw new IOException(command + " ended with status " + process.exitValue() + ": " + said(log));
        }
    }

    static String said(Path log) throws IOException {
        return Files.readString(log).strip();
    }

    /** A port that nobody listens on. Somebody else may take it meanwhile; then the server says so and ends. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static void deleteFolder(Path folder) throws IOException {
        try (Stream<Path> inside = Files.walk(folder)) {
            for (Path path : inside.sorted(Collections.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}

package dev.selvage.demo.rules;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where the project's sources and classes lie. */
final class Project {

    /** The modules that are published; the rules are strictest there. */
    static final List<String> LIBRARIES = List.of("core", "supervisor", "pool");

    /** All modules, by folder. */
    static final List<String> MODULES = List.of("core", "supervisor", "pool", "demo", "demo/bench", "demo/stress");

    private Project() {}

    /** The folder of the whole project, from wherever below it the tests run. */
    static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("mvnw"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IllegalStateException(
                        "not inside the project: " + Path.of("").toAbsolutePath());
            }
        }
        return folder;
    }

    static Path mainSources(String module) {
        return root().resolve(module).resolve("src/main/java");
    }

    static Path testSources(String module) {
        return root().resolve(module).resolve("src/test/java");
    }

    static Path mainClasses(String module) {
        return root().resolve(module).resolve("target/classes");
    }

    static Path testClasses(String module) {
        return root().resolve(module).resolve("target/test-classes");
    }

    /** The Java files below a folder, sorted; none if there is no such folder. */
    static List<Path> javaFiles(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.selvage.demo.rules;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** Classes compiled for the occasion, so that a rule can show that it finds what it looks for. */
final class PlantedClasses {

    private PlantedClasses() {}

    /**
     * Compiles the sources, by the full name of their class, and reads them as the rules read the project's own.
     *
     * @param folder an empty folder for the class files
     */
    static JavaClasses compile(Path folder, Map<String, String> sources) {
        List<SourceFile.InMemory> files = sources.entrySet().stream()
                .map(entry -> new SourceFile.InMemory(entry.getKey().replace('.', '/') + ".java", entry.getValue()))
                .toList();
        StringWriter messages = new StringWriter();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            manager.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(folder));
            List<String> options = List.of("--release", "21", "-proc:none");
            if (!compiler.getTask(messages, manager, null, options, null, files).call()) {
                throw new IllegalArgumentException(messages.toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ClassFileImporter().importPath(folder);
    }
}

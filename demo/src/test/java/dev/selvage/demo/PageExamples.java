package dev.selvage.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The examples of a page in docs. Each stands in a test between two marks, {@code // PAGE: from here} and
 * {@code // PAGE: to here}, where it is compiled and run, and on the page word for word.
 */
final class PageExamples {
    private static final Pattern EXAMPLE =
            Pattern.compile("^ *// PAGE: from here\n(.*?)^ *// PAGE: to here\n", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern JAVA_BLOCK =
            Pattern.compile("^```java\n(.*?)^```\n", Pattern.MULTILINE | Pattern.DOTALL);

    private PageExamples() {}

    /** Fails unless a page shows each of a test's examples, in their order, and no other. */
    static void areThoseOf(Class<?> test, String page) throws IOException {
        Path source = Path.of("src/test/java").resolve(test.getName().replace('.', '/') + ".java");
        assertThat(blocks(JAVA_BLOCK, Path.of("../docs").resolve(page)))
                .isNotEmpty()
                .containsExactlyElementsOf(blocks(EXAMPLE, source));
    }

    private static List<String> blocks(Pattern pattern, Path file) throws IOException {
        return pattern.matcher(Files.readString(file))
                .results()
                .map(result -> result.group(1).stripTrailing().stripIndent())
                .toList();
    }
}

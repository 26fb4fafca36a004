package dev.selvage.demo.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rules of style, on every source file of the project. */
@DisplayName("House rules on the sources")
class SourceRulesTest {

    private static final List<SourceFile> MAIN = parse(Project::mainSources);
    private static final List<SourceFile> TESTS = parse(Project::testSources);

    /** The files where an interrupt rightly ends, with the reason. One that is no longer needed fails the test, too. */
    private static final Map<String, String> INTERRUPTS_THAT_END = Map.of(
            "Watchers.java", "a watcher ends with the thread it watches and with nothing else",
            "ScopeClose.java", "remembered here: the scope that closes passes it on and sets it again");

    @Test
    @DisplayName("a file has at most 500 lines")
    void filesAreShort() {
        assertThat(SourceRules.longFiles(planted("class Long {\n" + "//\n".repeat(499) + "}")))
                .hasSize(1);
        assertThat(all(SourceRules::longFiles)).isEmpty();
    }

    @Test
    @DisplayName("a line has at most 120 columns")
    void linesAreShort() {
        assertThat(SourceRules.longLines(planted("class Wide {\n// " + "x".repeat(118) + "\n}")))
                .containsExactly("Planted.java:2: 121 columns");
        assertThat(all(SourceRules::longLines)).isEmpty();
    }

    @Test
    @DisplayName("a method has at most 70 lines")
    void methodsAreShort() {
        assertThat(SourceRules.longMethods(planted("class Long {\n  void all() {\n" + "//\n".repeat(69) + "  }\n}")))
                .containsExactly("Planted.java:2: all has 71 lines");
        assertThat(SourceRules.longMethods(planted("class Long {\n  void all() {\n" + "//\n".repeat(68) + "  }\n}")))
                .isEmpty();
        assertThat(all(SourceRules::longMethods)).isEmpty();
    }

    @Test
    @DisplayName("nothing is marked as unfinished")
    void nothingIsUnfinished() {
        assertThat(SourceRules.unfinishedWork(planted("class Half {} // TO" + "DO the rest")))
                .hasSize(1);
        assertThat(all(SourceRules::unfinishedWork)).isEmpty();
    }

    @Test
    @DisplayName("main code has no monitor: 3.7, JDK 21 to 23 pin the carrier in one")
    void mainCodeHasNoMonitor() {
        assertThat(SourceRules.monitors(
                        planted("class M { synchronized void a() {} void b() { synchronized (this) {} } }")))
                .hasSize(2);
        assertThat(main(SourceRules::monitors)).isEmpty();
    }

    @Test
    @DisplayName("main code passes an interrupt on, or says here why it ends")
    void mainCodePassesInterruptsOn() {
        assertThat(SourceRules.swallowedInterrupts(planted(catching("{}")))).hasSize(1);
        assertThat(SourceRules.swallowedInterrupts(planted(catching("{ log(e); }"))))
                .hasSize(1);
        assertThat(SourceRules.swallowedInterrupts(planted(catching("{ Thread.currentThread().interrupt(); }"))))
                .isEmpty();
        assertThat(SourceRules.swallowedInterrupts(planted(catching("{ throw new IllegalStateException(e); }"))))
                .isEmpty();

        assertThat(SourceRules.swallowedInterrupts(planted(catching("{ late = true; }"))))
                .hasSize(1);
        assertThat(SourceRules.swallowedInterrupts(planted(
                        catching("{ late = true; }").replace("class C {", "class C { void n() { t.interrupt(); }"))))
                .isEmpty();

        List<String> found = main(SourceRules::swallowedInterrupts);
        assertThat(found.stream().map(SourceRulesTest::fileName))
                .containsExactlyInAnyOrderElementsOf(INTERRUPTS_THAT_END.keySet());
    }

    @Test
    @DisplayName("every package has a package-info that is null-marked")
    void packagesAreDocumented() {
        List<String> bare = Project.MODULES.stream()
                .flatMap(module -> Project.javaFiles(Project.mainSources(module)).stream())
                .map(Path::getParent)
                .distinct()
                .filter(folder -> Project.MODULES.stream().noneMatch(m -> folder.equals(Project.mainSources(m))))
                .map(folder -> folder.resolve("package-info.java"))
                .filter(info -> !Files.exists(info) || !Project.read(info).contains("@NullMarked"))
                .map(Path::toString)
                .toList();
        assertThat(bare).isEmpty();
    }

    @Test
    @DisplayName("the rules look at the sources of every module")
    void everyModuleHasSources() {
        assertThat(Project.MODULES)
                .allSatisfy(module -> assertThat(Project.javaFiles(Project.mainSources(module)))
                        .isNotEmpty());
        assertThat(Project.javaFiles(Project.testSources("demo"))).isNotEmpty();
    }

    private static String fileName(String violation) {
        String path = violation.substring(0, violation.indexOf(':'));
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String catching(String block) {
        return "class C { void m() { try { w(); } catch (InterruptedException e) " + block + " } }";
    }

    private static SourceFile planted(String text) {
        return SourceFile.of("Planted.java", text);
    }

    private static List<String> all(Function<SourceFile, List<String>> rule) {
        return Stream.concat(MAIN.stream(), TESTS.stream())
                .flatMap(file -> rule.apply(file).stream())
                .toList();
    }

    private static List<String> main(Function<SourceFile, List<String>> rule) {
        return MAIN.stream().flatMap(file -> rule.apply(file).stream()).toList();
    }

    private static List<SourceFile> parse(Function<String, Path> folder) {
        return Project.MODULES.stream()
                .flatMap(module -> Project.javaFiles(folder.apply(module)).stream())
                .map(SourceFile::of)
                .toList();
    }
}

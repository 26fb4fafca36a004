package dev.selvage.demo.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of architecture and of what may be called, on the compiled classes. */
@DisplayName("House rules on the classes")
class ClassRulesTest {

    private static final JavaClasses LIBRARIES = classes(Project.LIBRARIES, Project::mainClasses);
    private static final JavaClasses MAIN =
            classes(List.of("core", "supervisor", "pool", "demo"), Project::mainClasses);
    private static final JavaClasses TESTS = classes(Project.MODULES, Project::testClasses);

    @TempDir
    Path folder;

    @Test
    @DisplayName("2. arrows between packages point down only, so there are no cycles")
    void arrowsPointDown() {
        JavaClasses planted = planted(
                "dev.selvage.time.Up",
                "package dev.selvage.time; class Up { dev.selvage.lock.Top top; }",
                "dev.selvage.lock.Top",
                "package dev.selvage.lock; public class Top { dev.selvage.exit.Down down; }",
                "dev.selvage.exit.Down",
                "package dev.selvage.exit; public class Down {}",
                "dev.selvage.task.Work",
                "package dev.selvage.task; class Work { dev.selvage.exit.Down down; dev.selvage.lock.Top top; }",
                "dev.selvage.other.New",
                "package dev.selvage.other; class New { dev.selvage.exit.Down[] down; }");
        assertThat(ClassRules.wrongArrows(planted))
                .anySatisfy(arrow -> assertThat(arrow).startsWith("time -> lock"))
                .anySatisfy(arrow -> assertThat(arrow).startsWith("other -> exit"))
                .anySatisfy(arrow -> assertThat(arrow).startsWith("task -> lock"))
                .noneSatisfy(arrow -> assertThat(arrow).startsWith("task -> exit"))
                .noneSatisfy(arrow -> assertThat(arrow).startsWith("lock -> exit"));
        assertThat(ClassRules.wrongArrows(LIBRARIES)).isEmpty();
    }

    @Test
    @DisplayName("2. a package has at most 10 public types")
    void packagesAreSmall() {
        Map<String, String> sources = new HashMap<>();
        for (int i = 1; i <= 11; i++) {
            sources.put("p.Type" + i, "package p; public class Type" + i + " {}");
        }
        assertThat(ClassRules.largePackages(PlantedClasses.compile(folder, sources)))
                .containsExactly("p: 11 public types");
        assertThat(ClassRules.largePackages(LIBRARIES)).isEmpty();
    }

    @Test
    @DisplayName("no public signature shows a type that users cannot name")
    void signaturesAreOpen() {
        JavaClasses planted = planted(
                "dev.selvage.time.Open",
                "package dev.selvage.time; public class Open { public java.util.List<Hidden> all() { return null; } }",
                "dev.selvage.time.Hidden",
                "package dev.selvage.time; class Hidden { public Hidden self() { return this; } }");
        assertThat(ClassRules.leakedTypes(planted))
                .containsExactly("dev.selvage.time.Open.all() shows dev.selvage.time.Hidden");
        assertThat(ClassRules.leakedTypes(LIBRARIES)).isEmpty();
    }

    @Test
    @DisplayName("no test sleeps: it waits for a state")
    void testsDoNotSleep() {
        finds(
                ClassRules::sleeps,
                "void a() throws Exception { Thread." + "sleep(1); }",
                "void b() throws Exception { java.util.concurrent.TimeUnit.SECONDS.sleep(1); }",
                "interface Pause { void pause(long time) throws Exception; } Pause pause = Thread::sleep;");
        // The simulator stands in for the sleeps of the code it weaves.
        assertThat(ClassRules.sleeps(TESTS)).allSatisfy(use -> assertThat(use).contains("<dev.selvage.sim.Points."));
    }

    @Test
    @DisplayName("12. the libraries have no timed wait but the ticker's")
    void timedWaitsAreTheTickers() {
        finds(
                ClassRules::timedWaitsOutsideTime,
                "void a() { java.util.concurrent.locks.LockSupport.parkNanos(this, 1); }",
                "void b() throws Exception { wait(1); }",
                "void c(java.util.concurrent.locks.Condition c) throws Exception { c.awaitNanos(1); }",
                "void d(java.util.concurrent.locks.Condition c) throws Exception {"
                        + " c.await(1, java.util.concurrent.TimeUnit.SECONDS); }",
                "void e(Thread t) throws Exception { t.join(java.time.Duration.ZERO); }");
        assertThat(ClassRules.timedWaitsOutsideTime(LIBRARIES)).isEmpty();
    }

    @Test
    @DisplayName("12. no clock but the ticker's in the libraries, and nowhere the wall clock")
    void clocksAreTheTickers() {
        finds(
                ClassRules::clocksOutsideTime,
                "long a() { return System.nanoTime(); }",
                "Object b() { return java.time.Instant.now(); }");
        finds(ClassRules::wallClocks, "long a() { return System." + "currentTimeMillis(); }");
        assertThat(ClassRules.clocksOutsideTime(LIBRARIES)).isEmpty();
        assertThat(ClassRules.wallClocks(MAIN)).isEmpty();
    }

    @Test
    @DisplayName("the libraries print nothing")
    void librariesPrintNothing() {
        finds(
                ClassRules::printing,
                "void a() { System." + "out.println(); }",
                "void b() { System." + "err.println(); }",
                "void c(Exception e) { e.print" + "StackTrace(); }");
        assertThat(ClassRules.printing(LIBRARIES)).isEmpty();
    }

    @Test
    @DisplayName("no test is disabled")
    void noTestIsDisabled() {
        finds(ClassRules::disabledTests, "@org.junit.jupiter.api." + "Disabled void a() {}");
        assertThat(ClassRules.disabledTests(TESTS)).isEmpty();
    }

    @Test
    @DisplayName("the rules look at the classes of every module")
    void everyModuleHasClasses() {
        assertThat(Project.LIBRARIES)
                .allSatisfy(module -> assertThat(new ClassFileImporter().importPath(Project.mainClasses(module)))
                        .isNotEmpty());
        assertThat(TESTS.contain(ClassRulesTest.class)).isTrue();
    }

    /** Each member, planted into a class alone, breaks the rule exactly once. */
    private void finds(Function<JavaClasses, List<String>> rule, String... members) {
        for (String member : members) {
            JavaClasses planted = planted("p.Planted", "package p; class Planted { " + member + " }");
            assertThat(rule.apply(planted)).as(member).hasSize(1);
        }
    }

    private JavaClasses planted(String... namesAndSources) {
        Map<String, String> sources = new HashMap<>();
        for (int i = 0; i < namesAndSources.length; i += 2) {
            sources.put(namesAndSources[i], namesAndSources[i + 1]);
        }
        return PlantedClasses.compile(folder, sources);
    }

    private static JavaClasses classes(List<String> modules, Function<String, Path> folder) {
        List<Path> folders =
                modules.stream().map(folder).filter(Files::isDirectory).toList();
        return new ClassFileImporter().importPaths(folders);
    }
}

package dev.selvage.demo.stress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.openjdk.jcstress.Main;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.TestGrading;

/**
 * Runs the tests with jcstress and judges its results. jcstress by itself ends with exit status 0 when it skipped tests
 * for want of processors; here a test class that is missing from the results, for whatever reason, fails the run as one
 * does that failed or whose JVM crashed.
 */
public final class Stress {
    private static final String USAGE = """
            usage: demo/stress/run [--quick] [TEST ...]
              --quick   one JVM configuration and half a second a test, for CI: under a minute;
                        otherwise every configuration that jcstress knows: the better part of an hour
              TEST      only those whose class name contains this, such as Reply
            """;

    /** jcstress loads a native library, which newer JDKs warn about. */
    private static final String QUIET = "--enable-native-access=ALL-UNNAMED";

    /**
     * One configuration, the one that users run. Each actor is bound to a processor of its own: left to the system,
     * on a busy machine, both share one and no reordering shows. Strides are short, and the memory is bounded, because
     * CI runs beside other things.
     */
    private static final List<String> QUICK = List.of(
            "-f",
            "1",
            "-iters",
            "1",
            "-time",
            "400",
            "-strideSize",
            "50",
            "-strideCount",
            "20",
            "-sc",
            "false",
            "-af",
            "LOCAL",
            "-jvmArgs",
            "-Xms128m -Xmx256m -XX:+UseSerialGC " + QUIET);

    private static final List<String> THOROUGH = List.of("-m", "quick", "-jvmArgsPrepend", QUIET);

    private Stress() {}

    /**
     * Runs what the arguments say, in the current folder, and exits with 0 only if all of it ran and passed.
     *
     * @param args see the usage
     * @throws Exception if jcstress fails
     */
    public static void main(String[] args) throws Exception {
        List<String> options = THOROUGH;
        List<String> wanted = new ArrayList<>();
        for (String arg : args) {
            switch (arg) {
                case "--help" -> {
                    System.out.print(USAGE);
                    return;
                }
                case "--quick" -> options = QUICK;
                default -> {
                    if (arg.startsWith("-")) {
                        System.err.print("unknown option " + arg + "\n" + USAGE);
                        System.exit(2);
                    }
                    wanted.add(arg);
                }
            }
        }
        SortedSet<String> tests = tests(wanted);
        if (tests.isEmpty()) {
            System.err.println("no test has " + String.join(" or ", wanted) + " in its name");
            System.exit(2);
        }
        List<String> command = new ArrayList<>(options);
        command.addAll(
                List.of("-r", "report", "-t", "^(" + String.join("|", tests).replace(".", "\\.") + ")$"));
        try {
            Main.main(command.toArray(String[]::new));
        } catch (AssertionError failures) {
            System.out.println(failures.getMessage()); // told below, test by test
        }

        List<String> wrong = wrong(tests, results());
        wrong.forEach(System.out::println);
        System.out.println(tests.size() + " tests, " + wrong.size() + " failed");
        System.exit(wrong.isEmpty() ? 0 : 1);
    }

    /** The test classes there are, found without the list that jcstress made of them. */
    private static SortedSet<String> tests(List<String> wanted) throws Exception {
        Path classes = Path.of(
                Stress.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        SortedSet<String> found = new TreeSet<>();
        for (String name : classNames(classes)) {
            Class<?> type = Class.forName(name, false, Stress.class.getClassLoader());
            String test = name.replace('$', '.');
            boolean isWanted = wanted.isEmpty() || wanted.stream().anyMatch(test::contains);
            if (isWanted && type.isAnnotationPresent(JCStressTest.class)) {
                found.add(test);
            }
        }
        return found;
    }

    private static List<String> classNames(Path classes) throws IOException {
        try (Stream<Path> files = Files.walk(classes)) {
            return files.map(file -> classes.relativize(file).toString())
                    .filter(file -> file.endsWith(".class") && !file.endsWith("package-info.class"))
                    .map(file ->
                            file.substring(0, file.length() - ".class".length()).replace('/', '.'))
                    .toList();
        }
    }

    private static Collection<TestResult> results() throws IOException, ClassNotFoundException {
        InProcessCollector collector = new InProcessCollector();
        for (Path file : resultFiles()) {
            DiskReadCollector reader = new DiskReadCollector(file.toString(), collector);
            reader.dump();
            reader.close();
        }
        return collector.getTestResults();
    }

    private static List<Path> resultFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(""))) {
            return files.filter(file -> file.toString().matches("jcstress-results-.*\\.bin\\.gz"))
                    .toList();
        }
    }

    /** What keeps the run from being good, a line each. */
    private static List<String> wrong(SortedSet<String> tests, Collection<TestResult> results) {
        Map<String, Long> samples = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        boolean sawReordering = false;
        for (TestResult result : results) {
            samples.merge(result.getName(), result.getTotalCount(), Long::sum);
            TestGrading grading = TestGrading.grade(result);
            if (result.status() != Status.NORMAL || !grading.isPassed) {
                wrong.add("FAILED  " + result.getName() + " (" + result.status() + "): "
                        + String.join("; ", grading.failureMessages));
            }
            sawReordering |= result.getName().equals(Harness.class.getName()) && grading.hasInteresting;
        }
        for (String test : tests) {
            if (samples.getOrDefault(test, 0L) == 0) {
                wrong.add("NOT RUN " + test + ": jcstress left it out");
            }
        }
        if (tests.contains(Harness.class.getName()) && !sawReordering) {
            wrong.add(
                    "BLIND   " + Harness.class.getName() + ": no read overtook a write; no error of order would show");
        }
        return wrong;
    }
}

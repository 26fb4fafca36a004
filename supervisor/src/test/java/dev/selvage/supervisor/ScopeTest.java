package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.testing.PinnedEvents;
import dev.selvage.testing.ScopedValues;
import dev.selvage.testing.Threads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules 3.3 to 3.7 as far as they show in a tree: its scopes, their values, their place in a thread dump. */
class ScopeTest {

    /** One container of a dump, up to its list of threads, and that list. Written so by the JDKs 21 to 28. */
    private static final Pattern CONTAINER = Pattern.compile(
            "\"container\":\\s*\"([^\"]*)\",\\s*\"parent\":\\s*(?:\"([^\"]*)\"|null),"
                    + ".*?\"threads\":\\s*\\[(.*?)]\\s*,\\s*\"threadCount\"",
            Pattern.DOTALL);

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Pattern THREAD_NAME = Pattern.compile("\"name\":\\s*\"([^\"]*)\"");

    @TempDir
    Path folder;

    private final Cast cast = new Cast();
    private final ChildSpec<Cast.Line> a = cast.child("a");
    private final ChildSpec<Cast.Line> b = cast.child("b");
    private final ChildSpec<Cast.Line> c = cast.child("c");

    private record Container(String name, String parent, List<String> threads) {}

    @Test
    @DisplayName("3.5 the JDK's thread dump shows the tree: scopes named after supervisors, threads after children")
    void threadDump() throws Exception {
        ChildSpec<Void> nested = ChildSpec.supervisor(SupervisorSpec.restForOne("dump-nested", b, c));
        try (Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("dump-app", a, nested))) {
            assertTree();

            Thread stopped = Cast.process(app, c).thread();
            Thread dead = Cast.crash(app, b).thread();
            assertThat(dead.join(PATIENCE)).isTrue();
            assertThat(stopped.join(PATIENCE)).isTrue();
            Cast.process(app, b);
            Cast.process(app, c);
            assertTree();
        }
        Threads.awaitTrue(
                "the root has ended",
                () -> dump().stream().noneMatch(container -> container.name().contains("dump-app")));
    }

    private void assertTree() {
        List<Container> containers = dump();
        assertThat(named(containers, "dump-app").threads()).containsExactlyInAnyOrder("a", "dump-nested");
        assertThat(named(containers, "dump-nested").threads()).containsExactlyInAnyOrder("b", "c");
        assertThat(named(containers, "dump-nested").parent()).startsWith("dump-app/");
        assertThat(named(containers, "root of dump-app").threads()).containsExactly("dump-app");
        assertThat(named(containers, "dump-app").parent()).startsWith("root of dump-app/");
    }

    private static Container named(List<Container> containers, String name) {
        return containers.stream()
                .filter(container -> container.name().startsWith(name + "/"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + containers));
    }

    private List<Container> dump() {
        try {
            Path file = Files.createTempDirectory(folder, "dump")
                    .resolve("threads.json")
                    .toAbsolutePath();
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(file.toString(), ThreadDumpFormat.JSON);
            return parse(Files.readString(file).replace("\\/", "/"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Container> parse(String json) {
        List<Container> containers = new ArrayList<>();
        for (Matcher each = CONTAINER.matcher(json); each.find(); ) {
            List<String> threads = new ArrayList<>();
            for (Matcher name = THREAD_NAME.matcher(each.group(3)); name.find(); ) {
                threads.add(name.group(1));
            }
            containers.add(new Container(each.group(1), String.valueOf(each.group(2)), threads));
        }
        return containers;
    }

    @Test
    @DisplayName(
            "3.6 scoped values bound where the scope was opened reach every child and restarted child, at any depth")
    void scopedValues() throws Throwable {
        Object key = ScopedValues.newKey();
        ChildSpec<Void> reader = ChildSpec.process("reader", (mailbox, start) -> {
            cast.add("read " + ScopedValues.get(key));
            start.ready();
            mailbox.receive();
        });
        ChildSpec<Void> nested = ChildSpec.supervisor(SupervisorSpec.oneForOne("nested", reader));
        ScopedValues.runWhere(key, "bound", () -> {
            try (ProcessScope scope = ProcessScope.open("scope");
                    Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app", a, nested), scope)) {
                ProcessRef<Void> before = app.child(reader).orElseThrow();
                before.kill();
                cast.awaitRecord("+a", "read bound", "read bound");
                app.child(nested).orElseThrow().kill();
                cast.awaitRecord("+a", "read bound", "read bound", "read bound");
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    @DisplayName("3.7 supervision pins no carrier: starts, restarts, lookups and stops")
    void pinsNothing() throws Exception {
        assertThat(PinnedEvents.of(this::crashAndAsk)).isEmpty();
    }

    private void crashAndAsk() throws InterruptedException {
        try (Supervisor app =
                Supervisor.start(SupervisorSpec.oneForAll("app", a, b, c).withIntensity(100, Duration.ofDays(1)))) {
            for (int round = 0; round < 20; round++) {
                Cast.crashAndAwaitRestart(app, b);
                Cast.who(app, c);
            }
        }
    }

    @Test
    @DisplayName("3.2, 4.2 restarts leave nothing behind: no thread of a dead incarnation stays")
    void nothingStays() throws Exception {
        try (Supervisor app =
                Supervisor.start(SupervisorSpec.oneForOne("app", a).withIntensity(1_000, Duration.ofDays(1)))) {
            List<Thread> dead = new ArrayList<>();
            for (int round = 0; round < 200; round++) {
                dead.add(Cast.crash(app, a).thread());
            }
            for (Thread thread : dead) {
                assertThat(thread.join(PATIENCE)).isTrue();
            }
            assertThat(Cast.who(app, a)).isEqualTo("a201");
        }
    }
}

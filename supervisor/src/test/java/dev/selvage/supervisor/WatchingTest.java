package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import dev.selvage.exit.ExitReason;
import dev.selvage.scope.Json;
import dev.selvage.supervisor.SupervisorTree.Budget;
import dev.selvage.supervisor.SupervisorTree.Kind;
import dev.selvage.supervisor.SupervisorTree.Status;
import dev.selvage.testing.Threads;
import dev.selvage.time.Backoff;
import dev.selvage.time.FakeTicker;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule 8.9 and 3.5: what a tree shows in JSON, in the log, in a flight recording, in the JDK's thread dump. */
class WatchingTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final Cast cast = new Cast();
    private final FakeTicker ticker = new FakeTicker();
    private final CountDownLatch never = new CountDownLatch(1);

    @TempDir
    Path folder;

    private interface Play {
        void run() throws Exception;
    }

    // ---- JSON

    @Test
    @DisplayName("8.9 the tree as JSON: each component by its name, durations in seconds, what is empty left out")
    void json() throws Exception {
        ChildSpec<Cast.Line> a = cast.child("a")
                .withBackoff(Backoff.fixed(Duration.ofMillis(1500)))
                .withIntensity(2, Duration.ofMinutes(1));
        ChildSpec<Void> nested = ChildSpec.supervisor(SupervisorSpec.dynamic("nested"));
        try (Supervisor app =
                Supervisor.start(SupervisorSpec.oneForOne("app", a, nested).withTicker(ticker))) {
            Cast.crash(app, a, new IOException("\"quoted\"\n"));
            Cast.awaitStatus(app, "a", Status.RESTARTING);
            ticker.awaitParked(1);
            assertThat(app.tree().toJson())
                    .isEqualTo("{'name':'app','status':'running','strategy':'one_for_one','recentRestarts':1,"
                                    .replace('\'', '"')
                            + ("'allowedRestarts':3,'period':5,'stuckThreads':0,'children':["
                                            + "{'id':'a','kind':'process','restart':'permanent','status':'restarting',"
                                            + "'restarts':0,'abandoned':0,")
                                    .replace('\'', '"')
                            + "\"lastExit\":\"failed: java.io.IOException: \\\"quoted\\\"\\u000a\","
                            + ("'nextTry':1.5,'budget':{'used':1,'allowed':2,'period':60}},"
                                            + "{'id':'nested','kind':'supervisor','restart':'permanent',"
                                            + "'status':'running','restarts':0,'abandoned':0,'supervisor':"
                                            + "{'name':'nested','status':'running','strategy':'dynamic',"
                                            + "'recentRestarts':0,'allowedRestarts':3,'period':5,'stuckThreads':0,"
                                            + "'children':[]}}]}")
                                    .replace('\'', '"'));
            assertThat(Json.parse(app.tree().toJson())).isInstanceOf(Map.class);
        }
    }

    @Test
    @DisplayName("8.9 names with quotes, backslashes, control characters and lone surrogates make valid JSON")
    void jsonEscapes() {
        SupervisorTree.Child child = new SupervisorTree.Child(
                "\u0001\\\ud800\u00e9",
                Kind.TASK,
                Restart.TEMPORARY,
                Status.ENDED,
                0,
                0,
                Optional.of(ExitReason.normal()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        SupervisorTree tree = new SupervisorTree(
                "{[:\"", Status.ENDED, Strategy.ONE_FOR_ALL, 0, 0, Duration.ofMillis(1), 0, List.of(child, child));
        assertThat(tree.toJson())
                .contains("\"name\":\"{[:\\\"\",\"status\"")
                .contains("\"period\":0.001,")
                .contains("\"id\":\"\\u0001\\\\\\ud800\u00e9\"");
        assertThat(Json.parse(tree.toJson())).isInstanceOf(Map.class);
        assertThat(new Budget(3, 2, DAY).remaining()).isZero();
    }

    // ---- the log

    @Test
    @DisplayName("8.9 the log tells of a restart: supervisor, child, reason, restarts so far, next try, budget")
    void log() throws Exception {
        List<String> records = new CopyOnWriteArrayList<>(); // written by whoever logs, of other trees too
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord logged) {
                records.add(logged.getLevel() + " " + logged.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger("dev.selvage.supervisor");
        logger.addHandler(handler);
        ChildSpec<Cast.Line> a = cast.child("logged").withBackoff(Backoff.fixed(Duration.ofMillis(200)));
        try (Supervisor app = Supervisor.start(
                SupervisorSpec.oneForOne("log test", a).withIntensity(1, DAY).withTicker(ticker))) {
            Cast.crash(app, a, new IOException("planned"));
            Cast.awaitStatus(app, "logged", Status.RESTARTING);
            ticker.advanceToNextDeadline();
            Cast.process(app, a);
            Cast.crash(app, a, new IOException("again"));
            app.join();
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(records)
                .filteredOn(text -> text.contains("log test"))
                .containsExactly(
                        "INFO supervisor 'log test': child 'logged' ended (failed: java.io.IOException: planned),"
                                + " restarting in 200 ms (one_for_one), restarted 0 times so far; 1 of 1 restarts"
                                + " within 24 h",
                        "SEVERE supervisor 'log test' gave up: child 'logged' needs one restart more than the 1 within"
                                + " 24 h that are allowed; it last ended (failed: java.io.IOException: again)");
    }

    // ---- the flight recorder

    private List<RecordedEvent> recorded(String name, Play play) throws Exception {
        Path file = folder.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("dev.selvage." + name);
            recording.start();
            play.run();
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("dev.selvage." + name))
                .filter(event -> event.getString("supervisor").equals("recorded"))
                .toList();
    }

    private Supervisor start(ChildSpec<?> child) throws InterruptedException {
        return Supervisor.start(SupervisorSpec.oneForOne("recorded", child).withIntensity(1, DAY));
    }

    @Test
    @DisplayName("8.9 a recording shows each restart with its reason and delay")
    void recordedRestart() throws Exception {
        ChildSpec<Cast.Line> a = cast.child("a").withBackoff(Backoff.fixed(Duration.ofMillis(1)));
        assertThat(recorded("ChildRestart", () -> {
                    try (Supervisor app = start(a)) {
                        Cast.crashAndAwaitRestart(app, a);
                    }
                }))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getString("child")).isEqualTo("a");
                    assertThat(event.getString("reason")).startsWith("failed: ");
                    assertThat(event.getInt("restarts")).isZero();
                    assertThat(event.getDuration("delay")).isEqualTo(Duration.ofMillis(1));
                });
    }

    @Test
    @DisplayName("8.9 a recording shows who gave up, and who was abandoned")
    void recordedEnds() throws Exception {
        ChildSpec<Cast.Line> a = cast.child("a");
        assertThat(recorded("SupervisorGaveUp", () -> {
                    try (Supervisor app = start(a)) {
                        Cast.crashAndAwaitRestart(app, a);
                        Cast.crash(app, a);
                        app.join();
                    }
                }))
                .singleElement()
                .satisfies(event -> assertThat(event.getString("child")).isEqualTo("a"));
        Files.delete(folder.resolve("recording.jfr"));
        CountDownLatch end = new CountDownLatch(1);
        ChildSpec<Void> stuck =
                Stuck.child("stuck", end).withShutdown(Shutdown.brutal().withInterruptTime(Duration.ZERO));
        assertThat(recorded("ChildAbandoned", () -> start(stuck).close()))
                .singleElement()
                .satisfies(event -> assertThat(event.getString("child")).isEqualTo("stuck"));
        end.countDown();
    }

    // ---- the JDK's thread dump

    @Test
    @DisplayName("3.5, 8.9 the JDK's thread dump shows the tree: each supervisor a container, each child its thread")
    void threadDump() throws Exception {
        ChildSpec<Cast.Line> b = cast.child("dumped b");
        ChildSpec<Void> nested = ChildSpec.supervisor(
                SupervisorSpec.oneForOne("dumped nested", b, ChildSpec.task("dumped c", never::await)));
        try (Supervisor app =
                Supervisor.start(SupervisorSpec.oneForAll("dumped app", cast.child("dumped a"), nested))) {
            Cast.crashAndAwaitRestart(app, b); // a restarted one stands where the first one did
            Threads.awaitTrue(
                    "it waits", () -> app.child(b).orElseThrow().thread().getState() == Thread.State.WAITING);

            List<Map<String, Object>> containers = dump();
            Map<String, Object> outer = named(containers, "dumped app");
            Map<String, Object> inner = named(containers, "dumped nested");
            assertThat(threads(outer)).containsExactlyInAnyOrder("dumped a", "dumped nested");
            assertThat(threads(inner)).containsExactlyInAnyOrder("dumped b", "dumped c");
            assertThat((String) inner.get("parent")).startsWith("dumped app/");
            assertThat((String) outer.get("parent")).startsWith("root of dumped app/");
            assertThat(threads(inner)).isEqualTo(childrenOf(app, "dumped nested"));
        }
    }

    private static List<String> childrenOf(Supervisor app, String supervisor) {
        return Cast.line(app, supervisor).supervisor().orElseThrow().children().stream()
                .map(SupervisorTree.Child::id)
                .sorted()
                .toList();
    }

    private static List<String> threads(Map<String, Object> container) {
        return ((List<?>) container.get("threads"))
                .stream()
                        .map(thread -> (String) ((Map<?, ?>) thread).get("name"))
                        .sorted()
                        .toList();
    }

    private static Map<String, Object> named(List<Map<String, Object>> containers, String name) {
        List<Map<String, Object>> found = containers.stream()
                .filter(container -> ((String) container.get("container")).startsWith(name + "/"))
                .toList();
        assertThat(found).as("containers named %s", name).hasSize(1);
        return found.getFirst();
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> dump() throws Exception {
        Path file = folder.resolve("threads.json").toAbsolutePath();
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .dumpThreads(file.toString(), ThreadDumpFormat.JSON);
        Map<String, Object> dump = (Map<String, Object>) Json.parse(Files.readString(file));
        return (List<Map<String, Object>>) ((Map<String, Object>) dump.get("threadDump")).get("threadContainers");
    }
}

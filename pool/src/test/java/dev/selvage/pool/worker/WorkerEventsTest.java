package dev.selvage.pool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.pool.worker.WorkerRig.Gate;
import dev.selvage.pool.worker.WorkerRig.Work;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a listener and a flight recording are told. */
class WorkerEventsTest {
    private static final Duration WAIT = Duration.ofSeconds(3);

    @TempDir
    Path folder;

    private final List<String> told = new CopyOnWriteArrayList<>();

    private final class Telling implements WorkerListener {
        @Override
        public void onWait(String pool, Duration waited, boolean accepted) {
            told.add("wait " + waited + " " + accepted);
        }

        @Override
        public void onRefusal(String pool, Object job, String why) {
            told.add("refusal " + job + ": " + why);
        }

        @Override
        public void onRetry(String pool, Object job, int attempts, Duration delay, Throwable cause) {
            told.add("retry " + job + " " + attempts + " " + delay);
        }

        @Override
        public void onDeadLetter(String pool, WorkerPool.DeadLetter<?> letter) {
            told.add("letter " + letter.job() + " " + letter.attempts());
        }

        @Override
        public void onReclaim(String pool, String worker, boolean abandoned) {
            told.add("reclaim " + worker + " " + abandoned);
        }
    }

    /** A wait, a refusal, a retry, a dead letter and a worker that dies. */
    private void play() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1, options -> options.withCapacity(1).withListener(new Telling()))) {
            Gate gate = rig.occupy("ada");
            rig.pool.submit(new Work("bob", "bob"));
            var late = rig.doing(() -> rig.pool.submit(new Work("eve", "eve"), WAIT));
            rig.awaitBlocked(1);
            rig.ticker.awaitParked(1);
            rig.ticker.advance(WAIT);
            assertThat(late.failure()).isInstanceOf(WorkerException.Refused.class);
            rig.workerOf(gate).kill();
            gate.open();
            rig.passRetryPause(1);
            rig.awaitStatistics("both done", statistics -> statistics.done() == 2);
            Job<String> poison = rig.pool.submit(new Work("eve", "poison", () -> {
                throw new IllegalStateException("planned");
            }));
            rig.passRetryPause(1);
            rig.awaitStatistics("again", statistics -> statistics.retries() == 3);
            rig.passRetryPause(1);
            assertThat(poison.join().isSuccess()).isFalse();
            rig.awaitStatistics("handled", statistics -> statistics.letters() == 0);
        }
    }

    @Test
    @DisplayName("11 a listener hears of waits, refusals, retries, dead letters and workers that died")
    void listener() throws Exception {
        play();
        assertThat(told)
                .containsExactlyInAnyOrder(
                        "wait PT3S false",
                        "refusal eve: there was no room in time",
                        "reclaim pool-1 false",
                        "retry gate 1 PT1S",
                        "retry poison 1 PT1S",
                        "retry poison 2 PT1S",
                        "letter poison 3");
    }

    @Test
    @DisplayName("11 a listener hears how long each attempt took, before anyone hears of its result")
    void attempts() throws Exception {
        WorkerListener timing = new WorkerListener() {
            @Override
            public void onAttempt(String pool, Object job, Duration took, boolean done) {
                told.add(pool + " " + job + " " + took + " " + done);
            }
        };
        try (WorkerRig rig = WorkerRig.of(1, options -> options.withListener(timing))) {
            Gate gate = new Gate();
            Job<String> slow = rig.pool.submit(new Work("ada", "slow", gate));
            gate.awaitEntered();
            rig.ticker.advance(WAIT);
            gate.open();
            assertThat(slow.await()).isEqualTo("passed");
            assertThat(told).containsExactly("pool slow PT3S true");
            rig.pool.submit(new Work("ada", "poison", () -> {
                throw new IllegalStateException("planned");
            }));
            rig.passRetryPause(1);
            assertThat(told.get(1)).isEqualTo("pool poison PT0S false");
        }
    }

    @Test
    @DisplayName("11 a flight recording shows the same")
    void recording() throws Exception {
        Path file = folder.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            for (String name : List.of("SubmitterWait", "JobRefusal", "JobRetry", "JobFailure", "WorkerReclaim")) {
                recording.enable("dev.selvage." + name);
            }
            recording.start();
            play();
            recording.stop();
            recording.dump(file);
        }
        Map<String, List<RecordedEvent>> events = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("dev.selvage."))
                .collect(Collectors.groupingBy(event -> event.getEventType().getName()));
        Files.delete(file);
        assertThat(events.get("dev.selvage.SubmitterWait")).singleElement().satisfies(event -> {
            assertThat(event.getString("pool")).isEqualTo("pool");
            assertThat(event.getDuration("waited")).isEqualTo(WAIT);
            assertThat(event.getBoolean("accepted")).isFalse();
        });
        assertThat(events.get("dev.selvage.JobRefusal"))
                .singleElement()
                .satisfies(event -> assertThat(event.getString("why")).isEqualTo("there was no room in time"));
        assertThat(events.get("dev.selvage.JobRetry"))
                .hasSize(3)
                .allSatisfy(event -> assertThat(event.getDuration("delay")).isEqualTo(WorkerRig.PAUSE));
        assertThat(events.get("dev.selvage.JobFailure")).singleElement().satisfies(event -> {
            assertThat(event.getInt("attempts")).isEqualTo(3);
            assertThat(event.getString("cause")).contains("planned");
            assertThat(event.getBoolean("deadLetter")).isTrue();
        });
        assertThat(events.get("dev.selvage.WorkerReclaim")).singleElement().satisfies(event -> {
            assertThat(event.getString("worker")).isEqualTo("pool-1");
            assertThat(event.getBoolean("abandoned")).isFalse();
        });
    }
}

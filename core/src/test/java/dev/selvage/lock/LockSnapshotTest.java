package dev.selvage.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.lock.LockSnapshot.Row;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Who holds and who waits, as values and as a table. */
@ParameterizedClass
@EnumSource(HolderKind.class)
class LockSnapshotTest extends LocksFixture {

    LockSnapshotTest() {
        super(KeyedLocksOptions::withHoldTimes);
    }

    @Test
    @DisplayName("7.6 a snapshot shows holders and waiters of both modes, since when, and where they are now")
    void rows() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor one = actors.start("one");
            Actor two = actors.start("two");
            Actor writer = actors.start("writer");
            Actor late = actors.start("late");
            Lease<String> first = one.call(() -> locks.shared().lock("ada"));
            ticker.advance(Duration.ofMillis(250));
            Lease<String> second = two.call(() -> locks.shared().lock("ada"));
            ticker.advance(Duration.ofMillis(1_000));
            Step<Lease<String>> writing = lockAndWait(writer, "ada");
            ticker.advance(Duration.ofMillis(60));
            Step<Lease<String>> sharing = shareAndWait(late, "ada");
            long token = first.token();

            LockSnapshot<String> snapshot = locks.snapshot();

            assertThat(snapshot.rows())
                    .containsExactly(
                            row(first, LockMode.SHARED, 1_310, OptionalLong.of(token)),
                            row(second, LockMode.SHARED, 1_060, OptionalLong.empty()),
                            waiter(snapshot, "writer", LockMode.EXCLUSIVE, 60),
                            waiter(snapshot, "late", LockMode.SHARED, 0));
            assertThat(snapshot.rows().get(2).stack())
                    .anyMatch(frame -> frame.getMethodName().equals("lock"));
            assertThat(locks.shared().snapshot()).isEqualTo(snapshot);
            assertThat(snapshot).hasToString("""
                    keyed locks users: 1 key, 2 holders, 2 waiters
                    key  mode       state  thread  since    token
                    ada  shared     holds  one     1.310 s  %d
                    ada  shared     holds  two     1.060 s
                    ada  exclusive  waits  writer  60 ms
                    ada  shared     waits  late    0 µs""".formatted(token));

            first.close();
            second.close();
            ticker.advance(Duration.ofMillis(7));
            writing.get();
            assertThat(locks.snapshot().rows()).extracting(Row::waits).containsExactly(false, true);
            writing.get().close();
            sharing.get().close();
            assertThat(locks.snapshot()).hasToString("keyed locks users: 0 keys, 0 holders, 0 waiters");
        }
    }

    private static Row<String> row(Lease<String> lease, LockMode mode, long millis, OptionalLong token) {
        return new Row<>("ada", mode, false, lease.holder(), Optional.of(Duration.ofMillis(millis)), token);
    }

    private static Row<String> waiter(LockSnapshot<String> snapshot, String name, LockMode mode, long millis) {
        Row<String> found = snapshot.rows().stream()
                .filter(row -> row.owner().name().equals(name))
                .findFirst()
                .orElseThrow();
        return new Row<>(
                "ada", mode, true, found.owner(), Optional.of(Duration.ofMillis(millis)), OptionalLong.empty());
    }

    @Test
    @DisplayName("7.6 who was granted a key after a wait holds it since then")
    void sinceTheGrant() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Lease<String> lease = lock(actors.start("a"), "k");
            Actor b = actors.start("b");
            Step<Lease<String>> waiting = lockAndWait(b, "k");
            ticker.advance(Duration.ofSeconds(75));
            lease.close();
            waiting.get();
            ticker.advance(Duration.ofSeconds(62));
            assertThat(locks.snapshot().rows())
                    .singleElement()
                    .satisfies(row -> assertThat(row.since()).contains(Duration.ofSeconds(62)));
            assertThat(locks.snapshot().toString()).endsWith("b       1 min 2 s");
        }
    }

    @Test
    @DisplayName("7.6 a key that nobody holds is in no snapshot, nor is a holder whose thread has ended")
    void nothingOfTheDead() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            lock(a, "gone").close();
            lock(a, "k");
            a.crash();
            assertThat(locks.snapshot().rows()).isEmpty();
        }
    }

    @Test
    @DisplayName("7.6 the table stays aligned with long keys, keys of several lines and keys of rare characters")
    void aligned() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            for (String key : List.of("x".repeat(100), "two\nlines", "𝔞𝔟𝔠")) {
                lock(a, key);
            }
            List<String> lines = locks.snapshot().toString().lines().skip(1).toList();
            assertThat(lines).hasSize(4);
            assertThat(lines).allSatisfy(line -> {
                String head = line.contains("exclusive") ? line.substring(0, line.indexOf("exclusive")) : "";
                assertThat(head.isEmpty() ? 42 : head.codePointCount(0, head.length()))
                        .isEqualTo(42);
            });
        }
    }

    @Test
    @DisplayName("7.6 since when a key is held is told on demand only; since when it is waited for, always")
    void holdTimesOnDemand() throws Exception {
        KeyedLocks<String> untimed = KeyedLocks.create("untimed", options -> options.withTicker(ticker));
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> lease = a.call(() -> untimed.lock("k"));
            Step<Lease<String>> waiting = b.beginAndPark(() -> untimed.lock("k"));
            ticker.advance(Duration.ofMillis(5));
            assertThat(untimed.snapshot()).hasToString("""
                    keyed locks untimed: 1 key, 1 holder, 1 waiter
                    key  mode       state  thread  since  token
                    k    exclusive  holds  a
                    k    exclusive  waits  b       5 ms""");
            lease.close();
            waiting.get();
            assertThat(untimed.snapshot().rows()).extracting(Row::since).containsExactly(Optional.empty());
        }
    }
}

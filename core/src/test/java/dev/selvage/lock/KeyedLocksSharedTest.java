package dev.selvage.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Shared mode, beside exclusive: who may join whom, who waits for whom, and both modes by one thread. */
@ParameterizedClass
@EnumSource(HolderKind.class)
class KeyedLocksSharedTest extends LocksFixture {

    private Lease<String> share(Actor actor, String key) throws Exception {
        return actor.call(() -> locks.shared().lock(key));
    }

    private Optional<Lease<String>> tryShare(Actor actor, String key) throws Exception {
        return actor.call(() -> locks.shared().tryLock(key));
    }

    @Test
    @DisplayName("7.1 any number of threads share a key, and it is free when the last of them has closed")
    void manyShare() throws Exception {
        try (Actors actors = new Actors(kind)) {
            List<Lease<String>> leases = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                leases.add(share(actors.start("reader-" + i), "k"));
            }
            assertThat(locks.size()).isEqualTo(1);
            assertThat(locks.holder("k")).containsSame(leases.get(0).holder());
            assertThat(locks.shared().holder("k")).containsSame(leases.get(0).holder());
            for (int i : List.of(2, 0, 4, 3)) {
                leases.get(i).close();
                assertThat(leases.get(i).isHeld()).isFalse();
                assertThat(leases.get(1).isHeld()).isTrue();
                assertThat(locks.size()).isEqualTo(1);
            }
            assertThat(locks.holder("k")).containsSame(leases.get(1).holder());
            leases.get(1).close();
            assertThat(locks.size()).isZero();
        }
    }

    @Test
    @DisplayName("7.1 a shared key is refused exclusively, and an exclusive key is refused shared, at once")
    void modesConflict() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> shared = share(a, "k");
            assertThat(tryLock(b, "k")).isEmpty();
            assertThat(b.call(() -> locks.lock("k", Duration.ZERO))).isEmpty();
            shared.close();
            Lease<String> exclusive = lock(b, "k");
            assertThat(tryShare(a, "k")).isEmpty();
            assertThat(a.call(() -> locks.shared().lock("k", Duration.ofDays(-1))))
                    .isEmpty();
            exclusive.close();
            assertThat(tryShare(a, "k")).isPresent();
            assertThat(waiters("k")).isZero();
        }
    }

    @Test
    @DisplayName("7.2 whoever would have the key alone waits for the last that shares it")
    void exclusiveWaitsForTheLast() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Lease<String> one = share(actors.start("one"), "k");
            Lease<String> two = share(actors.start("two"), "k");
            Actor writer = actors.start("writer");
            Step<Lease<String>> waiting = lockAndWait(writer, "k");
            one.close();
            assertThat(waiters("k")).isEqualTo(1);
            two.close();
            assertThat(locks.holder("k").orElseThrow().thread()).isSameAs(writer.thread());
            assertThat(waiting.get().isHeld()).isTrue();
        }
    }

    @Test
    @DisplayName("7.2 readers do not starve a writer: who would share waits behind one that waits to have it alone")
    void readersDoNotStarveAWriter() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor late = actors.start("late");
            Lease<String> reader = share(actors.start("reader"), "k");
            Step<Lease<String>> writer = lockAndWait(actors.start("writer"), "k");

            assertThat(tryShare(late, "k")).isEmpty();
            Step<Lease<String>> behind = shareAndWait(late, "k");
            reader.close();

            assertThat(writer.get().isHeld()).isTrue();
            assertThat(behind.isDone()).isFalse();
            writer.get().close();
            assertThat(behind.get().isHeld()).isTrue();
        }
    }

    @Test
    @DisplayName("7.2 a release serves the first, and with it all right behind it that can share, and no further")
    void servesThoseThatCanShare() throws Exception {
        try (Actors actors = new Actors(kind)) {
            ConcurrentLinkedQueue<String> served = new ConcurrentLinkedQueue<>();
            Lease<String> first = lock(actors.start("holder"), "k");
            Step<Lease<String>> one = shareAndWait(actors.start("one"), "k");
            Step<Lease<String>> two = shareAndWait(actors.start("two"), "k");
            Actor alone = actors.start("alone");
            Step<Lease<String>> writer = lockAndWait(alone, "k");
            Step<Lease<String>> three = shareAndWait(actors.start("three"), "k");
            first.close();
            assertThat(one.get().isHeld()).isTrue();
            assertThat(two.get().isHeld()).isTrue();
            assertThat(waiters("k")).isEqualTo(2);
            served.add("both");
            one.get().close();
            assertThat(writer.isDone()).isFalse();
            two.get().close();
            assertThat(writer.get().isHeld()).isTrue();
            assertThat(three.isDone()).isFalse();
            writer.get().close();
            assertThat(three.get().isHeld()).isTrue();
        }
    }

    @Test
    @DisplayName("7.3 when the one that would have it alone gives up, those that waited only for it are served")
    void aLeavingWriterFreesTheReadersBehind() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Lease<String> reader = share(actors.start("reader"), "k");
            Actor writer = actors.start("writer");
            Step<Lease<String>> writing = lockAndWait(writer, "k");
            Step<Lease<String>> one = shareAndWait(actors.start("one"), "k");
            Step<Lease<String>> two = shareAndWait(actors.start("two"), "k");

            writer.thread().interrupt();

            assertThatExceptionOfType(InterruptedException.class).isThrownBy(writing::get);
            assertThat(one.get().isHeld()).isTrue();
            assertThat(two.get().isHeld()).isTrue();
            assertThat(reader.isHeld()).isTrue();
        }
    }

    @Test
    @DisplayName("7.3 when the one that would have it alone times out, those that waited only for it are served")
    void aWriterThatTimesOutFreesTheReadersBehind() throws Exception {
        try (Actors actors = new Actors(kind)) {
            share(actors.start("reader"), "k");
            Actor writer = actors.start("writer");
            Step<Optional<Lease<String>>> writing = writer.begin(() -> locks.lock("k", Duration.ofSeconds(1)));
            ticker.awaitParked(1);
            Step<Lease<String>> behind = shareAndWait(actors.start("behind"), "k");
            ticker.advance(Duration.ofSeconds(1));
            assertThat(writing.get()).isEmpty();
            assertThat(behind.get().isHeld()).isTrue();
        }
    }

    @Test
    @DisplayName("7.1 shared mode is reentrant and counted for the same thread, first of many or one of many")
    void sharedIsReentrant() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor first = actors.start("first");
            Actor second = actors.start("second");
            for (Actor actor : List.of(first, second)) {
                share(first, "k");
                share(second, "k");
                List<Lease<String>> leases = List.of(share(actor, "k"), share(actor, "k"), share(actor, "k"));
                leases.forEach(lease -> assertThat(lease.isHeld()).isTrue());
                leases.get(1).close();
                leases.get(1).close();
                assertThat(leases.get(0).isHeld()).isTrue();
                assertThat(leases.get(2).isHeld()).isTrue();
                assertThat(leases.get(1).isHeld()).isFalse();
            }
            assertThat(locks.size()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("7.1 a thread that shares a key shares it again ahead of those that wait, for they wait for it")
    void sharedAgainAheadOfWaiters() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor first = actors.start("first");
            Actor second = actors.start("second");
            Lease<String> ofFirst = share(first, "k");
            Lease<String> ofSecond = share(second, "k");
            Step<Lease<String>> writer = lockAndWait(actors.start("writer"), "k");

            Lease<String> again = share(second, "k");
            Lease<String> tried = tryShare(first, "k").orElseThrow();

            ofFirst.close();
            ofSecond.close();
            assertThat(writer.isDone()).isFalse();
            again.close();
            assertThat(writer.isDone()).isFalse();
            tried.close();
            assertThat(writer.get().isHeld()).isTrue();
        }
    }

    @Test
    @DisplayName("7.1 the only one that shares a key may have it exclusively besides, ahead of those that wait")
    void upgradeOfTheOnlyOne() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> shared = share(a, "k");
            share(a, "k").close();
            Step<Lease<String>> writer = lockAndWait(b, "k");

            Lease<String> exclusive = lock(a, "k");
            Lease<String> again = tryLock(a, "k").orElseThrow();

            assertThat(tryShare(actors.start("c"), "k")).isEmpty();
            shared.close();
            assertThat(exclusive.isHeld()).isTrue();
            exclusive.close();
            assertThat(writer.isDone()).isFalse();
            again.close();
            assertThat(writer.get().isHeld()).isTrue();
        }
    }

    @Test
    @DisplayName(
            "7.1 one of several that share a key is refused it exclusively, at once and clearly, and keeps its share")
    void upgradeOfOneOfSeveral() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> ofA = share(a, "k");
            Lease<String> ofB = share(b, "k");
            for (Actor actor : List.of(a, b)) {
                assertThatExceptionOfType(LockException.Upgrade.class)
                        .isThrownBy(() -> lock(actor, "k"))
                        .withMessageStartingWith(actor.thread().getName() + " shares key k of keyed locks users");
                assertThatExceptionOfType(LockException.Upgrade.class)
                        .isThrownBy(() -> actor.call(() -> locks.lock("k", Duration.ofSeconds(5))));
                assertThat(actor.call(() -> locks.lock("k", Duration.ZERO))).isEmpty();
                assertThat(tryLock(actor, "k")).isEmpty();
            }
            assertThat(ofA.isHeld()).isTrue();
            assertThat(ofB.isHeld()).isTrue();
            assertThat(waiters("k")).isZero();
            ofB.close();
            assertThat(lock(a, "k").isHeld()).isTrue();
        }
    }

    @Test
    @DisplayName(
            "7.1 the exclusive holder shares the key besides, and goes on sharing when it closes the exclusive lease")
    void downgrade() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Lease<String> exclusive = lock(a, "k");
            Step<Lease<String>> reader = shareAndWait(actors.start("reader"), "k");
            Lease<String> shared = share(a, "k");
            assertThat(reader.isDone()).isFalse();

            exclusive.close();

            assertThat(exclusive.isHeld()).isFalse();
            assertThat(reader.get().isHeld()).isTrue();
            assertThat(shared.isHeld()).isTrue();
            assertThat(locks.holder("k")).containsSame(shared.holder());
            assertThat(tryLock(actors.start("writer"), "k")).isEmpty();
        }
    }

    @Test
    @DisplayName("7.3 a thread that shared a key and ends makes way, at once, even before its watcher ran")
    void theDeadMakeWay() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor writer = actors.start("writer");
            for (int round = 0; round < 20; round++) {
                Actor one = actors.start("one");
                Actor two = actors.start("two");
                Actor three = actors.start("three");
                share(one, "k");
                share(two, "k");
                share(three, "k");
                share(two, "k");
                two.crash();
                one.end();
                three.end();
                Lease<String> lease = tryLock(writer, "k").orElseThrow();
                lease.close();
            }
        }
    }

    @Test
    @DisplayName("7.3 the end of those that share a key wakes the one that waits to have it alone")
    void theDeadWakeTheWaiter() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor one = actors.start("one");
            Actor two = actors.start("two");
            share(one, "k");
            share(two, "k");
            Step<Lease<String>> writer = lockAndWait(actors.start("writer"), "k");
            one.crash();
            two.crash();
            assertThat(writer.get().isHeld()).isTrue();
        }
    }

    @Test
    @DisplayName("7.1 the set in shared mode is always the same, has its name and says what it is")
    void theSetInSharedMode() throws Exception {
        try (Actors actors = new Actors(kind)) {
            share(actors.start("reader"), "k");
            assertThat(locks.shared()).isSameAs(locks.shared());
            assertThat(locks.shared().shared()).isSameAs(locks.shared());
            assertThat(locks.shared().name()).isEqualTo("users");
            assertThat(locks.shared().size()).isEqualTo(1);
            assertThat(locks.shared()).hasToString("keyed locks users, 1 held, in shared mode");
        }
    }
}

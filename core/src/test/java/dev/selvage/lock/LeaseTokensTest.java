package dev.selvage.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Fencing tokens. */
@ParameterizedClass
@EnumSource(HolderKind.class)
class LeaseTokensTest extends LocksFixture {

    @Test
    @DisplayName("7.5 the token of each grant of a key is greater than the one before, also after the key was free")
    void grows() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            long last = 0;
            for (int round = 0; round < 10; round++) {
                Lease<String> ofA = lock(a, "k");
                Step<Lease<String>> waiting = lockAndWait(b, "k");
                assertThat(ofA.token()).isGreaterThan(last);
                last = ofA.token();
                ofA.close();
                assertThat(waiting.get().token()).isGreaterThan(last);
                last = waiting.get().token();
                waiting.get().close();
                assertThat(locks.size()).isZero();
            }
        }
    }

    @Test
    @DisplayName("7.5 it does not matter when the token is asked for: it stays the same, and is told after the end too")
    void staysTheSame() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Lease<String> lease = lock(a, "k");
            Lease<String> nested = lock(a, "k");
            long token = nested.token();
            assertThat(token).isPositive();
            assertThat(lease.token()).isEqualTo(token);
            assertThat(actors.start("b").call(lease::token)).isEqualTo(token);
            nested.close();
            lease.close();
            assertThat(lease.token()).isEqualTo(token);
            Lease<String> later = lock(a, "k");
            assertThat(later.token()).isGreaterThan(token);
            assertThat(lease.token()).isEqualTo(token);
        }
    }

    @Test
    @DisplayName("7.5 a lease that is over and was never asked has no token: it would be later than its successor's")
    void noTokenAfterTheEnd() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Lease<String> lease = lock(a, "k");
            Lease<List<String>> all = a.call(() -> locks.lockAll(List.of("x", "y")));
            lease.close();
            all.close();
            assertThatExceptionOfType(LockException.NotHeld.class)
                    .isThrownBy(lease::token)
                    .withMessageContaining("key k of keyed locks users");
            assertThatExceptionOfType(LockException.NotHeld.class)
                    .isThrownBy(all::token)
                    .withMessageContaining("[x, y]");
        }
    }

    @Test
    @DisplayName("7.5 a second set of locks goes on with greater tokens")
    void acrossSets() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            KeyedLocks<String> second = KeyedLocks.create("users");
            long first = lock(a, "k").token();
            assertThat(a.call(() -> second.withLock(
                            "k", () -> second.tryLock("k").orElseThrow().token())))
                    .isGreaterThan(first);
        }
    }

    @Test
    @DisplayName("7.5 who shares a key is fenced too: its token lies between those of the exclusive holders around it")
    void shared() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> before = lock(a, "k");
            long lowest = before.token();
            before.close();
            Lease<String> one = a.call(() -> locks.shared().lock("k"));
            Lease<String> two = b.call(() -> locks.shared().lock("k"));
            assertThat(List.of(one.token(), two.token())).allMatch(token -> token > lowest);
            one.close();
            two.close();
            assertThat(lock(a, "k").token()).isGreaterThan(Math.max(one.token(), two.token()));
        }
    }

    @Test
    @DisplayName("7.5 a lease over several keys has one token, which orders the holders of each of them")
    void several() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            long before = a.call(() -> {
                try (Lease<String> one = locks.lock("x")) {
                    return one.token();
                }
            });
            Lease<List<String>> all = a.call(() -> locks.lockAll(List.of("x", "y")));
            assertThat(all.token()).isGreaterThan(before).isEqualTo(all.token());
            all.close();
            assertThat(all.token()).isGreaterThan(before);
            assertThat(lock(a, "y").token()).isGreaterThan(all.token());
        }
    }

    @Test
    @DisplayName("7.5 tokens may come from a source that outlives the JVM, which is asked on demand only")
    void source() throws Exception {
        AtomicLong sequence = new AtomicLong(1_000);
        KeyedLocks<String> fenced =
                KeyedLocks.create("fenced", options -> options.withTokens(sequence::incrementAndGet));
        try (Lease<String> lease = fenced.lock("k")) {
            assertThat(sequence).hasValue(1_000);
            assertThat(lease.token()).isEqualTo(1_001);
            assertThat(lease.token()).isEqualTo(1_001);
        }
        KeyedLocks<String> wrong = KeyedLocks.create("wrong", options -> options.withTokens(() -> 0));
        try (Lease<String> lease = wrong.lock("k")) {
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(lease::token)
                    .withMessage("token of keyed locks wrong: 0; allowed: 1 or more, each more than the last");
        }
    }
}

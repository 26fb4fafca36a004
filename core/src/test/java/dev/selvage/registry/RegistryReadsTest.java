package dev.selvage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.exit.Owner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What readers see of both kinds of registry. */
@ParameterizedClass
@MethodSource("dev.selvage.registry.Subject#all")
class RegistryReadsTest extends RegistryFixture {

    @Test
    @DisplayName("6.3, 4.4, known failure 9: no read returns an owner that has ended, even before its clean-up ran")
    void noReadReturnsADeadOwner() throws Exception {
        Registration<String, Integer> registration = register(owner, "a", 1);
        Owner dead = owner.owner();
        TestOwner.Gate gate = owner.delayCleanUp();
        owner.end();
        gate.awaitReached();
        try {
            assertThat(Subject.isEmpty(registry))
                    .as("the clean-up has not come to the entry")
                    .isFalse();
            assertThat(registration.isActive()).isFalse();
            assertThat(base().living("a")).isEmpty();
            assertThat(base().awaitLiving("a", Duration.ZERO)).isEmpty();
            assertThat(registry.values("a")).isEmpty();
            assertThat(registry.values("a", dead)).isEmpty();
            assertThat(registry.keys(dead)).isEmpty();
            assertThat(registry.entriesOf(dead)).isEmpty();
            assertThat(registry.match("a", value -> true)).isEmpty();
            assertThat(registry.stream()).isEmpty();
            assertThat(registry.dispatch("a", entry -> {
                        throw new AssertionError("dispatched to " + entry);
                    }))
                    .isZero();
        } finally {
            gate.open();
        }
        owner.awaitCleanedUp();
        assertThat(Subject.isEmpty(registry)).isTrue();
        assertThat(registry.size()).isZero();
    }

    @Test
    @DisplayName("4.4, known failure 9: whoever saw a thread end never finds it again, 2,000 times")
    void whoeverSawTheEndNeverFindsTheDead() throws Exception {
        List<Thread> dead = new ArrayList<>();
        for (int round = 0; round < 2_000; round++) {
            Thread thread = subject.owner().start("short", () -> registry.register("a", 1));
            thread.join();
            dead.add(thread);
            assertThat(base().living("a")).isEmpty();
            assertThat(registry.stream().filter(entry -> !entry.owner().isAlive()))
                    .isEmpty();
        }
        assertThat(dead).noneMatch(Thread::isAlive);
    }

    @Test
    @DisplayName("6.3 keys are compared by equals")
    void keysAreComparedByEquals() throws Exception {
        register(owner, new String("a"), 1);

        assertThat(registry.values(new String("a"))).containsExactly(1);
        assertThat(registry.count(new String("a"))).isEqualTo(1);
    }

    @Test
    @DisplayName("6.3 keys, entries and values of an owner, for itself and for others")
    void theEntriesOfAnOwner() throws Exception {
        TestOwner other = TestOwner.start(subject.owner(), "owner-2");
        register(owner, "a", 1);
        register(owner, "b", 2);
        register(other, "c", 3);

        assertThat(registry.keys(owner.owner())).containsExactlyInAnyOrder("a", "b");
        assertThat(registry.keys(other.owner())).containsExactly("c");
        assertThat(owner.call(() -> registry.keys(owner.owner()))).containsExactlyInAnyOrder("a", "b");
        assertThat(owner.call(() -> registry.keys(other.owner()))).containsExactly("c");
        assertThat(registry.entriesOf(owner.owner()))
                .allMatch(entry -> entry.owner() == owner.owner())
                .hasSize(2);
        assertThat(registry.values("a", owner.owner())).containsExactly(1);
        assertThat(registry.values("a", other.owner())).isEmpty();
        other.endAndCleanUp();
    }

    @Test
    @DisplayName("6.3 stream meets every entry, match those whose value fits, count and size those there are")
    void streamMatchCountAndSize() throws Exception {
        for (int i = 0; i < 10; i++) {
            register(owner, "key-" + i, i);
        }

        Map<String, Integer> all = new TreeMap<>();
        registry.stream().forEach(entry -> all.put(entry.key(), entry.value()));
        assertThat(all).hasSize(10).containsEntry("key-3", 3).containsEntry("key-9", 9);
        assertThat(registry.match("key-3", value -> value > 2))
                .singleElement()
                .extracting(Entry::value)
                .isEqualTo(3);
        assertThat(registry.match("key-3", value -> value > 3)).isEmpty();
        assertThat(registry.count("key-3")).isEqualTo(1);
        assertThat(registry.count("none")).isZero();
        assertThat(registry.size()).isEqualTo(10);
    }

    @Test
    @DisplayName("6.3 a stream over all neither fails nor ends late while entries come and go")
    void aStreamBearsChanges() throws Exception {
        register(owner, "stays", 1);
        AtomicInteger next = new AtomicInteger();

        List<String> seen = registry.stream()
                .peek(entry -> registry.register("new-" + next.getAndIncrement(), 0))
                .map(Entry::key)
                .limit(1_000)
                .toList();

        assertThat(seen).contains("stays").doesNotHaveDuplicates();
        assertThat(registry.size()).isEqualTo(1 + next.get());
    }
}

package dev.selvage.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a thread can do with its own entries, and what others can read of them, in both kinds of registry. */
@ParameterizedClass
@MethodSource("dev.selvage.registry.Subject#all")
class RegistryOwnEntriesTest extends RegistryFixture {

    private boolean isDuplicate() {
        return subject.registry() == Subject.RegistryKind.DUPLICATE;
    }

    @Test
    @DisplayName("6.1 unregister ends the caller's entries under a key, and tells how many")
    void unregisterEndsTheCallersEntries() throws Exception {
        Registration<String, Integer> registration = register(owner, "a", 1);
        register(owner, "b", 2);
        if (isDuplicate()) {
            register(owner, "a", 3);
        }

        int ended = owner.call(() -> registry.unregister("a"));

        assertThat(ended).isEqualTo(isDuplicate() ? 2 : 1);
        assertThat(registration.isActive()).isFalse();
        assertThat(registry.count("a")).isZero();
        assertThat(registry.count("b")).isEqualTo(1);
        assertThat(owner.hooks()).hasSize(1);
        assertThat(owner.call(() -> registry.unregister("a"))).isZero();
    }

    @Test
    @DisplayName("6.1 nobody unregisters another's entries, be it under the same key")
    void nobodyUnregistersAnothersEntries() throws Exception {
        register(owner, "a", 1);
        TestOwner other = TestOwner.start(subject.owner(), "owner-2");
        if (isDuplicate()) {
            register(other, "a", 2);
        }

        assertThat(other.call(() -> registry.unregister("a"))).isEqualTo(isDuplicate() ? 1 : 0);
        assertThat(other.call(() -> registry.unregisterIf(entry -> true))).isZero();
        assertThat(registry.unregister("a")).as("by a thread that owns nothing").isZero();
        assertThat(registry.unregisterIf(entry -> true)).isZero();

        assertThat(registry.values("a")).containsExactly(1);
        other.endAndCleanUp();
    }

    @Test
    @DisplayName("6.1 unregisterIf ends those of the caller's entries that meet the condition, under any key")
    void unregisterIfEndsWhatMeetsTheCondition() throws Exception {
        for (int i = 0; i < 10; i++) {
            register(owner, "key-" + i, i);
        }
        try (Registry<String, Integer> elsewhere = subject.open("elsewhere")) {
            owner.call(() -> elsewhere.register("key-1", 1));

            int ended = owner.call(() -> registry.unregisterIf(
                    entry -> entry.value() % 2 == 1 || entry.key().equals("key-0")));

            assertThat(ended).isEqualTo(6);
            assertThat(registry.stream().map(Entry::value)).containsExactlyInAnyOrder(2, 4, 6, 8);
            assertThat(elsewhere.count("key-1")).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("6.3 count by a condition on the value")
    void countByACondition() throws Exception {
        register(owner, "a", 5);

        assertThat(registry.count("a", value -> value > 4)).isEqualTo(1);
        assertThat(registry.count("a", value -> value > 5)).isZero();
        assertThat(registry.count("none", value -> true)).isZero();
    }

    @Test
    @DisplayName("6.3 whoever asks for another's entries never finds one that is half registered or lost its claim")
    void nobodyFindsHalfAnEntry() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        TestOwner holder = TestOwner.start(subject.owner(), "holder");
        register(holder, "held", 0);
        FutureTask<Integer> busy = owner.begin(() -> {
            int turns = 0;
            do {
                try {
                    registry.register(turns++ % 2 == 0 ? "held" : "free", turns).close();
                } catch (RegistryException.AlreadyRegistered lost) {
                    Thread.yield();
                }
            } while (!done.get());
            return turns;
        });

        for (int look = 0; look < 20_000; look++) {
            List<Entry<String, Integer>> found = registry.entriesOf(owner.owner());
            assertThat(found.size()).isLessThan(2);
            assertThat(isDuplicate()
                            || found.stream().noneMatch(entry -> entry.key().equals("held")))
                    .as("a lost claim")
                    .isTrue();
        }
        done.set(true);

        assertThat(TestOwner.result(busy)).isPositive();
        assertThat(registry.entriesOf(owner.owner())).isEmpty();
        holder.endAndCleanUp();
    }

    @Test
    @DisplayName(
            "6.3 metadata is typed, put by any thread, from the first moment with the options, gone with the close")
    void metadata() throws Exception {
        Registry.MetaKey<Integer> limit = Registry.MetaKey.of("limit");
        Registry.MetaKey<List<String>> names = Registry.MetaKey.of("limit");

        registry.putMeta(limit, 5);
        owner.call(() -> {
            registry.putMeta(limit, 6);
            return null;
        });
        assertThat(registry.meta(limit)).hasValue(6);
        assertThat(registry.meta(names)).as("another key of the same name").isEmpty();
        registry.putMeta(names, List.of("a"));
        assertThat(registry.meta(names).orElseThrow().getFirst()).isEqualTo("a");
        assertThat(registry.removeMeta(limit)).hasValue(6);
        assertThat(registry.removeMeta(limit)).isEmpty();
        owner.endAndCleanUp();
        assertThat(registry.meta(names)).as("it belongs to no owner").isPresent();
        assertThat(limit).hasToString("limit");

        try (Registry<String, Integer> with = Registry.unique("with", options -> options.withMeta(limit, 7))) {
            assertThat(with.meta(limit)).hasValue(7);
        }
        registry.close();
        assertThatExceptionOfType(RegistryException.Closed.class).isThrownBy(() -> registry.meta(names));
        assertThatExceptionOfType(RegistryException.Closed.class).isThrownBy(() -> registry.putMeta(limit, 1));
        assertThatExceptionOfType(RegistryException.Closed.class).isThrownBy(() -> registry.removeMeta(names));
    }
}

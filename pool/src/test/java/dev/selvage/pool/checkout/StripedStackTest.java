package dev.selvage.pool.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.sim.ClockMode;
import dev.selvage.sim.Explored;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The idle resources of a pool that lends last in first out (rule 9.5). */
class StripedStackTest {
    private static final int MANY = 64;
    private static final int CALM_LOOKS = 100;

    private final StripedStack<Integer> stack = new StripedStack<>();

    private final Map<Integer, Integer> slots = new ConcurrentHashMap<>();

    private void add(int number) {
        slots.put(number, stack.add(number));
        put(number);
    }

    private void put(int number) {
        stack.put(slots.get(number));
    }

    private List<Integer> takeAll() {
        List<Integer> all = new ArrayList<>();
        for (Integer next = stack.take(); next != null; next = stack.take()) {
            all.add(next);
        }
        return all;
    }

    private static void split(StripedStack<?> stack) {
        stack.adaptTo(MANY);
    }

    @Test
    @DisplayName("9.5 the last put is the first taken, whichever thread put it")
    void lastInFirstOut() {
        for (int i = 0; i < 4; i++) {
            int number = i;
            Threads.run(i % 2 == 0 ? ThreadKind.PLATFORM : ThreadKind.VIRTUAL, () -> add(number));
        }
        assertThat(takeAll()).containsExactly(3, 2, 1, 0);
        assertThat(stack.take()).isNull();
    }

    @Test
    @DisplayName("9.5 the slot of what is gone is another's, however many there are")
    void slots() {
        for (int i = 0; i < 200; i++) {
            add(i);
        }
        assertThat(slots.values()).doesNotHaveDuplicates();
        assertThat(takeAll()).hasSize(200).startsWith(199, 198).endsWith(1, 0);
        for (int i = 0; i < 200; i += 2) {
            stack.remove(slots.remove(i));
        }
        for (int i = 200; i < 300; i++) {
            add(i);
        }
        assertThat(slots.values()).as("100 slots again").hasSize(200).allMatch(slot -> slot < 200);
        IntStream.range(0, 200).filter(i -> i % 2 == 1).forEach(this::put);
        assertThat(takeAll()).hasSize(200).startsWith(199, 197).endsWith(201, 200);
    }

    @Test
    @DisplayName(
            "9.5 where threads keep meeting it splits, up to twice the processors; after a calm time it is one again")
    void splits() {
        stack.adaptTo(MANY - 1);
        assertThat(stack.stacks()).isEqualTo(1);
        for (int i = 0; i < 10; i++) {
            split(stack);
        }
        int most = stack.stacks();
        assertThat(most)
                .isGreaterThan(1)
                .isLessThanOrEqualTo(2 * Runtime.getRuntime().availableProcessors());
        for (int i = 1; i < CALM_LOOKS; i++) {
            stack.adapt();
        }
        split(stack); // not calm after all
        for (int i = 1; i < CALM_LOOKS; i++) {
            stack.adapt();
        }
        assertThat(stack.stacks()).isEqualTo(most);
        for (int i = 0; i < 10 * CALM_LOOKS; i++) {
            stack.adapt();
        }
        assertThat(stack.stacks()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    @DisplayName("9.5 split, each thread is given what it put last, and finds what others have put when it has nothing")
    void split(ThreadKind kind) {
        split(stack);
        split(stack);
        for (int i = 0; i < 32; i++) {
            slots.put(i, stack.add(i));
        }
        for (int i = 0; i < 16; i++) { // threads whose numbers follow one another
            int number = 2 * i;
            Threads.run(kind, () -> {
                put(number);
                put(number + 1);
                assertThat(stack.take()).isEqualTo(number + 1);
                put(number + 1);
            });
        }
        for (int i = 0; i < CALM_LOOKS; i++) {
            stack.adapt();
        }
        assertThat(takeAll())
                .as("also from stacks to which nobody puts any more")
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 32).boxed().toList());
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    @DisplayName("9.1 a storm of takes and puts, splitting and not: nothing is lost, and nothing is with two")
    void storm(ThreadKind kind) {
        Map<Integer, AtomicInteger> users = new ConcurrentHashMap<>();
        LongAdder taken = new LongAdder();
        for (int i = 0; i < 8; i++) {
            users.put(i, new AtomicInteger());
            add(i);
        }
        try (Threads threads = new Threads()) {
            for (int t = 0; t < 8; t++) {
                threads.start(kind, "storm-" + t, () -> {
                    for (int turn = 0; turn < 5_000; turn++) {
                        Integer mine = stack.take();
                        if (mine != null) { // what others put back and took meanwhile may have been missed
                            assertThat(users.get(mine).incrementAndGet()).isEqualTo(1);
                            users.get(mine).decrementAndGet();
                            put(mine);
                            taken.increment();
                        }
                        if (turn % 10 == 0) {
                            stack.adaptTo(turn % 30 == 0 ? MANY : 0);
                        }
                    }
                });
            }
        }
        assertThat(taken.sum()).isPositive();
        assertThat(takeAll()).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    @DisplayName(
            "9.3 split or splitting: who looks while there are more resources than users finds one, on any schedule")
    void findsWhatIsIdle() {
        Explored explored = Sim.of(FindsWhatIsIdle.class)
                .clock(ClockMode.PATIENT)
                .schedules(3_000)
                .explore();
        assertThat(explored.distinct()).isGreaterThan(750);
    }

    @Test
    @DisplayName("9.1 what was taken, and put again while somebody else was about to take it, is with one alone")
    void withOneAlone() {
        Explored explored = Sim.of(WithOneAlone.class)
                .clock(ClockMode.PATIENT)
                .schedules(5_000)
                .explore();
        assertThat(explored.distinct()).isGreaterThan(1_250);
    }

    /** One takes two and puts the first again before the second, so that the same one is on top of another. */
    static final class WithOneAlone implements Scenario {
        private final StripedStack<Integer> stack = new StripedStack<>();
        private final Set<Integer> held = ConcurrentHashMap.newKeySet();

        private @Nullable Integer take() {
            Integer taken = stack.take();
            assertThat(taken == null || held.add(taken))
                    .as("nobody else has %s", taken)
                    .isTrue();
            return taken;
        }

        private void put(@Nullable Integer mine) {
            if (mine != null) {
                held.remove(mine);
                stack.put(mine); // its slot is its number
            }
        }

        @Override
        public void play() throws Exception {
            for (int i = 0; i < 3; i++) {
                stack.put(stack.add(i));
            }
            Thread slow = Sim.start("slow", () -> {
                Integer one = take();
                Integer other = take();
                put(one);
                put(other);
            });
            Thread quick = Sim.start("quick", () -> {
                Integer first = take();
                Integer second = take();
                put(first);
                Sim.point();
                put(second);
            });
            slow.join();
            quick.join();
            assertThat(Arrays.asList(stack.take(), stack.take(), stack.take())).containsExactlyInAnyOrder(0, 1, 2);
        }
    }

    /** Two users of two: each prefers its own, so the other one's lies there whenever it has none. */
    static final class FindsWhatIsIdle implements Scenario {
        private final StripedStack<Integer> stack = new StripedStack<>();
        private final Set<Integer> held = ConcurrentHashMap.newKeySet();

        private void takeTurns() {
            for (int turn = 0; turn < 2; turn++) {
                Integer mine = stack.take();
                assertThat(mine).as("one of two, for one of two").isNotNull();
                assertThat(held.add(mine)).as("it is with nobody else").isTrue();
                held.remove(mine);
                stack.put(mine); // its slot is its number
            }
        }

        @Override
        public void play() throws Exception {
            stack.put(stack.add(0));
            stack.put(stack.add(1));
            List<Thread> users = new ArrayList<>();
            users.add(Sim.start("user", this::takeTurns));
            users.add(Sim.start("other", this::takeTurns));
            split(stack);
            for (Thread user : users) {
                user.join();
            }
            assertThat(Arrays.asList(stack.take(), stack.take())).containsExactlyInAnyOrder(0, 1);
            assertThat(stack.take()).isNull();
        }
    }
}

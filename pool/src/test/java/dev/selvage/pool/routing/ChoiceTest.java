package dev.selvage.pool.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.pool.routing.Routing.Health;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Power of two choices and the rendezvous hash (rule 10.1). */
class ChoiceTest {

    /** A member as a strategy sees it. */
    private record One(String name, Health health, int inFlight) {
        One(String name) {
            this(name, Health.GOOD, 0);
        }
    }

    private record Some(List<One> members) implements Routing.Members {
        @Override
        public int size() {
            return members.size();
        }

        @Override
        public int inFlight(int index) {
            return members.get(index).inFlight();
        }

        @Override
        public Health health(int index) {
            return members.get(index).health();
        }

        @Override
        public String name(int index) {
            return members.get(index).name();
        }

        String pick(Routing routing, Object request) {
            return name(routing.pick(this, request));
        }
    }

    private static Some some(int size) {
        return new Some(IntStream.range(0, size)
                .mapToObj(index -> new One("member-" + index))
                .toList());
    }

    private static int[] chosen(Routing routing, Some members, int picks) {
        int[] counts = new int[members.size()];
        for (int i = 0; i < picks; i++) {
            counts[routing.pick(members, i)]++;
        }
        return counts;
    }

    @Test
    @DisplayName("10.1 power of two choices is the default")
    void isTheDefault() {
        assertThat(RoutingOptions.DEFAULTS.routing()).isSameAs(Routing.powerOfTwo());
        assertThat(Routing.powerOfTwo()).hasToString("power of two choices");
    }

    @Test
    @DisplayName("10.1 power of two choices chooses evenly among equals")
    void evenly() {
        int[] counts = chosen(Routing.powerOfTwo(new Random(1)), some(10), 100_000);
        assertThat(Arrays.stream(counts)).allMatch(count -> Math.abs(count - 10_000) < 400);
        assertThat(Arrays.stream(chosen(Routing.powerOfTwo(), some(4), 40_000)))
                .allMatch(count -> Math.abs(count - 10_000) < 800);
    }

    @Test
    @DisplayName(
            "10.1 power of two choices draws two different members: of two it always takes the one with less to do")
    void lessLoaded() {
        Some members = new Some(List.of(new One("busy", Health.GOOD, 3), new One("idle", Health.GOOD, 2)));
        assertThat(chosen(Routing.powerOfTwo(new Random(2)), members, 1_000)).containsExactly(0, 1_000);
    }

    @Test
    @DisplayName("10.1 power of two choices: the most loaded of all is never taken, the least loaded the most often")
    void byLoad() {
        Some members = new Some(IntStream.range(0, 5)
                .mapToObj(index -> new One("member-" + index, Health.GOOD, index))
                .toList());
        int[] counts = chosen(Routing.powerOfTwo(new Random(3)), members, 100_000);
        for (int i = 0; i < 5; i++) { // of the ten pairs, it is the better one in 4, 3, 2, 1 and none
            assertThat(counts[i]).isBetween((4 - i) * 10_000 - 600, (4 - i) * 10_000 + 600);
        }
    }

    @Test
    @DisplayName("10.1 power of two choices: health comes first, then load")
    void healthFirst() {
        Some members = new Some(List.of(new One("failing", Health.FAILING, 0), new One("good", Health.GOOD, 1_000)));
        assertThat(chosen(Routing.powerOfTwo(new Random(4)), members, 1_000)).containsExactly(0, 1_000);
    }

    @Test
    @DisplayName("10.1 power of two choices with one member takes that, well or not")
    void single() {
        assertThat(new Some(List.of(new One("only", Health.FAILING, 9))).pick(Routing.powerOfTwo(), "any"))
                .isEqualTo("only");
    }

    @Test
    @DisplayName("10.1 rendezvous: a key has always the same member, in whatever order they came")
    void sameMember() {
        Routing routing = Routing.rendezvous(String.class, request -> request);
        Some members = some(20);
        List<One> shuffled = new java.util.ArrayList<>(members.members());
        Collections.shuffle(shuffled, new Random(5));
        for (int key = 0; key < 1_000; key++) {
            assertThat(new Some(shuffled).pick(routing, "key " + key)).isEqualTo(members.pick(routing, "key " + key));
        }
    }

    @Test
    @DisplayName("10.1 rendezvous: a member that goes moves its own keys and no others, evenly over the rest")
    void leastMoves() {
        Routing routing = Routing.rendezvous(String.class, request -> request);
        Some before = some(10);
        Some after = new Some(before.members().stream()
                .filter(one -> !one.name().equals("member-3"))
                .toList());
        Map<String, Integer> moved = new HashMap<>();
        for (int key = 0; key < 100_000; key++) {
            String first = before.pick(routing, "key " + key);
            String second = after.pick(routing, "key " + key);
            if (first.equals("member-3")) {
                moved.merge(second, 1, Integer::sum);
            } else {
                assertThat(second).isEqualTo(first);
            }
        }
        assertThat(moved.values()).hasSize(9).allMatch(count -> Math.abs(count - 10_000 / 9) < 200);
    }

    @Test
    @DisplayName("10.1 rendezvous spreads keys evenly, also small numbers in a row")
    void spread() {
        Routing routing = Routing.rendezvous(Integer.class, request -> request);
        assertThat(Arrays.stream(chosen(routing, some(10), 100_000))).allMatch(count -> Math.abs(count - 10_000) < 400);
    }

    @Test
    @DisplayName("10.1 rendezvous: the keys of a member that is failing go elsewhere, the others stay")
    void whileFailing() {
        Routing routing = Routing.rendezvous(Integer.class, request -> request);
        Some well = some(5);
        Some ill = new Some(well.members().stream()
                .map(one -> one.name().equals("member-2") ? new One(one.name(), Health.FAILING, 0) : one)
                .toList());
        Map<String, Long> chosen = IntStream.range(0, 1_000)
                .mapToObj(key -> {
                    String before = well.pick(routing, key);
                    String now = ill.pick(routing, key);
                    assertThat(before.equals("member-2") || before.equals(now)).isTrue();
                    return now;
                })
                .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
        assertThat(chosen).hasSize(4).doesNotContainKey("member-2");
        Some allIll = new Some(well.members().stream()
                .map(one -> new One(one.name(), Health.FAILING, 0))
                .toList());
        assertThat(allIll.pick(routing, 7)).isEqualTo(well.pick(routing, 7));
    }

    @Test
    @DisplayName("10.1 rendezvous refuses another type of request, and a key that is null")
    void badKeys() {
        Routing routing = Routing.rendezvous(String.class, request -> request.isEmpty() ? null : request);
        assertThatThrownBy(() -> routing.pick(some(2), 5)).isInstanceOf(ClassCastException.class);
        assertThatThrownBy(() -> routing.pick(some(2), ""))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("key");
        assertThatThrownBy(() -> Routing.rendezvous(null, key -> key)).hasMessage("type");
        assertThatThrownBy(() -> Routing.rendezvous(String.class, null)).hasMessage("key");
        assertThat(routing).hasToString("rendezvous");
    }
}

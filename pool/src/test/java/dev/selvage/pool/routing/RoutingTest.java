package dev.selvage.pool.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.testing.ThreadKind;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How members are chosen (rule 10.1). */
class RoutingTest {

    /** Members that are nothing but their numbers in flight. */
    private record Loads(int... inFlight) implements Routing.Members {
        @Override
        public int size() {
            return inFlight.length;
        }

        @Override
        public int inFlight(int index) {
            return inFlight[index];
        }

        @Override
        public Routing.Health health(int index) {
            return Routing.Health.GOOD;
        }

        @Override
        public String name(int index) {
            return "member " + index;
        }
    }

    /** How often each of the members was chosen. */
    private static int[] chosen(Routing routing, Loads members, int picks) {
        int[] counts = new int[members.size()];
        for (int i = 0; i < picks; i++) {
            counts[routing.pick(members, "any")]++;
        }
        return counts;
    }

    private static Loads idle(int size) {
        return new Loads(new int[size]);
    }

    @Test
    @DisplayName("10.1 random chooses evenly, whatever is in flight")
    void random() {
        int[] counts = chosen(Routing.random(new Random(1)), new Loads(90, 0, 3, 0, 0, 0, 7, 0, 0, 0), 100_000);
        assertThat(Arrays.stream(counts)).allMatch(count -> Math.abs(count - 10_000) < 400); // four deviations
    }

    @Test
    @DisplayName("10.1 random without a source of one's own chooses evenly too")
    void randomOfEachThread() {
        int[] counts = chosen(Routing.random(), idle(4), 40_000);
        assertThat(Arrays.stream(counts)).allMatch(count -> Math.abs(count - 10_000) < 800);
    }

    @Test
    @DisplayName("10.1 round robin takes one after the other")
    void roundRobin() {
        Routing routing = Routing.roundRobin();
        Loads members = idle(7);
        int last = routing.pick(members, "any");
        for (int i = 0; i < 1_000; i++) {
            int next = routing.pick(members, "any");
            assertThat(next).isEqualTo((last + 1) % 7);
            last = next;
        }
        assertThat(Arrays.stream(chosen(routing, members, 7_000))).containsOnly(1_000);
    }

    @Test
    @DisplayName("10.1 round robin begins anywhere")
    void roundRobinStart() {
        Set<Integer> starts = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            starts.add(Routing.roundRobin().pick(idle(5), "any"));
        }
        assertThat(starts).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
    }

    @Test
    @DisplayName("10.1 least used chooses one with the fewest in flight")
    void leastUsed() {
        Random random = new Random(2);
        for (int i = 0; i < 1_000; i++) {
            Loads members = new Loads(IntStream.range(0, 1 + random.nextInt(20))
                    .map(any -> random.nextInt(5))
                    .toArray());
            int fewest = Arrays.stream(members.inFlight).min().orElseThrow();
            assertThat(members.inFlight(Routing.leastUsed().pick(members, "any")))
                    .isEqualTo(fewest);
        }
    }

    @Test
    @DisplayName("10.1 least used chooses evenly among equals, so the first is not stormed")
    void leastUsedAmongEquals() {
        int[] idle = chosen(Routing.leastUsed(new Random(3)), idle(10), 100_000);
        assertThat(Arrays.stream(idle)).allMatch(count -> Math.abs(count - 10_000) < 400);
    }

    @Test
    @DisplayName("10.1 least used sees what is in flight: slow members get fewer requests")
    void leastUsedInAPool() throws Exception {
        try (Rig rig = Rig.connected(
                ThreadKind.VIRTUAL, 3, options -> options.withRouting(Routing.leastUsed(new Random(4))))) {
            FakePeer.Sent[] sent = new FakePeer.Sent[3];
            Rig.Asking[] askings = new Rig.Asking[3];
            for (int i = 0; i < 3; i++) {
                askings[i] = rig.ask("slow");
                sent[i] = rig.peer.awaitSent();
            }
            assertThat(Arrays.stream(sent).map(one -> one.line().member)).containsExactlyInAnyOrder(0, 1, 2);
            sent[1].answer("answer");
            askings[1].answer();
            for (int i = 0; i < 5; i++) {
                Rig.Asking next = rig.ask("quick");
                FakePeer.Sent one = rig.peer.awaitSent();
                assertThat(one.line().member).isEqualTo(sent[1].line().member);
                one.answer("answer");
                next.answer();
            }
            sent[0].answer("answer");
            sent[2].answer("answer");
            askings[0].answer();
            askings[2].answer();
        }
    }

    @Test
    @DisplayName("10.1 all of them spread requests over the connections of a pool")
    void distribution() throws Exception {
        assertThat(served(Routing.roundRobin())).containsOnly(400);
        assertThat(served(Routing.random(new Random(5)))).allMatch(count -> Math.abs(count - 400) < 80);
        assertThat(served(Routing.leastUsed(new Random(6)))).allMatch(count -> Math.abs(count - 400) < 80);
        assertThat(served(Routing.powerOfTwo(new Random(7)))).allMatch(count -> Math.abs(count - 400) < 80);
        assertThat(served(Routing.rendezvous(String.class, request -> request)))
                .allMatch(count -> Math.abs(count - 400) < 80);
    }

    private static IntStream served(Routing routing) throws Exception {
        try (var pool = RoutingPool.start("pool", 5, FakePeer.echoing(), options -> options.withRouting(routing))) {
            pool.awaitReady(5, Rig.LONG);
            for (int i = 0; i < 2_000; i++) {
                assertThat(pool.request("request " + i)).isEqualTo("request " + i);
            }
            return pool.members().stream().mapToInt(member -> (int) member.served());
        }
    }

    @Test
    @DisplayName("10.1 a strategy of the user's own sees the members by name and by what they have in flight")
    void ownStrategy() throws Exception {
        Routing byName = (members, any) -> {
            for (int i = 0; i < members.size(); i++) {
                if (members.name(i).equals("pool-2")) {
                    assertThat(members.inFlight(i)).isZero();
                    return i;
                }
            }
            throw new IllegalStateException("no pool-2");
        };
        try (Rig rig = Rig.connected(ThreadKind.VIRTUAL, 4, options -> options.withRouting(byName))) {
            rig.peer.answers = request -> "PONG";
            assertThat(rig.pool.request("PING")).isEqualTo("PONG");
            assertThat(rig.member(2).served()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("10.1 a strategy that chooses nobody, or throws, fails the request and nothing else")
    void badStrategy() throws Exception {
        for (int bad : new int[] {-1, 2}) {
            try (Rig rig =
                    Rig.connected(ThreadKind.VIRTUAL, 2, options -> options.withRouting((members, any) -> bad))) {
                assertThatThrownBy(() -> rig.pool.request("PING"))
                        .isInstanceOf(RoutingException.class)
                        .hasMessageContainingAll("chose member " + bad + " of 2", "0 to 1");
            }
        }
        Routing throwing = (members, any) -> {
            throw new IllegalStateException("no idea");
        };
        try (Rig rig = Rig.connected(ThreadKind.VIRTUAL, 2, options -> options.withRouting(throwing))) {
            assertThatThrownBy(() -> rig.pool.request("PING")).isInstanceOf(IllegalStateException.class);
        }
    }
}

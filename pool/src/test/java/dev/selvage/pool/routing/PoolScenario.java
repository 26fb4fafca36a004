package dev.selvage.pool.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.process.ProcessOptions;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import dev.selvage.time.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** Callers, each with requests that nobody else makes; how they end; and a peer with moods. */
abstract class PoolScenario implements Scenario {
    /** Longer than a clock can jump: a wait for so long never times out, however hasty the clock. */
    static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    final FakePeer peer = new FakePeer();
    final Map<String, AtomicInteger> sends = new ConcurrentHashMap<>();
    final Map<String, String> outcomes = new ConcurrentHashMap<>();
    final RoutingPool<String, String> pool;

    /** All connections that were ever chosen from. */
    final Set<Connection<?, ?>> connections = ConcurrentHashMap.newKeySet();

    /** The registry's, then the members'. */
    final List<ProcessRef<?>> processes = new ArrayList<>();

    PoolScenario(int size) {
        peer.door = member -> Sim.point();
        pool = RoutingPool.create(
                "pool",
                size,
                member -> new Counting(peer.connect(member)),
                defaults -> options(defaults.withTicker(Sim.ticker())
                        .withRouting(this::pick)
                        .withIntensity(100, Duration.ofSeconds(1))
                        .withBackoff(Backoff.fixed(Duration.ofMillis(20)))
                        .withHealthyAfter(Duration.ZERO)
                        .withConnectTimeout(FOREVER)
                        .withRequestTimeout(FOREVER)
                        .withMemberWait(FOREVER)
                        .withSilence(Duration.ZERO)));
    }

    private int pick(Routing.Members members, Object request) {
        for (int i = 0; i < members.size(); i++) {
            connections.add(((Candidates<?, ?>) members).get(i));
        }
        return Routing.random(Sim.random()).pick(members, request);
    }

    abstract RoutingOptions options(RoutingOptions defaults);

    /** Runs before the peer has a request. */
    void onSend(FakePeer.Line line) {}

    /** Runs beside the callers. */
    abstract void disturb() throws Exception;

    /** Whose processes run. */
    List<Slot> running() {
        return pool.slots();
    }

    /** Runs the members meanwhile, and returns when all their threads have ended. */
    void play(Scenario callers) throws Exception {
        try (ProcessScope scope = ProcessScope.open("sim", options -> options.withTicker(Sim.ticker()))) {
            CountDownLatch open = new CountDownLatch(1);
            processes.add(scope.start(
                    "registry", mailbox -> pool.tree().keepRegistry(mailbox, open::countDown), PoolScenario::patient));
            open.await();
            for (Slot slot : running()) {
                processes.add(scope.<MemberMessage<String, String>>start(
                        slot.name, mailbox -> pool.tree().runMember(slot, mailbox), PoolScenario::patient));
            }
            callers.play();
        }
        for (ProcessRef<?> process : processes) {
            process.thread().join(); // a process may have been abandoned, when the clock is hasty
        }
    }

    private static ProcessOptions patient(ProcessOptions defaults) {
        return defaults.withStopPatience(FOREVER).withInterruptPatience(FOREVER);
    }

    @Override
    public void play() throws Exception {
        play(() -> {
            Thread server = Sim.start("server", this::serve);
            Sim.together(() -> ask("a"), () -> ask("b"), this::disturb);
            assertThat(pool.queue().length()).isZero();
            assertThat(pool.bell().waiting()).isZero();
            server.interrupt();
            server.join();
            settle();
        });
        for (Slot slot : pool.slots()) {
            assertThat(slot.process == null ? 0 : slot.process.booked())
                    .as("booked by " + slot)
                    .isZero();
        }
        assertThat(pool.registry()).isNull();
        assertNothingTaken();
        check();
    }

    /** Places are given back exactly once, however a request ended. */
    void assertNothingTaken() {
        assertThat(connections)
                .allSatisfy(connection -> assertThat(connection.taken())
                        .as("places taken at " + connection)
                        .isZero());
        assertThat(pool.queue().length()).isZero();
    }

    /** Runs while the members still do. */
    void settle() throws Exception {}

    void check() {
        assertThat(peer.allLines).allSatisfy(line -> assertThat(line.closes).hasValue(1));
    }

    /** Runs before each request. */
    void pause() throws InterruptedException {}

    private void ask(String caller) throws InterruptedException {
        for (int i = 0; i < 2; i++) {
            pause();
            String request = caller + i;
            String outcome = outcome(request);
            assertThat(outcomes.put(request, outcome)).isNull();
            int sent = sends.containsKey(request) ? sends.get(request).get() : 0;
            assertThat(sent).as(request + " ended: " + outcome).isLessThanOrEqualTo(outcome.equals("not sent") ? 0 : 1);
        }
    }

    String outcome(String request) {
        try {
            assertThat(pool.request(request)).isEqualTo("answer to " + request);
            return "answered";
        } catch (RoutingException failure) {
            return failure.mayHaveReachedPeer() ? "perhaps sent" : "not sent";
        } catch (InterruptedException e) {
            return "interrupted";
        }
    }

    private void serve() {
        try {
            while (true) {
                FakePeer.Sent sent = peer.sent.take();
                answer(sent, Sim.random().nextInt(8));
            }
        } catch (InterruptedException theEnd) {
            Thread.currentThread().interrupt();
        }
    }

    /** Answers a request once or twice, or never, or breaks the line. */
    void answer(FakePeer.Sent sent, int mood) {
        switch (mood) {
            case 0 -> {}
            case 1 -> sent.line().lose("dropped by the peer");
            case 2 -> {
                sent.answer("answer to " + sent.request());
                sent.answer("and once more");
            }
            default -> sent.answer("answer to " + sent.request());
        }
    }

    /** Counts what is handed to a transport. */
    private final class Counting implements Transport<String, String> {
        private final Transport<String, String> inner;

        Counting(Transport<String, String> inner) {
            this.inner = inner;
        }

        @Override
        public void send(long id, String request) throws Exception {
            sends.computeIfAbsent(request, any -> new AtomicInteger()).incrementAndGet();
            onSend((FakePeer.Line) inner);
            inner.send(id, request);
        }

        @Override
        public void limitedBy(IntConsumer limit) {
            inner.limitedBy(limit);
        }

        @Override
        public Response<String> receive() throws Exception {
            return inner.receive();
        }

        @Override
        public void close() throws IOException {
            inner.close();
        }
    }
}

package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef;
import dev.selvage.sim.ClockMode;
import dev.selvage.sim.Explored;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import dev.selvage.supervisor.ModelTree.Child;
import dev.selvage.supervisor.ModelTree.Node;
import dev.selvage.supervisor.ModelTree.Plan;
import dev.selvage.supervisor.ModelTree.State;
import dev.selvage.supervisor.SupervisorSpec.AutoShutdown;
import dev.selvage.time.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random trees to which random things happen, against {@link ModelTree}. A failure prints the seed, and
 * {@code -Dselvage.sim.seed=57} plays that one alone; {@code -Dselvage.sim.schedules=200000} plays more.
 */
class ModelTest {

    @Test
    @Timeout(3_600) // the long form needs it
    @DisplayName("8.1 to 8.8 random trees, crashes, stops, additions and time steps: what the plain rules say, happens")
    void asTheModel() {
        Explored explored =
                Sim.of(RandomTree.class).schedules(400).clock(ClockMode.PATIENT).explore();
        assertThat(explored.distinct()).as("different schedules").isGreaterThan(100);
    }

    static class RandomTree implements Scenario {
        private static final long MILLI = 1_000_000;
        private static final int STEPS = 14;

        private final List<String> record = new CopyOnWriteArrayList<>();
        private final Map<String, Integer> failNextStarts = new ConcurrentHashMap<>();
        private final Map<String, Integer> declineNextStarts = new ConcurrentHashMap<>();
        private final List<String> story = new ArrayList<>();
        private final Map<String, ChildRef<?>> dynamic = new ConcurrentHashMap<>();
        private RandomGenerator random;
        private int lastId;
        private int compared;

        // ---- making

        private Plan plan(String name, int depth) {
            Strategy strategy = Strategy.values()[random.nextInt(Strategy.values().length)];
            AutoShutdown shutdown = AutoShutdown.values()[Math.max(0, random.nextInt(6) - 3)];
            List<Child> children = new ArrayList<>();
            for (int count = random.nextInt(5); strategy != Strategy.DYNAMIC && count > 0; count--) {
                children.add(child(depth, shutdown));
            }
            return new Plan(name, strategy, shutdown, random.nextInt(4), 20 * MILLI, children);
        }

        private Child child(int depth, AutoShutdown shutdown) {
            int number = ++lastId;
            Restart restart = Restart.values()[random.nextInt(3)];
            // no two waits ever end at the same instant: what would happen then is a matter of the schedule
            long backoff = random.nextInt(3) == 0 ? random.nextInt(1, 9) * MILLI + number * 1_000L : 0;
            boolean significant =
                    shutdown != AutoShutdown.NEVER && restart != Restart.PERMANENT && random.nextBoolean();
            Plan below = depth > 0 && random.nextInt(3) == 0 ? plan("s" + number, depth - 1) : null;
            return new Child((below == null ? "c" : "s") + number, restart, backoff, significant, below);
        }

        private SupervisorSpec spec(Plan plan) {
            SupervisorSpec bare = switch (plan.strategy()) {
                case ONE_FOR_ONE -> SupervisorSpec.oneForOne(plan.name());
                case REST_FOR_ONE -> SupervisorSpec.restForOne(plan.name());
                case ONE_FOR_ALL -> SupervisorSpec.oneForAll(plan.name());
                case DYNAMIC -> SupervisorSpec.dynamic(plan.name());
            };
            List<ChildSpec<?>> children = new ArrayList<>();
            plan.children().forEach(child -> children.add(spec(child)));
            return bare.withAutoShutdown(plan.autoShutdown())
                    .withIntensity(plan.allowed(), Duration.ofNanos(plan.periodNanos()))
                    .withChildren(children);
        }

        private ChildSpec<?> spec(Child child) {
            ChildSpec<?> bare = child.plan == null ? leaf(child.id) : ChildSpec.supervisor(spec(child.plan));
            ChildSpec<?> made =
                    bare.withRestart(child.restart).withBackoff(Backoff.fixed(Duration.ofNanos(child.backoffNanos)));
            return child.significant ? made.withSignificant() : made;
        }

        private ChildSpec<String> leaf(String id) {
            return ChildSpec.process(id, (mailbox, start) -> {
                if (takesOne(declineNextStarts, id)) {
                    record.add("~" + id);
                    start.decline();
                    return;
                }
                if (takesOne(failNextStarts, id)) {
                    record.add("!" + id);
                    throw new IOException("planned");
                }
                record.add("+" + id);
                start.ready();
                try {
                    if (mailbox.receive().equals("crash")) {
                        throw new IOException("planned");
                    }
                } finally {
                    record.add("-" + id);
                }
            });
        }

        private static boolean takesOne(Map<String, Integer> planned, String id) {
            boolean one = planned.merge(id, -1, Integer::sum) >= 0;
            planned.merge(id, 0, Math::max);
            return one;
        }

        // ---- playing

        @Override
        public void play() throws Exception {
            random = Sim.random();
            ModelTree model = new ModelTree(plan("root", 2));
            try (Supervisor app = Supervisor.start(spec(model.root.plan).withTicker(Sim.ticker()))) {
                for (int step = 0; step < STEPS && model.end.isEmpty(); step++) {
                    step(app, model);
                    compare(app, model);
                }
                if (model.end.isEmpty()) {
                    story.add("stop");
                    app.stop();
                    model.stop();
                }
                ExitReason reason = app.join();
                assertThat(reason.isAbnormal())
                        .as("%s: ended by %s", story, reason)
                        .isEqualTo(model.end.orElseThrow());
                compareRecord(model);
            }
        }

        /** Compares what has been written down since the last time. */
        private void compareRecord(ModelTree model) {
            List<String> done = List.copyOf(record).subList(compared, record.size());
            List<String> expected = model.record.subList(Math.min(compared, model.record.size()), model.record.size());
            if (model.unordered) {
                assertThat(done).as("%s", story).containsExactlyInAnyOrderElementsOf(expected);
            } else {
                assertThat(done).as("%s", story).isEqualTo(expected);
            }
            compared = record.size();
            model.unordered = false;
        }

        /** When nothing can run any more; that is when this clock goes on. */
        private static void settle(ModelTree model, long nanos) throws InterruptedException {
            Sim.sleep(Duration.ofNanos(nanos));
            model.advance(nanos);
        }

        private void compare(Supervisor app, ModelTree model) throws InterruptedException {
            settle(model, 1);
            compareRecord(model);
            assertThat(app.exitReason().isPresent()).as("%s: has ended", story).isEqualTo(model.end.isPresent());
            if (model.end.isEmpty()) {
                Map<String, String> states = new LinkedHashMap<>();
                states(app.tree(), "", states);
                assertThat(states).as("%s", story).containsExactlyEntriesOf(model.states());
            }
        }

        private static void states(SupervisorTree tree, String path, Map<String, String> states) {
            states.put(path, tree.recentRestarts() + " restarts");
            for (SupervisorTree.Child child : tree.children()) {
                String own = path + "/" + child.id();
                if (child.status() == SupervisorTree.Status.RUNNING
                        && child.supervisor().isPresent()) {
                    states(child.supervisor().get(), own, states);
                } else {
                    states.put(own, child.status().name());
                }
            }
        }

        private void step(Supervisor app, ModelTree model) throws Exception {
            List<Node> nodes = ModelTree.living(model.root).toList();
            Node node = nodes.get(random.nextInt(nodes.size()));
            if (node.children.isEmpty() || random.nextInt(5) == 0) {
                if (random.nextBoolean()) {
                    advance(model);
                } else {
                    add(app, model, node);
                }
                return;
            }
            Child child = node.children.get(random.nextInt(node.children.size()));
            if (child.plan == null && random.nextInt(4) == 0) {
                int times = random.nextInt(1, 3);
                story.add(child.id + " fails to start " + times);
                failNextStarts.put(child.id, times);
                model.failNextStarts.put(child.id, times);
            }
            if (child.plan == null && random.nextInt(8) == 0) {
                story.add(child.id + " declines once");
                declineNextStarts.put(child.id, 1);
                model.declineNextStarts.put(child.id, 1);
            }
            happens(app, model, node, child);
        }

        private void advance(ModelTree model) throws InterruptedException {
            long nanos = random.nextInt(1, 15) * MILLI;
            story.add("time " + nanos);
            settle(model, nanos);
        }

        private void add(Supervisor app, ModelTree model, Node node) throws Exception {
            Child added = child(1, node.plan.autoShutdown());
            story.add("add " + added.id + " to " + node.plan.name());
            quietly(() -> dynamic.put(added.id, children(app, node).start(spec(added))));
            model.add(node, added.fresh());
        }

        private interface Asked {
            void run() throws Exception;
        }

        /** A start that fails is told to the caller; what became of it is compared as everything else is. */
        private static void quietly(Asked asked) throws Exception {
            try {
                asked.run();
            } catch (SupervisorException.StartFailed planned) {
                assertThat(planned).hasRootCauseMessage("planned");
            }
        }

        private Supervisor.Children children(Supervisor app, Node node) {
            return node.asChild == null
                    ? app.children()
                    : ref(app, node.above, node.asChild).children();
        }

        /** A dynamic child is found only by what its start returned. */
        private ChildRef<?> ref(Supervisor app, Node node, Child child) {
            return node.plan.strategy() == Strategy.DYNAMIC
                    ? dynamic.get(child.id)
                    : children(app, node).find(child.id);
        }

        private void happens(Supervisor app, ModelTree model, Node node, Child child) throws Exception {
            ChildRef<?> ref = ref(app, node, child);
            switch (random.nextInt(6)) {
                case 0, 1, 2 -> ends(model, node, child, ref);
                case 3 -> {
                    story.add("terminate " + child.id);
                    ref.terminate();
                    model.terminate(node, child);
                }
                case 4 -> {
                    story.add("restart " + child.id);
                    quietly(ref::restart);
                    model.restart(node, child);
                }
                default -> {
                    if (child.state != State.RUNNING && child.state != State.RESTARTING) {
                        story.add("delete " + child.id);
                        ref.delete();
                        model.delete(node, child);
                    }
                }
            }
        }

        @SuppressWarnings("unchecked") // all leaves take text
        private void ends(ModelTree model, Node node, Child child, ChildRef<?> ref) {
            if (child.state != State.RUNNING) {
                return;
            }
            ProcessRef<?> process = ref.resolve().orElseThrow();
            boolean abnormal = child.plan != null || random.nextInt(3) > 0;
            story.add((abnormal ? "crash " : "finish ") + child.id);
            if (child.plan == null) {
                ((ProcessRef<String>) process).send(abnormal ? "crash" : "finish");
            } else {
                process.kill();
            }
            model.childEnds(node, child, abnormal);
        }
    }
}

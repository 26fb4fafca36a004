package dev.selvage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.exit.Lifetime;
import dev.selvage.exit.Owner;
import dev.selvage.lock.KeyedLocks;
import dev.selvage.process.ProcessScope;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** What a listener hears, and in which order, while owners come, go and die and the registry closes. */
abstract class ListenerScenarios implements Scenario {
    final Bulletin bulletin;

    /** The numbers of the claims that were won. */
    final Queue<Integer> won = new ConcurrentLinkedQueue<>();

    ListenerScenarios(Bulletin bulletin) {
        this.bulletin = bulletin;
    }

    /** Claims; returns what closes the registration, or null when the claim is lost or the registry closed. */
    @Nullable Runnable claim(int number) {
        try {
            Runnable close = bulletin.claim(number);
            if (close != null) {
                won.add(number);
            }
            return close;
        } catch (RegistryException.Closed | RegistryException.OwnerExited refused) {
            return null;
        }
    }

    void claimAndClose(int number) {
        Runnable close = claim(number);
        if (close != null) {
            close.run();
        }
    }

    /** No registration is heard before the removal of its predecessor; none stands at the end. */
    static void assertInOrder(List<String> heard) {
        String standing = "";
        for (String line : heard) {
            String number = line.substring(1);
            if (line.startsWith("+")) {
                assertThat(standing)
                        .as("stands when %s is heard: %s", line, heard)
                        .isEmpty();
                standing = number;
            } else if (!standing.isEmpty()) {
                assertThat(number).as("removed, of %s", heard).isEqualTo(standing);
                standing = "";
            }
        }
        assertThat(standing).as("stands at the end of %s", heard).isEmpty();
        assertThat(heard).doesNotHaveDuplicates();
    }

    void assertAllHeard(List<String> heard) {
        for (int number : won) {
            assertThat(heard).contains("+" + number, "-" + number);
        }
        assertThat(heard.stream().filter(line -> line.startsWith("-")).map(line -> line.replace('-', '+')))
                .isSubsetOf(heard);
    }

    /** One claims and dies, others claim, close and claim again, and all of it is heard. */
    abstract static class Succession extends ListenerScenarios {
        Succession(Bulletin bulletin) {
            super(bulletin);
        }

        @Override
        public void play() throws Exception {
            bulletin.listen();
            Sim.together(() -> claim(1), () -> claimAndClose(2), () -> {
                claimAndClose(3);
                claim(4);
            });
            claimAndClose(5);
            bulletin.close();
            List<String> heard = bulletin.heardToTheEnd();
            assertInOrder(heard);
            assertAllHeard(heard);
        }
    }

    /**
     * A listener is opened while claims are made and given up. Whoever then reads what stands, and applies what it
     * hears, knows all there is.
     */
    abstract static class Opening extends ListenerScenarios {
        private final CountDownLatch opened = new CountDownLatch(1);
        private final List<Integer> read = new ArrayList<>();

        Opening(Bulletin bulletin) {
            super(bulletin);
        }

        @Override
        public void play() throws Exception {
            Runnable before = Objects.requireNonNull(claim(1));
            Sim.together(
                    () -> {
                        before.run();
                        claimAndClose(2);
                    },
                    () -> {
                        bulletin.listen();
                        read.addAll(bulletin.standing());
                        opened.countDown();
                    },
                    () -> {
                        Runnable close = claim(3);
                        opened.await();
                        if (close != null) {
                            assertThat(bulletin.standing()).containsExactly(3);
                        }
                    });
            bulletin.close();
            List<String> heard = bulletin.heardToTheEnd();
            assertInOrder(heard);
            if (won.contains(3)) {
                assertThat(read.contains(3) || heard.contains("+3"))
                        .as("3 stands, and is neither in %s nor in %s", read, heard)
                        .isTrue();
            }
            for (int number : read) {
                assertThat(heard).as("the end of one that was read").contains("-" + number);
            }
        }
    }

    /** Claims are made while the registry closes: what was heard to come is heard to go before the listener ends. */
    abstract static class Closing extends ListenerScenarios {
        Closing(Bulletin bulletin) {
            super(bulletin);
        }

        @Override
        public void play() throws Exception {
            bulletin.listen();
            Sim.together(() -> claim(1), () -> claimAndClose(2), bulletin::close);
            List<String> heard = bulletin.heardToTheEnd();
            assertInOrder(heard);
            assertAllHeard(heard);
        }
    }

    /** A process claims while it is declared exited, and another claims the key at once. */
    abstract static class Abandon extends ListenerScenarios {
        private final CountDownLatch begun = new CountDownLatch(1);
        private volatile @Nullable Lifetime lifetime;

        Abandon(Bulletin bulletin) {
            super(bulletin);
        }

        @Override
        public void play() throws Exception {
            bulletin.listen();
            Thread process = Sim.start("process", () -> {
                Lifetime own = Lifetime.begin(new ClaimScenarios.Abandon.Process(Thread.currentThread()));
                lifetime = own;
                begun.countDown();
                claim(1);
                own.end();
            });
            begun.await();
            Thread successor = Sim.start("successor", () -> claimAndClose(2));
            Objects.requireNonNull(lifetime).abandon();
            process.join();
            successor.join();
            bulletin.close();
            List<String> heard = bulletin.heardToTheEnd();
            assertInOrder(heard);
            assertAllHeard(heard);
        }
    }

    /** A process is declared exited while it claims and while a listener is opened, whose opener then claims. */
    abstract static class AbandonAtOpening extends ListenerScenarios {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch over = new CountDownLatch(1);
        private volatile @Nullable Lifetime lifetime;

        AbandonAtOpening(Bulletin bulletin) {
            super(bulletin);
        }

        @Override
        public void play() throws Exception {
            Thread process = Sim.start("process", () -> {
                Lifetime own = Lifetime.begin(new ClaimScenarios.Abandon.Process(Thread.currentThread()));
                lifetime = own;
                begun.countDown();
                claim(1);
                own.end();
            });
            begun.await();
            Objects.requireNonNull(lifetime).abandon();
            bulletin.listen();
            Thread successor = Sim.start("successor", () -> {
                claim(2);
                over.await();
            });
            process.join();
            over.countDown();
            successor.join();
            bulletin.close();
            assertInOrder(bulletin.heardToTheEnd());
        }
    }

    // ---- with the real registry only

    /** A listener is closed while changes are made; its thread ends, and those who make them are not held up. */
    static final class ListenerCloses implements Scenario {
        private final HashUniqueRegistry<String, Integer> registry =
                (HashUniqueRegistry<String, Integer>) Registry.<String, Integer>unique("bulletin");

        @Override
        public void play() throws Exception {
            RegistryListener listener = registry.listen(event -> {});
            Sim.together(
                    listener::close,
                    () -> registry.register("a", 1).close(),
                    () -> registry.register("b", 2).updateValue(value -> 3));
            listener.thread().join();
            assertThat(registry.listeners().isHeard()).isFalse();
            assertThat(listener.backlog()).isZero();
            registry.close();
        }
    }

    /** An owner updates its value while somebody closes its registration: of what is gone no update is heard. */
    static final class UpdateAndClose implements Scenario {
        private final UniqueRegistry<String, Integer> registry = Registry.unique("bulletin");
        private final Heard heard = new Heard();
        private final CountDownLatch registered = new CountDownLatch(1);
        private final CountDownLatch closed = new CountDownLatch(1);
        private volatile @Nullable Registration<String, Integer> registration;

        @Override
        public void play() throws Exception {
            RegistryListener listener = registry.listen(heard, RegistryListener.Options::withUpdates);
            Thread owner = Sim.start("owner", () -> {
                Registration<String, Integer> mine = registry.register("key", 1);
                registration = mine;
                registered.countDown();
                try {
                    mine.updateValue(value -> 2);
                } catch (RegistryException.Closed cameTooLate) {
                    assertThat(mine.isActive()).isFalse();
                }
                closed.await();
            });
            registered.await();
            Objects.requireNonNull(registration).close();
            closed.countDown();
            owner.join();
            registry.close();
            listener.thread().join();
            assertThat(heard.lines()).first().isEqualTo("+key=1");
            assertThat(heard.lines()).last().isEqualTo("-key closed");
        }
    }

    /** Whoever is told an entry of an owner that is registering finds it under its key, too. */
    static final class HalfAnEntry implements Scenario {
        private final UniqueRegistry<String, Integer> registry = Registry.unique("bulletin");
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch read = new CountDownLatch(1);
        private volatile @Nullable Owner registering;

        @Override
        public void play() throws Exception {
            Thread owner = Sim.start("owner", () -> {
                registering = Lifetime.current().owner();
                begun.countDown();
                registry.register("key", 1);
                read.await();
            });
            begun.await();
            for (Entry<String, Integer> told : registry.entriesOf(Objects.requireNonNull(registering))) {
                assertThat(registry.lookup("key")).as("what was told already").containsSame(told);
            }
            read.countDown();
            owner.join();
            registry.close();
        }
    }

    /** Listeners hear the registrations under one key in the order in which the entries stand there. */
    static final class OrderOfOneKey implements Scenario {
        private final DuplicateRegistry<String, Integer> registry = Registry.duplicate("bulletin");
        private final List<Integer> heard = new ArrayList<>();
        private final CountDownLatch registered = new CountDownLatch(3);
        private final CountDownLatch read = new CountDownLatch(1);

        @Override
        public void play() throws Exception {
            RegistryListener listener = registry.listen(event -> {
                if (event instanceof RegistryEvent.Registered<String, Integer>(var entry, var value)) {
                    heard.add(value);
                }
            });
            List<Thread> owners = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                int number = i;
                owners.add(Sim.start("owner", () -> {
                    registry.register("key", number);
                    registered.countDown();
                    read.await();
                }));
            }
            registered.await();
            List<Integer> standing = registry.values("key");
            read.countDown();
            for (Thread owner : owners) {
                owner.join();
            }
            registry.close();
            listener.thread().join();
            assertThat(heard).isEqualTo(standing);
        }
    }

    /** Whoever hears of the exit of a process finds its names and locks free and its reason known. */
    static final class ExitOfProcess implements Scenario {
        private final UniqueRegistry<String, Integer> registry = Registry.unique("bulletin");
        private final KeyedLocks<String> locks = KeyedLocks.create("locks");
        private final List<String> heard = new ArrayList<>();
        private final CountDownLatch told = new CountDownLatch(1);

        @Override
        public void play() throws Exception {
            RegistryListener listener = registry.listen(event -> {
                if (event instanceof RegistryEvent.Removed<String, Integer>(var entry, var cause)) {
                    boolean namesFree = registry.entriesOf(entry.owner()).isEmpty();
                    boolean lockFree = locks.tryLock("key").isPresent();
                    heard.add(cause + ", names free " + namesFree + ", lock free " + lockFree);
                    told.countDown();
                }
            });
            try (ProcessScope scope = ProcessScope.open("scope")) {
                scope.run("process", () -> {
                    locks.lock("key");
                    registry.register("a", 1);
                });
                scope.join();
            }
            told.await();
            registry.close();
            listener.thread().join();
            assertThat(heard).containsExactly("Exited[reason=Optional[normal]], names free true, lock free true");
        }
    }

    // ---- with the real registry, and with the wrong ones that each should find

    static final class SuccessionOfReal extends Succession {
        SuccessionOfReal() {
            super(new Bulletin.Real());
        }
    }

    static final class SuccessionToldAfterTheFact extends Succession {
        SuccessionToldAfterTheFact() {
            super(new Bulletin.TellsAfterTheFact());
        }
    }

    static final class SuccessionWithoutPredecessor extends Succession {
        SuccessionWithoutPredecessor() {
            super(new Bulletin.ForgetsThePredecessor());
        }
    }

    static final class OpeningOfReal extends Opening {
        OpeningOfReal() {
            super(new Bulletin.Real());
        }
    }

    static final class OpeningOfToy extends Opening {
        OpeningOfToy() {
            super(new Bulletin.Toy());
        }
    }

    static final class OpeningThatAsksTooLate extends Opening {
        OpeningThatAsksTooLate() {
            super(new Bulletin.AsksTooLate());
        }
    }

    static final class OpeningWhereNobodyLooksAgain extends Opening {
        OpeningWhereNobodyLooksAgain() {
            super(new Bulletin.LooksOnlyBefore());
        }
    }

    static final class OpeningWhereTheMarkIsLate extends Opening {
        OpeningWhereTheMarkIsLate() {
            super(new Bulletin.MarksTooLate());
        }
    }

    static final class ClosingOfReal extends Closing {
        ClosingOfReal() {
            super(new Bulletin.Real());
        }
    }

    static final class ClosingOfToy extends Closing {
        ClosingOfToy() {
            super(new Bulletin.Toy());
        }
    }

    static final class ClosingThatDoesNotWait extends Closing {
        ClosingThatDoesNotWait() {
            super(new Bulletin.ClosesWithoutWaiting());
        }
    }

    static final class ClosingInTwoSteps extends Closing {
        ClosingInTwoSteps() {
            super(new Bulletin.TellsInTwoSteps());
        }
    }

    static final class AbandonOfReal extends Abandon {
        AbandonOfReal() {
            super(new Bulletin.Real());
        }
    }

    static final class AbandonAtOpeningOfReal extends AbandonAtOpening {
        AbandonAtOpeningOfReal() {
            super(new Bulletin.Real());
        }
    }

    static final class AbandonAtOpeningToldThoughGone extends AbandonAtOpening {
        AbandonAtOpeningToldThoughGone() {
            super(new Bulletin.TellsOfTheGone());
        }
    }

    static final class AbandonInTwoSteps extends Abandon {
        AbandonInTwoSteps() {
            super(new Bulletin.TellsInTwoSteps());
        }
    }
}

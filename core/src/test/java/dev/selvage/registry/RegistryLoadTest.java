package dev.selvage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.registry.Claim.AlreadyRegistered;
import dev.selvage.registry.Claim.Registered;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The load cases of the registries, in short; {@code -Dselvage.long=true} takes the long form. The figures are in
 * {@code target/test.log}.
 */
class RegistryLoadTest {
    private static final boolean LONG = Boolean.getBoolean("selvage.long");
    private static final System.Logger LOG = System.getLogger(RegistryLoadTest.class.getName());

    /** An owner under the hot key that leaves when it is told to. */
    private static Thread member(DuplicateRegistry<String, Integer> registry, int number, CountDownLatch registered) {
        return Thread.startVirtualThread(() -> {
            registry.register("all", number);
            registered.countDown();
            while (!Thread.interrupted()) {
                LockSupport.park();
            }
        });
    }

    @Test
    @Timeout(300)
    @DisplayName("6.7, known failure 11: of 150,000 owners of a key 1,000 leave a second; counts and look-ups go on")
    void ownersLeaveAHotKey() throws Exception {
        int owners = LONG ? 150_000 : 30_000;
        int seconds = LONG ? 20 : 2;
        try (DuplicateRegistry<String, Integer> registry = Registry.duplicate("crowd");
                Registration<String, Integer> own = registry.register("other", 1)) {
            CountDownLatch registered = new CountDownLatch(owners);
            List<Thread> members = new ArrayList<>(owners);
            for (int i = 0; i < owners; i++) {
                members.add(member(registry, i, registered));
            }
            registered.await();
            AtomicBoolean done = new AtomicBoolean();
            List<long[]> waits = new ArrayList<>();
            List<Thread> readers = new ArrayList<>();
            for (IntSupplier read : List.<IntSupplier>of(
                    () -> registry.count("all"), () -> registry.lookup("other").size())) {
                long[] nanos = new long[LONG ? 4_000_000 : 400_000];
                waits.add(nanos);
                readers.add(Thread.ofPlatform().daemon().start(() -> readAndTime(read, done, nanos)));
            }

            List<Thread> left = leaveAtPace(members, seconds, registry);
            done.set(true);
            for (Thread reader : readers) {
                reader.join();
            }

            assertThat(left).hasSize(1_000 * seconds);
            assertThat(registry.count("all")).isEqualTo(owners - left.size());
            assertThat(registry.values("all")).hasSize(owners - left.size());
            for (long[] nanos : waits) {
                report("a read while 1,000 a second leave " + owners, nanos);
                // a walk over what stands would be some milliseconds, each time
                assertThat(quantile(nanos, 0.99)).isLessThan(1_000_000);
            }
            members.forEach(Thread::interrupt);
            for (Thread member : members) {
                member.join();
            }
            own.close();
            assertThat(registry.values("all")).isEmpty();
        }
    }

    private static void readAndTime(IntSupplier read, AtomicBoolean done, long[] nanos) {
        int next = 0;
        while (!done.get()) {
            long start = System.nanoTime();
            if (read.getAsInt() == 0) {
                throw new AssertionError("nobody is found");
            }
            nanos[next++ % nanos.length] = System.nanoTime() - start;
            LockSupport.parkNanos(10_000);
        }
    }

    /** Ends 1,000 owners a second, and waits until each of them is gone from the key. */
    private static List<Thread> leaveAtPace(
            List<Thread> members, int seconds, DuplicateRegistry<String, Integer> registry) throws Exception {
        Random random = new Random(1);
        List<Thread> left = new ArrayList<>();
        int before = registry.count("all");
        long start = System.nanoTime();
        for (int i = 0; i < 1_000 * seconds; i++) {
            Thread leaving = members.get(random.nextInt(members.size()));
            while (!leaving.isAlive()) {
                leaving = members.get(random.nextInt(members.size()));
            }
            leaving.interrupt();
            leaving.join();
            left.add(leaving);
            while (System.nanoTime() - start < i * 1_000_000L) {
                LockSupport.parkNanos(100_000);
            }
        }
        while (registry.count("all") > before - left.size()) {
            Thread.onSpinWait();
        }
        return left;
    }

    @Test
    @Timeout(300)
    @DisplayName("6.7, known failure 11: a million distinct keys registered and gone leave the heap as before")
    void distinctKeysLeaveTheHeapAsBefore() throws Exception {
        int keys = LONG ? 1_000_000 : 200_000;
        try (UniqueRegistry<String, Integer> names = Registry.unique("names");
                DuplicateRegistry<String, Integer> topics = Registry.duplicate("topics")) {
            registerAndGo(names, topics, 10_000); // classes, and tables of some size
            long before = heapInUse();

            registerAndGo(names, topics, keys);

            long more = heapInUse() - before;
            LOG.log(System.Logger.Level.INFO, () -> keys + " keys, twice: " + more + " bytes more than before");
            // tables do not shrink: a reference or two for each of the 10,000 that stood at once
            assertThat(more).isLessThan(4_000_000);
            assertThat(names.size()).isZero();
            assertThat(topics.size()).isZero();
        }
    }

    /** Half of the keys are closed by their owners, the other half left behind by owners that end. */
    private static void registerAndGo(
            UniqueRegistry<String, Integer> names, DuplicateRegistry<String, Integer> topics, int keys)
            throws InterruptedException {
        int each = 10_000;
        for (int done = 0; done < keys; done += each) {
            int from = done;
            Thread owner = Thread.startVirtualThread(() -> {
                for (int i = from; i < from + each; i++) {
                    Registration<String, Integer> name = names.register("name-" + i, i);
                    Registration<String, Integer> topic = topics.register("topic-" + i, i);
                    if (i % 2 == 0) {
                        name.close();
                        topic.close();
                    }
                }
            });
            owner.join();
            while (names.size() > 0 || topics.size() > 0) {
                Thread.onSpinWait(); // its watcher takes out what it left behind
            }
        }
    }

    /** The least of some collections. */
    private static long heapInUse() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    @Test
    @Timeout(300)
    @DisplayName("6.2 of 200 racers for a key one wins and the others learn the holder, ten thousand times")
    void ofTwoHundredRacersOneWins() throws Exception {
        int racers = 200;
        int rounds = LONG ? 10_000 : 300;
        Phaser start = new Phaser(racers + 1);
        AtomicInteger winners = new AtomicInteger();
        AtomicLong losers = new AtomicLong();
        AtomicInteger wrong = new AtomicInteger();
        try (UniqueRegistry<Integer, Integer> registry = Registry.unique("race")) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < racers; i++) {
                threads.add(Thread.startVirtualThread(() -> {
                    for (int round = 0; round < rounds; round++) {
                        start.arriveAndAwaitAdvance();
                        switch (registry.tryRegister(round, round)) {
                            case Registered<Integer, Integer>(var registration) -> winners.incrementAndGet();
                            case AlreadyRegistered<Integer, Integer>(var holder) -> {
                                losers.incrementAndGet();
                                boolean right = holder.value().equals(holder.key()) && !isMine(holder);
                                wrong.addAndGet(right ? 0 : 1);
                            }
                        }
                        start.arriveAndAwaitAdvance();
                    }
                    start.arriveAndAwaitAdvance(); // the last winner, too, has its key until that was looked up
                }));
            }
            for (int round = 0; round < rounds; round++) {
                start.arriveAndAwaitAdvance();
                start.arriveAndAwaitAdvance();
                assertThat(winners).as("winners by round " + round).hasValue(round + 1);
                assertThat(registry.lookup(round)).isPresent();
            }
            start.arriveAndAwaitAdvance();
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertThat(losers).hasValue((long) rounds * (racers - 1));
        assertThat(wrong).hasValue(0);
    }

    private static boolean isMine(Entry<Integer, Integer> entry) {
        return entry.owner().thread() == Thread.currentThread();
    }

    private static long quantile(long[] nanos, double part) {
        long[] sorted = Arrays.stream(nanos).filter(each -> each > 0).sorted().toArray();
        return sorted[(int) (part * (sorted.length - 1))];
    }

    private static void report(String what, long[] nanos) {
        LOG.log(
                System.Logger.Level.INFO,
                () -> what + ": p50 " + quantile(nanos, 0.5) + " ns, p99 " + quantile(nanos, 0.99) + " ns, p99.9 "
                        + quantile(nanos, 0.999) + " ns, most " + quantile(nanos, 1) + " ns");
    }
}

package dev.selvage.demo.fantatcp;

import dev.selvage.demo.stage.Dice;
import dev.selvage.demo.stage.Times;
import dev.selvage.pool.routing.RoutingPool;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.TaskBody;
import dev.selvage.supervisor.Supervisor;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;

/**
 * Crashes connections, and now and then the registry under all of them, and waits each time until every connection is
 * back: a connection comes back alone, all of them come back after their registry.
 */
final class Troublemaker implements TaskBody {

    private static final int REGISTRY_EVERY = 8;
    private static final Duration LONGEST_RECOVERY = Duration.ofSeconds(10);

    private final RoutingPool<String, String> pool;
    private final Supervisor supervisor;
    private final Duration interval;
    private final Dice dice;

    final Times recoveries = new Times();
    final LongAdder crashes = new LongAdder();
    final LongAdder notBack = new LongAdder();

    Troublemaker(RoutingPool<String, String> pool, Supervisor supervisor, Duration interval, Dice dice) {
        this.pool = pool;
        this.supervisor = supervisor;
        this.interval = interval;
        this.dice = dice;
    }

    @Override
    public void run() throws InterruptedException {
        for (int round = 1; ; round++) {
            Thread.sleep(interval);
            Optional<ProcessRef<?>> victim = round % REGISTRY_EVERY == 0 ? registry() : anyConnection();
            if (victim.isPresent()) {
                crash(victim.get());
            }
        }
    }

    private void crash(ProcessRef<?> victim) throws InterruptedException {
        long start = System.nanoTime();
        crashes.increment();
        victim.kill();
        victim.join(LONGEST_RECOVERY);
        if (pool.awaitReady(pool.size(), LONGEST_RECOVERY)) {
            recoveries.add(System.nanoTime() - start);
        } else {
            notBack.increment();
        }
    }

    private Optional<ProcessRef<?>> anyConnection() {
        RandomGenerator random = dice.roll();
        return supervisor.child(pool.name() + "-connections", pool.name() + "-" + random.nextInt(pool.size()));
    }

    private Optional<ProcessRef<?>> registry() {
        return supervisor.child(pool.name() + "-registry");
    }
}

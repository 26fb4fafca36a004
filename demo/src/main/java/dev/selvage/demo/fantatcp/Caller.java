package dev.selvage.demo.fantatcp;

import dev.selvage.demo.stage.Dice;
import dev.selvage.pool.routing.RoutingException;
import dev.selvage.pool.routing.RoutingPool;
import dev.selvage.process.TaskBody;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;

/** One of the thousands: asks, waits for its answer, checks that it is its own, pauses, and asks again. */
final class Caller implements TaskBody {

    private final int number;
    private final RoutingPool<String, String> pool;
    private final Load load;
    private final Ledger ledger;
    private final RandomGenerator random;
    private final CountDownLatch callersLeft;

    Caller(
            int number,
            RoutingPool<String, String> pool,
            Load load,
            Ledger ledger,
            Dice dice,
            CountDownLatch callersLeft) {
        this.number = number;
        this.pool = pool;
        this.load = load;
        this.ledger = ledger;
        this.random = dice.roll();
        this.callersLeft = callersLeft;
    }

    @Override
    public void run() throws InterruptedException {
        try {
            for (int request = 1; request <= load.requestsEach(); request++) {
                Thread.sleep(
                        Duration.ofNanos(random.nextLong(load.longestPause().toNanos() + 1)));
                ask("PING " + number + "/" + request);
            }
        } finally {
            callersLeft.countDown();
        }
    }

    private void ask(String question) throws InterruptedException {
        ledger.asked.increment();
        long start = System.nanoTime();
        try {
            String answer = pool.request(question);
            ledger.answered(question, answer, System.nanoTime() - start);
        } catch (RoutingException error) {
            ledger.failed(error, System.nanoTime() - start);
        }
    }
}

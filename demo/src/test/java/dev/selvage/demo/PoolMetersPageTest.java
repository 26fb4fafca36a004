package dev.selvage.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.pool.checkout.CheckoutException;
import dev.selvage.pool.checkout.CheckoutListener;
import dev.selvage.pool.checkout.CheckoutPool;
import dev.selvage.pool.routing.Connector;
import dev.selvage.pool.routing.RoutingException;
import dev.selvage.pool.routing.RoutingListener;
import dev.selvage.pool.routing.RoutingPool;
import dev.selvage.pool.worker.WorkerException;
import dev.selvage.pool.worker.WorkerListener;
import dev.selvage.pool.worker.WorkerPool;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The examples of docs/pools-and-metrics.md: each stands here between two marks, compiled and run, and there too. */
@DisplayName("The page on pools and metrics")
class PoolMetersPageTest {
    private final Connector<String, String> connector = member -> new RoutingPoolPageTest.Echo();

    private static final class Printer {
        String print(String letter) {
            return "printed " + letter;
        }
    }

    // PAGE: from here
    /** Counts and times what happens in pools of any kind; register the gauges of each pool beside it. */
    record PoolMeters(MeterRegistry registry) implements CheckoutListener, RoutingListener, WorkerListener {

        @Override
        public void onCheckout(String pool, Duration waited) {
            registry.timer("pool.acquire", "pool", pool).record(waited);
        }

        @Override
        public void onReturn(String pool, Duration held) {
            registry.timer("pool.usage", "pool", pool).record(held);
        }

        @Override
        public void onRequest(String pool, Duration time, Optional<RoutingException> failure) {
            registry.timer("pool.request", tags(pool, failure.isEmpty())).record(time);
        }

        @Override
        public void onAttempt(String pool, Object job, Duration took, boolean done) {
            registry.timer("pool.attempt", tags(pool, done)).record(took);
        }

        @Override
        public void onWait(String pool, Duration waited, boolean granted) { // in all three
            registry.timer("pool.wait", tags(pool, granted)).record(waited);
        }

        @Override
        public void onRefusal(String pool, Object jobOrRequest, String why) { // in the routing and the worker pool
            registry.counter("pool.refused", "pool", pool).increment();
        }

        private static Tags tags(String pool, boolean good) {
            return Tags.of("pool", pool, "good", String.valueOf(good));
        }
    }
    // PAGE: to here

    @Test
    @DisplayName("shows each of the examples here word for word, and no other")
    void examplesAreThese() throws IOException {
        PageExamples.areThoseOf(PoolMetersPageTest.class, "pools-and-metrics.md");
    }

    @Test
    @DisplayName("one class measures all three pools")
    void binding() throws Exception {
        // PAGE: from here
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        PoolMeters meters = new PoolMeters(registry);
        try (var printers = CheckoutPool.start("printers", 1, Printer::new, options -> options.withListener(meters));
                var peers = RoutingPool.start("peers", 2, connector, options -> options.withListener(meters));
                var mails = WorkerPool.<String, String>start(
                        "mails",
                        2,
                        letter -> letter,
                        letter -> "sent " + letter,
                        options -> options.withListener(meters))) {
            Gauge.builder("pool.leased", printers, pool -> pool.statistics().leased())
                    .tag("pool", "printers")
                    .register(registry);

            printers.use(printer -> printer.print("a letter"));
            peers.request("PING");
            mails.submit("a letter").await();
        }
        // PAGE: to here
        assertThat(registry.get("pool.acquire").tag("pool", "printers").timer().count())
                .isEqualTo(1);
        assertThat(registry.get("pool.usage").tag("pool", "printers").timer().count())
                .isEqualTo(1);
        assertThat(registry.get("pool.leased").gauge().value()).isZero();
        assertThat(registry.get("pool.request")
                        .tags("pool", "peers", "good", "true")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("pool.attempt")
                        .tags("pool", "mails", "good", "true")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    @DisplayName("waits in different pools come to the same meter, told apart by the pool's name")
    void waits() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        PoolMeters meters = new PoolMeters(registry);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        try (var printers = CheckoutPool.start("printers", 1, Printer::new, options -> options.withListener(meters));
                var busy = WorkerPool.<String, String>start(
                        "busy",
                        1,
                        letter -> letter,
                        letter -> {
                            begun.countDown();
                            done.await();
                            return letter;
                        },
                        options -> options.withListener(meters).withCapacity(1))) {
            try (var lease = printers.checkOut(Duration.ofMinutes(1))) {
                assertThatThrownBy(() -> printers.checkOut(Duration.ofMillis(1)))
                        .isInstanceOf(CheckoutException.CheckoutTimeout.class);
                assertThat(lease.isHeld()).isTrue();
            }
            busy.submit("first");
            begun.await();
            busy.submit("second");
            assertThatThrownBy(() -> busy.submit("third", Duration.ofMillis(1)))
                    .isInstanceOf(WorkerException.Refused.class);
            done.countDown();
        }
        assertThat(registry.get("pool.wait")
                        .tags("pool", "printers", "good", "false")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("pool.wait")
                        .tags("pool", "busy", "good", "false")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("pool.refused").tag("pool", "busy").counter().count())
                .isEqualTo(1);
    }
}

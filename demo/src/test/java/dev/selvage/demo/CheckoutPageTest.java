package dev.selvage.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.selvage.demo.server.PostgresServer;
import dev.selvage.pool.checkout.CheckoutException;
import dev.selvage.pool.checkout.CheckoutListener;
import dev.selvage.pool.checkout.CheckoutOptions;
import dev.selvage.pool.checkout.CheckoutPool;
import dev.selvage.pool.checkout.ResourceFactory;
import dev.selvage.pool.jdbc.PooledDataSource;
import dev.selvage.process.ProcessBody;
import dev.selvage.process.ProcessException;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.process.ReplyTo;
import dev.selvage.supervisor.ChildSpec;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.supervisor.SupervisorSpec;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The examples of docs/checkout-pool.md: each stands here between two marks, compiled and run, and there likewise. */
@DisplayName("The page on the checkout pool")
class CheckoutPageTest {
    private static final AtomicInteger PRINTERS = new AtomicInteger();

    /** What is lent here. */
    private static final class Printer implements AutoCloseable {
        private final int number = PRINTERS.incrementAndGet();

        static Printer connect() {
            return new Printer();
        }

        boolean isReady() {
            return true;
        }

        void clear() {}

        String print(String letter) {
            return "printer " + number + " printed " + letter;
        }

        @Override
        public void close() {}
    }

    @Test
    @DisplayName("shows each of the examples here word for word, and no other")
    void examplesAreThese() throws IOException {
        PageExamples.areThoseOf(CheckoutPageTest.class, "checkout-pool.md");
    }

    @Test
    @DisplayName("borrowing for a while, and by a lease")
    void borrowing() throws Exception {
        // PAGE: from here
        try (CheckoutPool<Printer> printers = CheckoutPool.start("printers", 4, Printer::connect)) {
            String receipt = printers.use(printer -> printer.print("a letter"));

            try (CheckoutPool.Lease<Printer> lease = printers.checkOut(Duration.ofSeconds(1))) {
                lease.resource().print("another");
            }
            Optional<CheckoutPool.Lease<Printer>> atOnce = printers.tryCheckOut(); // or not at all
            atOnce.ifPresent(CheckoutPool.Lease::close);

            assertThat(receipt).endsWith("printed a letter");
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("a factory that checks, resets and destroys, and options")
    void factory() throws Exception {
        // PAGE: from here
        ResourceFactory<Printer> factory = new ResourceFactory<>() {
            @Override
            public Printer create() { // on a thread of the pool
                return Printer.connect();
            }

            @Override
            public boolean validate(Printer printer) { // likewise
                return printer.isReady();
            }

            @Override
            public void reset(Printer printer) { // on the borrower's thread, before the next one has it
                printer.clear();
            }

            @Override
            public void destroy(Printer printer) { // by default, what is AutoCloseable is closed
                printer.close();
            }
        };
        try (CheckoutPool<Printer> printers = CheckoutPool.start(
                "printers",
                4,
                factory,
                options -> options.withCheckoutTimeout(Duration.ofSeconds(2))
                        .withOverflow(2, Duration.ofMinutes(1)) // up to 6 while borrowers wait
                        .withValidationAfter(Duration.ofSeconds(30)) // of idleness
                        .withMaxLifetime(Duration.ofMinutes(30)))) {
            assertThat(printers.<Boolean, RuntimeException>use(Printer::isReady))
                    .isTrue();
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("a borrower that dies")
    void dies() throws Exception {
        // PAGE: from here
        try (CheckoutPool<Printer> printers = CheckoutPool.start("printers", 1, Printer::connect)) {
            Thread careless = Thread.startVirtualThread(() -> {
                printers.tryCheckOut(); // and never gives back
            });
            careless.join();
            String receipt = printers.use(printer -> printer.print("a letter")); // by a new printer
            assertThat(receipt).endsWith("printed a letter");
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("handing over")
    void handOver() throws Exception {
        var receipts = new ConcurrentLinkedQueue<String>();
        // PAGE: from here
        try (CheckoutPool<Printer> printers = CheckoutPool.start("printers", 1, Printer::connect);
                ProcessScope scope = ProcessScope.open("example")) {
            ProcessRef<CheckoutPool.Lease<Printer>> clerk = scope.start("clerk", mailbox -> {
                try (CheckoutPool.Lease<Printer> lease = mailbox.receive()) {
                    receipts.add(lease.resource().print("a long letter"));
                }
            });
            try (CheckoutPool.Lease<Printer> lease = printers.checkOut()) {
                clerk.send(lease.handOver(clerk.thread()));
            } // the close does nothing: the printer is the clerk's, whose end would give it back
            clerk.join();
        }
        // PAGE: to here
        assertThat(receipts).hasSize(1);
    }

    @Test
    @DisplayName("nothing to lend")
    void nothing() throws Exception {
        // PAGE: from here
        try (CheckoutPool<Printer> printers = CheckoutPool.start("printers", 1, Printer::connect);
                CheckoutPool.Lease<Printer> mine = printers.checkOut()) {
            String outcome;
            try {
                outcome = printers.use(Duration.ofMillis(10), printer -> printer.print("a letter"));
            } catch (CheckoutException.CheckoutTimeout busy) { // tells who has the printers, and for how long
                outcome = "later";
            } catch (CheckoutException.CreationFailed broken) { // the cause is what the factory threw
                outcome = "call somebody";
            }
            assertThat(outcome).isEqualTo("later");
            assertThat(printers.holders())
                    .extracting(CheckoutPool.Holder::thread)
                    .containsExactly(Thread.currentThread());
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("a deadline over waiting and use")
    void deadline() throws Exception {
        var jammed = new CountDownLatch(1);
        // PAGE: from here
        try (CheckoutPool<Printer> printers = CheckoutPool.start("printers", 1, Printer::connect)) {
            printers.use(printer -> printer.print("the first letter")); // within the checkout timeout
            String outcome;
            try {
                outcome = printers.useWithin(Duration.ofSeconds(1), printer -> {
                    jammed.await(); // for ever
                    return printer.print("a letter");
                });
            } catch (CheckoutException.DeadlinePassed late) { // tells where it was, and who else had what
                outcome = "gave up";
            }
            assertThat(outcome).isEqualTo("gave up");

            String receipt = printers.use(printer -> printer.print("a letter")); // by a new printer
            assertThat(receipt).endsWith("printed a letter");
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("while it runs, and in a tree")
    void running() throws Exception {
        // PAGE: from here
        CheckoutPool<Printer> printers = CheckoutPool.create(
                "printers", 2, Printer::connect, options -> options.withReuse(CheckoutOptions.Reuse.FIFO));
        try (var app = Supervisor.start(SupervisorSpec.oneForOne("app", ChildSpec.supervisor(printers.spec())))) {
            printers.use(printer -> printer.print("a letter"));

            printers.resize(3); // what is too much goes when it is idle
            printers.evictAll(); // replaces every printer, those that are lent when they come back
            printers.suspend(); // borrowers wait, within their time limits
            printers.resume();

            CheckoutPool.Statistics statistics = printers.statistics();
            assertThat(statistics.checkouts()).isEqualTo(1);
            assertThat(List.of(statistics.leased(), statistics.waiting())).containsOnly(0);
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("processes as resources")
    void processes() throws Exception {
        // PAGE: from here
        record Letter(String text, ReplyTo<String> receipt) {}

        ProcessBody<Letter> clerk = mailbox -> {
            Printer own = Printer.connect();
            while (true) {
                Letter letter = mailbox.receive();
                letter.receipt().reply(own.print(letter.text())); // what this throws ends the clerk
            }
        };
        try (CheckoutPool<ProcessRef<Letter>> clerks =
                CheckoutPool.start("clerks", 2, ResourceFactory.process(clerk))) {
            String receipt = clerks.use(someone -> someone.<String>call(answer -> new Letter("a letter", answer)));
            assertThat(receipt).endsWith("printed a letter");

            try (CheckoutPool.Lease<ProcessRef<Letter>> lease = clerks.checkOut()) {
                ProcessRef<Letter> theirs = lease.resource();
                theirs.kill(); // or crashed
                assertThatThrownBy(() -> theirs.<String>call(answer -> new Letter("another", answer)))
                        .isInstanceOf(ProcessException.Exited.class); // with the reason
            } // it is not put back: another was started when it ended
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("figures")
    void figures() throws Exception {
        var acquireTimes = new ConcurrentLinkedQueue<Duration>();
        var usageTimes = new ConcurrentLinkedQueue<Duration>();
        var creationTimes = new ConcurrentLinkedQueue<Duration>();
        var refusals = new ConcurrentLinkedQueue<String>();
        // PAGE: from here
        CheckoutListener metrics = new CheckoutListener() {
            @Override
            public void onCheckout(String pool, Duration waited) {
                acquireTimes.add(waited); // or registry.timer("acquire", "pool", pool).record(waited)
            }

            @Override
            public void onReturn(String pool, Duration held) {
                usageTimes.add(held);
            }

            @Override
            public void onCreate(String pool, Duration took) {
                creationTimes.add(took);
            }

            @Override
            public void onRefusal(String pool, CheckoutException why) {
                refusals.add(why.getClass().getSimpleName()); // CheckoutTimeout, CreationFailed, Shed, Closed
            }
        };
        try (CheckoutPool<Printer> printers =
                CheckoutPool.start("printers", 1, Printer::connect, options -> options.withListener(metrics))) {
            printers.use(printer -> printer.print("a letter"));

            CheckoutPool.Statistics now = printers.statistics(); // for gauges: total, leased, waiting
            assertThat(now.total()).isEqualTo(1);
        }
        // PAGE: to here
        assertThat(List.of(acquireTimes.size(), usageTimes.size(), creationTimes.size()))
                .containsOnly(1);
        assertThat(refusals).isEmpty();
    }

    @Test
    @DisplayName("connections of a database")
    void dataSource() throws Exception {
        Optional<PostgresServer> installed = PostgresServer.start();
        assumeTrue(installed.isPresent(), "PostgreSQL is not installed; demo/install-servers installs it");
        try (PostgresServer server = installed.get()) {
            String url = server.url();
            // PAGE: from here
            try (PooledDataSource db = PooledDataSource.start("db", 10, () -> DriverManager.getConnection(url))) {
                try (Connection connection = db.getConnection();
                        Statement statement = connection.createStatement()) {
                    connection.setAutoCommit(false);
                    statement.execute("CREATE TABLE account (name text)");
                    connection.commit();
                } // back in auto-commit, as it came; what was not committed is rolled back
                assertThat(db.pool().statistics().checkouts()).isEqualTo(1);
            }
            // PAGE: to here
        }
    }
}

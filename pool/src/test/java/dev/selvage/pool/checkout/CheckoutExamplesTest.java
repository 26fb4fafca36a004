package dev.selvage.pool.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.process.ProcessRef;
import dev.selvage.process.ReplyTo;
import dev.selvage.supervisor.ChildSpec;
import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The examples of the package's documentation. */
class CheckoutExamplesTest {
    private static final String LETTER = "Dear Ada";

    private static final class Printer {
        static Printer connect() {
            return new Printer();
        }

        int print(String letter) {
            return letter.isEmpty() ? 0 : 1;
        }
    }

    @Test
    @DisplayName("the example of CheckoutPool, of its package and of ResourceFactory: a pool of printers")
    void aPoolOfPrinters() throws Exception {
        try (CheckoutPool<Printer> printers = CheckoutPool.start("printers", 4, Printer::connect)) {
            int pages = printers.use(printer -> printer.print(LETTER));
            assertThat(pages).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("the example of CheckoutPool.useWithin: one limit for the wait and the use")
    void oneLimitForBoth() throws Exception {
        try (CheckoutPool<Printer> printers = CheckoutPool.start("printers", 4, Printer::connect)) {
            int pages = printers.useWithin(Duration.ofMinutes(1), printer -> printer.print(LETTER));
            assertThat(pages).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("the example of CheckoutOptions: overflow, timeout and lifetime")
    void options() throws Exception {
        ResourceFactory<Printer> factory = Printer::connect;
        try (var pool = CheckoutPool.start(
                "printers",
                4,
                factory,
                options -> options.withOverflow(2, Duration.ofMinutes(1))
                        .withCheckoutTimeout(Duration.ofMinutes(2))
                        .withMaxLifetime(Duration.ofMinutes(30)))) {
            assertThat(pool.<Integer, RuntimeException>use(printer -> printer.print(LETTER)))
                    .isEqualTo(1);
        }
    }

    @Test
    @DisplayName("the example of CheckoutListener: loans are counted")
    void listener() throws Exception {
        Map<String, LongAdder> meters = new ConcurrentHashMap<>();
        CheckoutListener counting = new CheckoutListener() {
            @Override
            public void onCheckout(String pool, Duration waited) {
                meters.computeIfAbsent(pool + ".acquire", any -> new LongAdder())
                        .increment();
            }

            @Override
            public void onReturn(String pool, Duration held) {
                meters.computeIfAbsent(pool + ".usage", any -> new LongAdder()).increment();
            }
        };
        try (var printers =
                CheckoutPool.start("printers", 1, Printer::connect, options -> options.withListener(counting))) {
            printers.use(printer -> printer.print(LETTER));
        }
        assertThat(meters.get("printers.acquire").sum()).isEqualTo(1);
        assertThat(meters.get("printers.usage").sum()).isEqualTo(1);
    }

    private record Parse(String text, ReplyTo<String> answer) {}

    private static final class Parser implements AutoCloseable {
        String parse(String text) {
            return text.toLowerCase(Locale.ROOT);
        }

        @Override
        public void close() {
            // a real one would free something
        }
    }

    @Test
    @DisplayName("the example of ResourceFactory.process: a pool of processes")
    void processes() throws Exception {
        try (var parsers = CheckoutPool.start("parsers", 4, ResourceFactory.<Parse>process(mailbox -> {
            try (Parser parser = new Parser()) {
                while (true) {
                    Parse parse = mailbox.receive();
                    parse.answer().reply(parser.parse(parse.text()));
                }
            }
        }))) {
            String tree = parsers.use(parser -> parser.<String>call(answer -> new Parse("TEXT", answer)));
            assertThat(tree).isEqualTo("text");
        }
    }

    @Test
    @DisplayName("the example of ResourceFactory.child: a pool of any children of a supervisor")
    void children() throws Exception {
        AtomicInteger started = new AtomicInteger();
        ResourceFactory<ProcessRef<ReplyTo<Integer>>> factory =
                ResourceFactory.child(id -> ChildSpec.<ReplyTo<Integer>>process(id, mailbox -> {
                    int number = started.incrementAndGet();
                    while (true) {
                        mailbox.receive().reply(number);
                    }
                }));
        try (var counters = CheckoutPool.start("counters", 4, factory)) {
            int number = counters.use(counter -> counter.<Integer>call(answer -> answer));
            assertThat(number).isBetween(1, 4);
        }
    }

    /** A session that tells when it is disconnected. */
    private static final class Session {
        final CopyOnWriteArrayList<Consumer<Throwable>> listeners = new CopyOnWriteArrayList<>();

        void onDisconnect(Consumer<Throwable> listener) {
            listeners.add(listener);
        }
    }

    private static final class Sessions implements ResourceFactory<Session> {
        final CopyOnWriteArrayList<Session> made = new CopyOnWriteArrayList<>();

        @Override
        public Session create() {
            Session session = new Session();
            made.add(session);
            return session;
        }

        @Override
        public void watch(Session session, Consumer<? super Throwable> broken) {
            session.onDisconnect(broken::accept);
        }
    }

    @Test
    @DisplayName("the example of ResourceFactory.watch: a resource tells that it broke, and is replaced")
    void watched() throws Exception {
        Sessions sessions = new Sessions();
        try (var pool = CheckoutPool.start("sessions", 1, sessions)) {
            Threads.awaitTrue("made", () -> pool.statistics().total() == 1);
            sessions.made.getFirst().listeners.forEach(listener -> listener.accept(new IllegalStateException("gone")));
            Threads.awaitTrue("replaced", () -> pool.statistics().created() == 2);
        }
    }
}

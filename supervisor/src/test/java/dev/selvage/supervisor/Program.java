package dev.selvage.supervisor;

import dev.selvage.process.Mailbox;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A program whose main runs a tree, for {@link MainRunTest}, in a JVM of its own. */
final class Program {
    private static final PrintStream OUT = System.out;
    private static final Duration DAY = Duration.ofDays(1);
    private static final CountDownLatch RUNS = new CountDownLatch(1);
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    private Program() {}

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "runs" -> run(spec(child("a"), nested(child("b"), child("c")), reader()));
            case "runs on a daemon" -> {
                Thread.ofVirtual().start(() -> runQuietly(spec(child("a"), reader())));
                RUNS.await();
            }
            case "starts for ever" -> run(spec(child("a"), neverReady()));
            case "is stuck" -> run(spec(child("a"), stuck(), child("b")));
            case "exits from a child" -> run(spec(child("a"), exiter(false), child("b")));
            case "exits from a start" -> run(spec(child("a"), exiter(true), child("b")));
            case "gives up" -> run(spec(child("a"), bomb()).withIntensity(0, DAY));
            case "does something last" -> Supervisor.run(spec(child("a")), Program::doSomethingLast);
            case "runs too late" -> runTooLate();
            default -> throw new IllegalArgumentException(args[0]);
        }
        OUT.println("main ends");
    }

    private static SupervisorSpec spec(ChildSpec<?>... children) {
        return SupervisorSpec.oneForOne("app", children);
    }

    private static void run(SupervisorSpec spec) throws InterruptedException {
        Supervisor.run(spec);
    }

    private static void runQuietly(SupervisorSpec spec) {
        try {
            run(spec);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static ChildSpec<Void> nested(ChildSpec<?>... children) {
        return ChildSpec.supervisor(SupervisorSpec.restForOne("nested", children));
    }

    private static ChildSpec<Void> child(String id) {
        return ChildSpec.process(id, (mailbox, start) -> {
            OUT.println("+" + id); // before it is ready, so that the lines come in the order of the starts
            start.ready();
            RUNS.countDown();
            await(mailbox, id);
        });
    }

    private static ChildSpec<Void> neverReady() {
        return ChildSpec.process("never", (mailbox, start) -> {
            OUT.println("+never");
            await(mailbox, "never");
        });
    }

    private static void await(Mailbox<Void> mailbox, String id) throws InterruptedException {
        try {
            mailbox.receive();
        } finally {
            OUT.println("-" + id);
        }
    }

    /** Answers each line of the standard input. */
    private static ChildSpec<Void> reader() {
        return ChildSpec.task("reader", () -> {
                    for (int read = System.in.read(); read >= 0; read = System.in.read()) {
                        OUT.println("read " + (char) read);
                    }
                })
                .withRestart(Restart.TEMPORARY)
                .withShutdown(Shutdown.brutal().withInterruptTime(Duration.ZERO));
    }

    private static ChildSpec<Void> stuck() {
        return ChildSpec.<Void>process("stuck", mailbox -> {
                    OUT.println("+stuck");
                    Stuck.until(NEVER);
                })
                .withShutdown(Shutdown.brutal().withInterruptTime(Duration.ofMillis(10)));
    }

    /** Calls System.exit when all others run, or in its start; its rule would have everybody wait for a day. */
    private static ChildSpec<Void> exiter(boolean inStart) {
        return ChildSpec.<Void>process("exiter", (mailbox, start) -> {
                    if (!inStart) {
                        start.ready();
                        OUT.println("exits");
                    }
                    System.exit(7);
                })
                .withShutdown(Shutdown.after(DAY))
                .withStartTimeout(DAY);
    }

    private static ChildSpec<Void> bomb() {
        return ChildSpec.task("bomb", () -> {
            throw new IOException("bomb");
        });
    }

    /** Takes until somebody types something. */
    private static void doSomethingLast() {
        OUT.println("begins with the last");
        try {
            OUT.println("read " + (char) System.in.read());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void runTooLate() {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                Supervisor.run(spec(child("a")));
            } catch (SupervisorException | InterruptedException e) {
                OUT.println(e.getMessage());
            }
        }));
    }
}

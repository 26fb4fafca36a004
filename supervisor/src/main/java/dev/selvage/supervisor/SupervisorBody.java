package dev.selvage.supervisor;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.Exit;
import dev.selvage.process.Mailbox;
import dev.selvage.process.ProcessBody;
import dev.selvage.process.ProcessException;
import dev.selvage.process.ProcessScope;
import dev.selvage.supervisor.SupervisorTree.Status;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/*
 * What a supervisor does. It owns a scope with its children in it, and handles one signal after the other; an exit of a
 * child arrives as a signal, sent by the ending child itself, last of all it does.
 *
 * Rules that keep it simple:
 *
 *   - Only this thread starts and stops children, so there are no two restarts at a time, and no lock.
 *   - An exit counts only if it is that of the child's process of now. Whoever was stopped or replaced by the
 *     supervisor itself is no longer that, so no end is reacted to twice.
 *   - A restart whose start fails is not tried again in place but put behind what has arrived meanwhile, as Erlang/OTP
 *     does. So a stop is seen between two attempts, and each attempt is counted like any other restart.
 *   - Every way out leads through the same reverse stop.
 */
final class SupervisorBody implements ProcessBody<Signal> {
    private static final Logger LOG = System.getLogger("dev.selvage.supervisor");

    private final SupervisorNode node;
    private final Runnable onReady;

    SupervisorBody(SupervisorNode node, Runnable onReady) {
        this.node = node;
        this.onReady = onReady;
    }

    /** What made a restart necessary. */
    private record Why(String text, Optional<Throwable> cause) {

        static Why exit(ExitReason reason) {
            return new Why(
                    "ended (" + reason + ")",
                    reason instanceof ExitReason.Failed(Throwable cause) ? Optional.of(cause) : Optional.empty());
        }

        static Why failedStart(Throwable cause) {
            return new Why("could not start (" + cause + ")", Optional.of(cause));
        }
    }

    @Override
    public void run(Mailbox<Signal> mailbox) throws InterruptedException {
        Consumer<Signal> self = signal -> mailbox.self().send(signal);
        Status last = Status.ENDED;
        try (ProcessScope scope = ProcessScope.open(
                node.name(),
                options -> options.withTicker(node.ticker())
                        .withExitListener(exit -> self.accept(new Signal.Exited(exit))))) {
            Inbox inbox = new Inbox(mailbox);
            superviseAndStop(new Children(node, scope, inbox, self), inbox);
        } catch (ProcessException.Stopped | InterruptedException asked) {
            last = Status.STOPPED;
            throw asked;
        } finally {
            node.status(last);
        }
    }

    private void superviseAndStop(Children children, Inbox inbox) throws InterruptedException {
        try {
            supervise(children, inbox);
        } catch (InterruptedException killed) {
            Thread.currentThread().interrupt(); // the children are stopped in the same order, but without patience
            throw killed;
        } finally {
            node.status(Status.STOPPING);
            children.stopAll();
        }
    }

    private void supervise(Children children, Inbox inbox) throws InterruptedException {
        children.startAll();
        node.status(Status.RUNNING);
        onReady.run();
        for (; ; ) {
            switch (inbox.next()) {
                case Signal.Exited(Exit exit) -> handle(exit, children, inbox);
                case Signal.Retry retry -> handle(retry, children, inbox);
                case Signal.Ready ready -> log(Level.DEBUG, "too late: " + ready);
                case Signal.Declined declined -> log(Level.DEBUG, "too late: " + declined);
            }
        }
    }

    private void handle(Exit exit, Children children, Inbox inbox) throws InterruptedException {
        Optional<ChildSlot> news = children.ended(exit);
        if (news.isEmpty()) {
            return;
        }
        ChildSlot child = news.get();
        if (child.status() == Status.RESTARTING) {
            restart(child, Why.exit(exit.reason()), children, inbox);
        } else {
            log(Level.DEBUG, child.spec() + " ended (" + exit.reason() + "), no restart is due");
            children.forgetIfTemporary(child);
        }
    }

    private void handle(Signal.Retry retry, Children children, Inbox inbox) throws InterruptedException {
        ChildSlot child = retry.child();
        if (child.status() == Status.RESTARTING && child.attempts() == retry.attempt()) {
            restart(child, Why.failedStart(retry.cause()), children, inbox);
        }
    }

    private void restart(ChildSlot child, Why why, Children children, Inbox inbox) throws InterruptedException {
        if (!node.window().tryRestart()) {
            throw gaveUp(child, why);
        }
        SupervisorSpec.Intensity intensity = node.spec().intensity();
        log(
                Level.INFO,
                "child '" + child.id() + "' " + why.text() + ", restarting ("
                        + node.spec().strategy() + "): restart " + node.window().used() + " of " + intensity.restarts()
                        + " within " + intensity.period());
        Strategy strategy = node.spec().strategy();
        List<ChildSlot> all = strategy == Strategy.ONE_FOR_ONE ? List.of(child) : node.children();
        RestartPlan plan = RestartPlan.of(
                strategy, all.stream().map(each -> each.spec().restart()).toList(), all.indexOf(child));
        for (int each : plan.stops()) {
            children.stop(all.get(each), Status.RESTARTING, false);
        }
        for (int each : plan.starts()) {
            ChildSlot next = all.get(each);
            Optional<Throwable> failure = children.start(next);
            if (failure.isPresent()) {
                next.status(Status.RESTARTING);
                inbox.putOff(new Signal.Retry(next, next.attempts(), failure.get()));
                return;
            }
        }
    }

    private SupervisorException gaveUp(ChildSlot child, Why why) {
        SupervisorSpec.Intensity intensity = node.spec().intensity();
        SupervisorException.GaveUp gaveUp = new SupervisorException.GaveUp(
                node.name(), child.id(), intensity.restarts(), intensity.period(), why.text());
        why.cause().ifPresent(gaveUp::initCause);
        LOG.log(Level.ERROR, gaveUp.getMessage());
        return gaveUp;
    }

    private void log(Level level, String message) {
        LOG.log(level, () -> "supervisor '" + node.name() + "': " + message);
    }
}

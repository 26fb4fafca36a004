package dev.selvage.supervisor;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.Exit;
import dev.selvage.process.Mailbox;
import dev.selvage.process.ProcessBody;
import dev.selvage.process.ProcessException;
import dev.selvage.process.ProcessScope;
import dev.selvage.supervisor.SupervisorTree.Event;
import dev.selvage.supervisor.SupervisorTree.Status;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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
 *   - While it waits for the start or the end of a child it takes note of what arrives, and handles it afterwards.
 *   - Every way out leads through the same reverse stop, and refuses all that was asked before it begins.
 */
final class SupervisorBody implements ProcessBody<Signal> {
    private static final Logger LOG = System.getLogger("dev.selvage.supervisor");

    private final SupervisorNode node;
    private final Runnable onReady;

    SupervisorBody(SupervisorNode node, Runnable onReady) {
        this.node = node;
        this.onReady = onReady;
    }

    @Override
    public void run(Mailbox<Signal> mailbox) throws InterruptedException {
        node.runsAs(mailbox.self());
        Consumer<Signal> self = signal -> mailbox.self().send(signal);
        Status last = Status.ENDED;
        try (ProcessScope scope = ProcessScope.open(
                node.name(),
                options -> options.withTicker(node.ticker())
                        .withExitListener(exit -> self.accept(new Signal.Exited(exit))))) {
            Inbox inbox = new Inbox(node, mailbox);
            superviseAndStop(new Children(node, scope, inbox, self), inbox);
            mailbox.self().stop(); // it ends by itself, in good order: with the reason of one that was asked to
        } catch (ProcessException.Stopped | InterruptedException asked) {
            last = Status.STOPPED;
            throw asked;
        } finally {
            node.status(last);
            node.announcer().tell(new Event.Ended(node.name()));
        }
    }

    private void superviseAndStop(Children children, Inbox inbox) throws InterruptedException {
        try {
            supervise(children, inbox);
        } catch (InterruptedException killed) {
            Thread.currentThread().interrupt(); // the children are stopped in the same order, but without patience
            throw killed;
        } finally {
            node.closes();
            inbox.refuseAll();
            node.status(Status.STOPPING);
            node.announcer().tell(new Event.Stopping(node.name()));
            children.stopAll();
        }
    }

    /** Returns when the end of a significant child is to end the supervisor. */
    private void supervise(Children children, Inbox inbox) throws InterruptedException {
        children.startAll();
        node.status(Status.RUNNING);
        node.announcer().tell(new Event.Ready(node.name()));
        onReady.run();
        Restarts restarts = new Restarts(node, children, inbox);
        Requests requests = new Requests(node, children, restarts);
        for (; ; ) {
            switch (inbox.next()) {
                case Signal.Exited(Exit exit) -> {
                    if (isLast(exit, children, restarts)) {
                        return;
                    }
                }
                case Signal.StartFailed failed -> restarts.handle(failed);
                case Signal.Due due -> restarts.handle(due);
                case Signal.Ask ask -> requests.handle(ask);
                case Signal.Ready ready -> log("too late: " + ready);
                case Signal.Declined declined -> log("too late: " + declined);
            }
        }
    }

    private boolean isLast(Exit exit, Children children, Restarts restarts) throws InterruptedException {
        Optional<ChildSlot> news = children.ended(exit);
        if (news.isEmpty()) {
            return false;
        }
        ChildSlot child = news.get();
        ExitReason reason = exit.reason();
        if (child.status() == Status.RESTARTING) {
            restarts.ended(child, reason);
            return false;
        }
        log(child.spec() + " ended (" + reason + "), no restart is due");
        children.forgetIfTemporary(child);
        return child.spec().isSignificant() && isEnoughForShutdown();
    }

    private boolean isEnoughForShutdown() {
        boolean enough = switch (node.spec().autoShutdown()) {
            case NEVER -> false;
            case ANY_SIGNIFICANT -> true;
            case ALL_SIGNIFICANT -> node.children().stream().noneMatch(SupervisorBody::isSignificantAndActive);
        };
        if (enough) {
            LOG.log(
                    Level.INFO,
                    () -> "supervisor '" + node.name() + "' shuts down: significant children have ended ("
                            + node.spec().autoShutdown() + ")");
        }
        return enough;
    }

    private static boolean isSignificantAndActive(ChildSlot child) {
        return child.spec().isSignificant()
                && switch (child.status()) {
                    case STARTING, RUNNING, RESTARTING, STOPPING -> true;
                    case WAITING, STOPPED, ENDED, DECLINED -> false;
                };
    }

    private void log(String message) {
        LOG.log(Level.DEBUG, () -> "supervisor '" + node.name() + "': " + message);
    }
}

package dev.selvage.supervisor;

import dev.selvage.exit.ExitReason;
import dev.selvage.supervisor.RestartPlan.Sibling;
import dev.selvage.supervisor.SupervisorTree.Event;
import dev.selvage.supervisor.SupervisorTree.Status;
import dev.selvage.time.Deadline;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;

/*
 * The restarts of one supervisor, on its thread only.
 *
 * A restart has two halves. When it becomes due, it is counted, and those whom the strategy stops for it are stopped.
 * Then, at once or after the child's backoff, the child and they are started in order. In between the child waits, and
 * all that go with it are RESTARTING too, those that had not run among them; the supervisor handles what comes
 * meanwhile.
 *
 *   - Under one_for_one and in a dynamic supervisor every child waits for itself.
 *   - Under rest_for_one and one_for_all one child waits, the leader: all those behind it, or all others, go with it.
 *     When another one ends, that one's restart takes its place; but under rest_for_one one behind the leader, which
 *     somebody had started meanwhile, goes with the leader, since nobody is started ahead of what it depends on.
 *   - For the same reason the second half begins as the first one ended: who was started meanwhile is stopped again.
 *   - A start that fails in the second half makes a new restart due, for the child that failed; it is counted behind
 *     what has arrived meanwhile, as Erlang/OTP does. So a stop is seen between two attempts, and a supervisor whose
 *     child never starts does not spin but gives up.
 *   - Who is terminated in the course of it, while the others wait or before the next attempt, is left out. When that
 *     is the leader, those that went with it are started without it.
 */
final class Restarts {
    private static final Logger LOG = System.getLogger("dev.selvage.supervisor");

    private final SupervisorNode node;
    private final Children children;
    private final Inbox inbox;

    /** Not the default generator: on JDK 21 that is in a module of its own, which small images lack. */
    private final RandomGenerator random = new Random();

    Restarts(SupervisorNode node, Children children, Inbox inbox) {
        this.node = node;
        this.children = children;
        this.inbox = inbox;
    }

    /** A child that had started has ended, and a restart is due. */
    void ended(ChildSlot child, ExitReason reason) throws InterruptedException {
        due(child, reason, "ended (" + reason + ")", true);
    }

    /** A start in a restart has failed, and what arrived meanwhile is handled. */
    void handle(Signal.StartFailed failed) throws InterruptedException {
        ChildSlot child = failed.child();
        if (child.isWaitingFor(failed.pause())) {
            due(child, ExitReason.failed(failed.cause()), "could not start (" + failed.cause() + ")", false);
        }
    }

    /** A backoff is over. */
    void handle(Signal.Due due) throws InterruptedException {
        if (due.child().isWaitingFor(due.pause())) {
            startRound(due.child());
        }
    }

    /** Somebody does not want to wait for the backoff of a child, or of the one that it goes with. */
    Optional<FailedStart> cutShort(ChildSlot child) throws InterruptedException {
        return startRound(child.waits() ? child : leader().orElse(child));
    }

    /** Somebody has taken away a child that waited: who went with it is started without it. */
    void goOnWithoutLeader() throws InterruptedException {
        if (isAlone()) {
            return;
        }
        Optional<ChildSlot> first = node.children().stream()
                .filter(child -> child.status() == Status.RESTARTING)
                .findFirst();
        if (first.isPresent()) {
            startRound(first.get());
        }
    }

    private boolean isAlone() {
        return node.spec().strategy() == Strategy.ONE_FOR_ONE || node.isDynamic();
    }

    /** The child that waits and that the others go with, under a strategy that has such. */
    private Optional<ChildSlot> leader() {
        return isAlone()
                ? Optional.empty()
                : node.children().stream().filter(ChildSlot::waits).findFirst();
    }

    // ---- the first half

    private void due(ChildSlot child, ExitReason reason, String why, boolean isFirstAttempt)
            throws InterruptedException {
        RestartWindow own = child.window();
        if (own != null && !own.tryRestart()) {
            throw gaveUp(child, own.intensity(), true, reason, why);
        }
        if (!node.window().tryRestart()) {
            throw gaveUp(child, node.window().intensity(), false, reason, why);
        }
        Duration delay = nextDelay(child);
        Optional<Wait> leaders = waitOfLeaderBefore(child);
        tell(child, reason, why, leaders.map(Wait::remaining).orElse(delay));
        stopGroup(child, isFirstAttempt);
        if (leaders.isPresent()) {
            node.changes().happened();
        } else if (delay.isZero()) {
            startGroup(child);
        } else {
            Wait wait = new Wait(Deadline.after(delay, node.ticker()));
            child.waitsFor(wait);
            inbox.later(delay, wait, new Signal.Due(child, wait));
            node.changes().happened();
        }
    }

    /** What a child has to wait for that depends on another one, which waits itself. */
    private Optional<Wait> waitOfLeaderBefore(ChildSlot child) {
        return node.spec().strategy() == Strategy.REST_FOR_ONE
                ? leader().filter(leader -> leader.position() < child.position())
                        .flatMap(ChildSlot::waiting)
                : Optional.empty();
    }

    /** A backoff may be code of the user's: if that throws there is no wait, and the supervisor goes on. */
    private Duration nextDelay(ChildSlot child) {
        try {
            return child.nextDelay(random);
        } catch (RuntimeException failure) {
            LOG.log(
                    Level.WARNING,
                    "supervisor '" + node.name() + "': the backoff of child '" + child.id() + "' failed; no wait",
                    failure);
            return Duration.ZERO;
        }
    }

    /** Stops all that go with a child; they and it are to be started from now on, whether they ran or not. */
    private void stopGroup(ChildSlot child, boolean isFirstAttempt) throws InterruptedException {
        if (isAlone()) {
            child.status(Status.RESTARTING);
            return;
        }
        List<ChildSlot> all = List.copyOf(node.children());
        RestartPlan plan = plan(all, child, isFirstAttempt);
        for (int each : plan.stops()) {
            children.stop(all.get(each), Status.RESTARTING, false);
        }
        for (int each : plan.starts()) {
            all.get(each).status(Status.RESTARTING);
        }
    }

    private RestartPlan plan(List<ChildSlot> all, ChildSlot child, boolean isFirstAttempt) {
        List<Sibling> siblings =
                all.stream().map(each -> sibling(each, isFirstAttempt)).toList();
        return RestartPlan.of(node.spec().strategy(), siblings, all.indexOf(child));
    }

    private static Sibling sibling(ChildSlot child, boolean isFirstAttempt) {
        if (child.spec().restart() == Restart.TEMPORARY) {
            return Sibling.GOES;
        }
        return child.status() == Status.STOPPED && !isFirstAttempt ? Sibling.LEFT_OUT : Sibling.COMES_BACK;
    }

    // ---- the second half

    /** A child whose start in a round failed, and why. */
    record FailedStart(ChildSlot child, Throwable cause) {}

    private Optional<FailedStart> startRound(ChildSlot child) throws InterruptedException {
        child.noLongerWaits();
        stopGroup(child, false);
        return startGroup(child);
    }

    /** Starts a child and those that go with it, in order, until one fails. */
    private Optional<FailedStart> startGroup(ChildSlot child) throws InterruptedException {
        if (isAlone()) {
            return startOrRetry(child);
        }
        List<ChildSlot> all = List.copyOf(node.children());
        for (int each : plan(all, child, false).starts()) {
            Optional<FailedStart> failure = startOrRetry(all.get(each));
            if (failure.isPresent()) {
                return failure;
            }
        }
        return Optional.empty();
    }

    private Optional<FailedStart> startOrRetry(ChildSlot child) throws InterruptedException {
        Optional<Throwable> failure = children.start(child);
        if (failure.isEmpty()) {
            return Optional.empty();
        }
        child.status(Status.RESTARTING);
        Wait wait = new Wait(Deadline.after(Duration.ZERO, node.ticker()));
        child.waitsFor(wait);
        inbox.putOff(new Signal.StartFailed(child, wait, failure.get()));
        return Optional.of(new FailedStart(child, failure.get()));
    }

    // ---- telling

    private void tell(ChildSlot child, ExitReason reason, String why, Duration delay) {
        FlightEvents.restarts(node.name(), child.id(), reason.toString(), child.restarts(), delay);
        if (node.announcer().isHeard()) {
            node.announcer().tell(new Event.Restarting(node.name(), child.id(), reason, child.restarts(), delay));
        }
        LOG.log(
                Level.INFO,
                () -> "supervisor '" + node.name() + "': child '" + child.id() + "' " + why
                        + ", restarting " + (delay.isZero() ? "now" : "in " + TreeText.duration(delay)) + " ("
                        + node.spec().strategy() + "), restarted " + child.restarts() + " times so far; "
                        + node.window().budget()
                        + (child.window() == null ? "" : ", " + child.window().budget() + " of its own"));
    }

    private SupervisorException gaveUp(
            ChildSlot child, SupervisorSpec.Intensity limit, boolean ofChild, ExitReason reason, String why) {
        SupervisorException.GaveUp gaveUp =
                new SupervisorException.GaveUp(node.name(), child.id(), limit, ofChild, why);
        if (reason instanceof ExitReason.Failed(Throwable cause)) {
            gaveUp.initCause(cause);
        }
        FlightEvents.gaveUp(node.name(), child.id(), reason.toString());
        node.announcer().tell(new Event.GaveUp(node.name(), gaveUp));
        LOG.log(Level.ERROR, gaveUp.getMessage());
        return gaveUp;
    }
}

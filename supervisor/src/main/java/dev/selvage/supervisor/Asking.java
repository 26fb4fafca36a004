package dev.selvage.supervisor;

import dev.selvage.process.ProcessException;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.Request;
import dev.selvage.supervisor.SupervisorException.Refused;
import dev.selvage.supervisor.SupervisorException.Refused.Why;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/*
 * How a supervisor is asked for something, on the thread of whoever asks. Who would wait for itself is refused: the
 * supervisor handles requests one by one, and none while it waits for the start or the end of a child.
 *
 * The question whether that is so is put twice. Before the request is placed it answers most cases; after, it answers
 * the race: the supervisor first says that it begins to wait and then refuses what is in its mailbox, the caller first
 * places its request and then looks what the supervisor says. So one of the two sees the other.
 */
final class Asking {

    private Asking() {}

    static ChildSlot ask(SupervisorNode node, Function<@Nullable Incarnation, Signal.Request> request)
            throws InterruptedException {
        Incarnation caller = Incarnation.current();
        check(node, caller);
        ProcessRef<Signal> process = node.process();
        if (process == null) {
            throw new Refused(Why.NOT_RUNNING, "supervisor '" + node.name() + "' has not begun to run");
        }
        Signal.Request made = request.apply(caller);
        Request<ChildSlot> placed = process.request(answer -> new Signal.Ask(made, answer), Checks.FOREVER);
        try {
            if (!placed.isDone()) {
                check(node, caller);
            }
            return placed.await();
        } catch (ProcessException.CallFailed failed) {
            throw onThisThread(failed);
        } catch (ProcessException.Exited ended) {
            throw stopping(node, "has ended or is stopping: " + ended.reason());
        } finally {
            placed.cancel();
        }
    }

    private static void check(SupervisorNode node, @Nullable Incarnation caller) {
        String refusal = refusal(node, caller);
        if (refusal != null) {
            throw new Refused(Why.WAITS_FOR_ITSELF, refusal);
        }
        if (node.isClosing()) {
            throw stopping(node, node.hasEnded() ? "has ended" : "is stopping");
        }
    }

    /** Why a caller would wait for itself, or null if it would not. Any thread. */
    static @Nullable String refusal(SupervisorNode node, @Nullable Incarnation caller) {
        Incarnation branch = caller == null ? null : caller.branchOf(node);
        if (branch == null) {
            return null;
        }
        String who = "child '" + branch.id() + "' asks its own supervisor '" + node.name() + "' ";
        if (branch.isAwaited()) {
            return who + "while that waits for its start: both would wait for each other; ask after the start was"
                    + " announced, or from another process";
        }
        return branch.isStopping() ? who + "while that waits for its end" : null;
    }

    /** Refuses to a child what would end it while it waits for that. */
    static void refuseIfPartOf(ChildSlot slot, String does) {
        Incarnation caller = Incarnation.current();
        Incarnation branch = caller == null ? null : caller.branchOf(slot.supervisor());
        if (branch != null && branch == slot.incarnation()) {
            throw new Refused(
                    Why.WAITS_FOR_ITSELF,
                    "child '" + slot.id() + "' " + does + " itself, or what it is part of: it would wait for its own"
                            + " end; let its body return, or ask from another process");
        }
    }

    private static Refused stopping(SupervisorNode node, String what) {
        return new Refused(Why.STOPPING, "supervisor '" + node.name() + "' " + what + "; it takes no requests");
    }

    /** What the supervisor answered, with the stack of who asked. */
    private static RuntimeException onThisThread(ProcessException.CallFailed failed) {
        Throwable cause = failed.getCause();
        return switch (cause) {
            case Refused refused -> new Refused(refused.why(), String.valueOf(refused.getMessage()));
            case SupervisorException.StartFailed start
            when start.getCause() != null ->
                new SupervisorException.StartFailed(start.supervisor(), start.child(), start.getCause());
            case null, default -> new SupervisorException("the request failed: " + cause, failed);
        };
    }
}

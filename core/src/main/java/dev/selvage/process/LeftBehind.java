package dev.selvage.process;

import dev.selvage.exit.ExitHook;
import dev.selvage.exit.Lifetime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ConcurrentHashMap;

/*
 * The JDK's scopes that could not be closed, because a thread in them runs on after its process was abandoned.
 *
 * A close of such a scope would wait for that thread without bound. It is left open on its owner's thread instead, and
 * the JDK closes it, waiting, when the owner's thread ends (design rule 3.4). Until then two things follow:
 *
 *   - an enclosing scope on the same thread cannot be closed either, since the JDK would close the inner one with it;
 *   - the owner, if it is a process, itself leaves its thread behind, in the scope that it is in.
 *
 * Each owner thread keeps its own stack, touched by that thread only; the map is for finding it.
 */
final class LeftBehind {
    private static final ConcurrentHashMap<Thread, Deque<ProcessScope>> BY_OWNER = new ConcurrentHashMap<>();

    private LeftBehind() {}

    /** Closes the JDK's scope, and those left open inside it, unless a thread that runs on would make that wait. */
    static void closeOrLeave(ProcessScope scope) {
        Deque<ProcessScope> left = BY_OWNER.get(Thread.currentThread());
        if (left == null) {
            if (scope.lingering().isEmpty()) {
                scope.taskScope().close();
            } else {
                leave(scope);
            }
            return;
        }
        left.push(scope);
        closeThoseThatCan(left);
        if (left.isEmpty()) {
            BY_OWNER.remove(Thread.currentThread());
        }
    }

    /**
     * Forgets the scopes of a thread that is about to end.
     *
     * @return whether it will wait for threads in them when it ends
     */
    static boolean forget(Thread owner) {
        Deque<ProcessScope> left = BY_OWNER.remove(owner);
        return left != null
                && left.stream().anyMatch(scope -> !scope.lingering().isEmpty());
    }

    private static void leave(ProcessScope scope) {
        Deque<ProcessScope> left = new ArrayDeque<>();
        left.push(scope);
        Thread owner = Thread.currentThread();
        BY_OWNER.put(owner, left);
        forgetWithOwner(owner);
    }

    /** The innermost scope was left first, and the JDK wants it closed first. */
    private static void closeThoseThatCan(Deque<ProcessScope> left) {
        while (!left.isEmpty() && left.getLast().lingering().isEmpty()) {
            left.removeLast().taskScope().close();
        }
    }

    /** A process forgets by itself, in its exit step; any other thread needs to be watched. */
    private static void forgetWithOwner(Thread owner) {
        Lifetime lifetime = Lifetime.current();
        if (lifetime.owner() instanceof ManagedProcess) {
            return;
        }
        lifetime.add(new ExitHook(ExitHook.Phase.AT_THREAD_END) {
            @Override
            protected void onExit() {
                forget(owner);
            }
        });
    }
}

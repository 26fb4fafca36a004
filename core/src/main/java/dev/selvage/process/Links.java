package dev.selvage.process;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whom one process is linked with. A link stands in the tables of both its processes; whoever marks it over decides its
 * fate: the process that exits passes its exit on, an unlink drops it.
 *
 * <p>To link is to add to both tables first and to ask afterwards whether either has exited, so that an exit at that
 * moment is passed on by one side or the other.
 */
final class Links {
    /** False while it binds; set once. */
    private static final class Link extends AtomicBoolean {
        private static final long serialVersionUID = 1L;

        boolean isOver() {
            return get();
        }

        boolean end() {
            return compareAndSet(false, true);
        }
    }

    private final ConcurrentHashMap<ManagedProcess<?>, Link> links = new ConcurrentHashMap<>(2);

    static void link(ManagedProcess<?> one, ManagedProcess<?> other) {
        if (one == other) {
            throw new IllegalArgumentException("other: '" + one.name() + "'; allowed: another process than itself");
        }
        // the same process's table first, whoever links whom: there two that link each other at once meet
        boolean inOrder = one.thread().threadId() < other.thread().threadId();
        ManagedProcess<?> first = inOrder ? one : other;
        ManagedProcess<?> second = inOrder ? other : one;
        Link fresh = new Link();
        for (; ; ) {
            Link present = first.links().links.putIfAbsent(second, fresh);
            if (present == null) {
                break;
            }
            if (!present.isOver()) {
                return;
            }
            first.links().links.remove(second, present);
        }
        second.links().links.put(first, fresh);
        passOnIfExited(first, second, fresh);
        passOnIfExited(second, first, fresh);
        if (fresh.isOver()) {
            forget(first, second, fresh);
        }
    }

    private static void passOnIfExited(ManagedProcess<?> exited, ManagedProcess<?> linked, Link link) {
        exited.exitReason().ifPresent(reason -> {
            if (link.end()) {
                linked.linkedExit(new Exit(exited, reason));
            }
        });
    }

    static boolean unlink(ManagedProcess<?> one, ManagedProcess<?> other) {
        Links present = one.linksOrNull();
        Link link = present == null ? null : present.links.get(other);
        if (link == null || !link.end()) {
            return false;
        }
        forget(one, other, link);
        return true;
    }

    private static void forget(ManagedProcess<?> one, ManagedProcess<?> other, Link link) {
        one.links().links.remove(other, link);
        other.links().links.remove(one, link);
    }

    /** Called once, after the process became known as exited. */
    void tell(Exit exit) {
        ManagedProcess<?> exited = (ManagedProcess<?>) exit.process();
        for (ManagedProcess<?> linked : linked()) {
            Link link = links.get(linked);
            if (link != null && link.end()) {
                forget(exited, linked, link);
                linked.linkedExit(exit);
            }
        }
    }

    /** The linked processes in the order of their threads: one of chance would be nobody's to repeat. */
    List<ManagedProcess<?>> linked() {
        return links.keySet().stream()
                .map(linked -> new Linked(linked.thread().threadId(), linked))
                .sorted(Comparator.comparingLong(Linked::threadId))
                .<ManagedProcess<?>>map(Linked::process)
                .toList();
    }

    private record Linked(long threadId, ManagedProcess<?> process) {}
}

package dev.selvage.process;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Whom one process is linked with. A link stands in the tables of both its processes; whoever marks it over decides its
 * fate: the process that exits passes its exit on, an unlink drops it.
 *
 * <p>To link is to add to both tables first and to ask afterwards whether either has exited, so that an exit at that
 * moment is passed on by one side or the other.
 */
final class Links {
    private static final VarHandle LINKS;

    static {
        try {
            LINKS = MethodHandles.lookup().findVarHandle(Links.class, "links", ConcurrentHashMap.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

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

    /** Made with the first link: most processes have none. */
    private volatile @Nullable ConcurrentHashMap<ManagedProcess<?>, Link> links;

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
            Link present = first.links().table().putIfAbsent(second, fresh);
            if (present == null) {
                break;
            }
            if (!present.isOver()) {
                return;
            }
            first.links().table().remove(second, present);
        }
        second.links().table().put(first, fresh);
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
        Link present = one.links().get(other);
        if (present == null || !present.end()) {
            return false;
        }
        forget(one, other, present);
        return true;
    }

    private static void forget(ManagedProcess<?> one, ManagedProcess<?> other, Link link) {
        one.links().table().remove(other, link);
        other.links().table().remove(one, link);
    }

    /** Called once, after the process became known as exited. */
    void tell(Exit exit) {
        ConcurrentHashMap<ManagedProcess<?>, Link> told = links;
        if (told == null) {
            return;
        }
        ManagedProcess<?> exited = (ManagedProcess<?>) exit.process();
        told.forEach((linked, link) -> {
            if (link.end()) {
                forget(exited, linked, link);
                linked.linkedExit(exit);
            }
        });
    }

    private @Nullable Link get(ManagedProcess<?> other) {
        ConcurrentHashMap<ManagedProcess<?>, Link> present = links;
        return present == null ? null : present.get(other);
    }

    /** The linked processes, in no order. */
    List<ManagedProcess<?>> linked() {
        ConcurrentHashMap<ManagedProcess<?>, Link> present = links;
        return present == null ? List.of() : List.copyOf(present.keySet());
    }

    private ConcurrentHashMap<ManagedProcess<?>, Link> table() {
        ConcurrentHashMap<ManagedProcess<?>, Link> present = links;
        if (present != null) {
            return present;
        }
        ConcurrentHashMap<ManagedProcess<?>, Link> fresh = new ConcurrentHashMap<>(2);
        return LINKS.compareAndSet(this, null, fresh) ? fresh : Objects.requireNonNull(links);
    }
}

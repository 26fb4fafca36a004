package dev.selvage.pool.routing;

import dev.selvage.process.Mailbox;
import dev.selvage.process.ProcessRef;
import dev.selvage.registry.DuplicateRegistry;
import dev.selvage.registry.Registry;
import dev.selvage.supervisor.AnnouncingBody;
import dev.selvage.supervisor.ChildRef;
import dev.selvage.supervisor.ChildSpec;
import dev.selvage.supervisor.Restart;
import dev.selvage.supervisor.Shutdown;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.supervisor.SupervisorException;
import dev.selvage.supervisor.SupervisorSpec;
import dev.selvage.supervisor.SupervisorTree;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a routing pool runs (rule 10.5): rest_for_one of the registry's keeper and a one_for_one supervisor of the
 * members.
 *
 * <p>The keeper also sees to the number of members (rule 10.4), because it lives as long as their supervisor and stands
 * beside it: a supervisor that is started anew has the members of its specification, which may be too few or too many
 * by then. So whoever changes the size tells the keeper, and so does every member that begins or ends.
 */
final class PoolTree<Q, R> {
    private static final Logger LOG = System.getLogger("dev.selvage.pool.routing");

    /** What the keeper is told when members may be missing, or be too many. */
    private static final Object FIT = "fit";

    private static final VarHandle KEPT;

    static {
        try {
            KEPT = MethodHandles.lookup().findVarHandle(PoolTree.class, "kept", Kept.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private record Kept<Q, R>(DuplicateRegistry<String, Connection<Q, R>> registry, ProcessRef<Object> keeper) {}

    private final RoutingPool<Q, R> pool;
    private final RoutingOptions options;

    /** Guards the growing of {@code slots}, and the order of sizes. */
    private final ReentrantLock resizing = new ReentrantLock();

    /** As many as there ever were members; never fewer, for their numbers go on. */
    private volatile List<Slot> slots;

    /** How many members there are to be: the first so many slots have one. */
    private volatile int size;

    /** Null -> the current registry -> null, by the process that owns it; one that is dead may be replaced. */
    private volatile @Nullable Kept<Q, R> kept;

    PoolTree(RoutingPool<Q, R> pool, int size) {
        this.pool = pool;
        this.options = pool.options();
        this.size = size;
        this.slots = IntStream.range(0, size).mapToObj(this::newSlot).toList();
    }

    private Slot newSlot(int index) {
        return new Slot(index, pool.name() + "-" + index, pool.announcer());
    }

    SupervisorSpec spec() {
        AnnouncingBody<Object> keeper = (mailbox, start) -> keepRegistry(mailbox, start::ready);
        int members = size;
        List<ChildSpec<?>> specs = new ArrayList<>();
        for (Slot slot : slots.subList(0, members)) {
            specs.add(member(slot));
        }
        SupervisorSpec connections =
                intensive(SupervisorSpec.oneForOne(connectionsId()).withChildren(specs), members);
        return intensive(
                SupervisorSpec.restForOne(
                        pool.name(),
                        ChildSpec.process(pool.name() + "-registry", keeper),
                        ChildSpec.supervisor(connections)),
                members);
    }

    private String connectionsId() {
        return pool.name() + "-connections";
    }

    /** A member ends by itself when it was drained, and is not started anew then. */
    private ChildSpec<MemberMessage<Q, R>> member(Slot slot) {
        return ChildSpec.<MemberMessage<Q, R>>process(slot.name, mailbox -> runMember(slot, mailbox))
                .withRestart(Restart.TRANSIENT)
                .withShutdown(Shutdown.brutal()); // what it would still send, nobody would hear the answer of
    }

    private SupervisorSpec intensive(SupervisorSpec spec, int members) {
        RoutingOptions.Intensity intensity = options.intensity(members);
        return spec.withIntensity(intensity.restarts(), intensity.period()).withTicker(options.ticker());
    }

    /** The body of the registry's process: it owns the registry for as long as it lives. */
    void keepRegistry(Mailbox<Object> mailbox, Runnable ready) throws InterruptedException {
        try (DuplicateRegistry<String, Connection<Q, R>> own =
                Registry.duplicate(pool.name(), registryOptions -> registryOptions.withTicker(options.ticker()))) {
            Kept<Q, R> mine = new Kept<>(own, mailbox.self());
            Kept<Q, R> before = kept;
            if ((before != null && before.keeper.isAlive()) || !KEPT.compareAndSet(this, before, mine)) {
                throw new RoutingException(pool + " runs already: its specification may run once at a time");
            }
            try {
                ready.run();
                while (true) {
                    mailbox.receive();
                    fit();
                }
            } finally {
                KEPT.compareAndSet(this, mine, null);
            }
        }
    }

    void runMember(Slot slot, Mailbox<MemberMessage<Q, R>> mailbox) throws InterruptedException {
        try {
            if (slot.index < size) {
                tellKeeper();
                MemberProcess.run(pool, slot, mailbox);
            }
        } finally {
            tellKeeper();
        }
    }

    // ---- the size

    void resize(int members) {
        resizing.lock();
        try {
            List<Slot> all = new ArrayList<>(slots);
            for (int index = all.size(); index < members; index++) {
                all.add(newSlot(index));
            }
            slots = List.copyOf(all);
            size = members;
        } finally {
            resizing.unlock();
        }
        tellKeeper();
    }

    private void tellKeeper() {
        Kept<Q, R> current = kept;
        if (current != null) {
            current.keeper.send(FIT);
        }
    }

    /** Starts members that are missing, and drains those that are too many. The keeper only. */
    private void fit() throws InterruptedException {
        Optional<Supervisor.Children> siblings = Supervisor.siblings();
        if (siblings.isEmpty()) {
            return;
        }
        try {
            Supervisor.Children members = siblings.get().find(connectionsId()).children();
            for (Slot slot : slots) {
                if (slot.index < size) {
                    keep(slot, members);
                } else {
                    dismiss(slot, members.find(slot.name));
                }
            }
        } catch (SupervisorException notNow) { // it is being stopped or started anew: then its members tell again
            LOG.log(Level.DEBUG, () -> pool + " could not be fitted to its size now", notNow);
        }
    }

    private void keep(Slot slot, Supervisor.Children members) throws InterruptedException {
        ChildRef<?> member = members.find(slot.name);
        Optional<SupervisorTree.Child> child = member.snapshot();
        if (child.isEmpty()) {
            members.start(member(slot));
        } else if (child.get().status() == SupervisorTree.Status.ENDED || slot.hasEnded()) {
            member.restart(); // it was drained, and is wanted again
        }
    }

    private static void dismiss(Slot slot, ChildRef<?> member) throws InterruptedException {
        if (member.snapshot().isEmpty()) {
            return;
        }
        MemberProcess<?, ?> process = slot.process;
        if (process != null && process.isAlive() && !process.hasEnded()) {
            process.tellDrain();
        } else {
            member.terminate(); // it has ended, or is about to
            member.delete();
        }
    }

    // ---- what there is

    int size() {
        return size;
    }

    List<Slot> slots() {
        return slots;
    }

    List<RoutingPool.Member> members() {
        int wanted = size;
        return slots.stream()
                .filter(slot -> slot.index < wanted || slot.isAlive())
                .map(Slot::snapshot)
                .toList();
    }

    @Nullable DuplicateRegistry<String, Connection<Q, R>> registry() {
        Kept<Q, R> current = kept;
        return current == null ? null : current.registry;
    }

    /** The connection of each member that has one, or is about to. */
    List<Connection<Q, R>> connections() {
        List<Connection<Q, R>> found = new ArrayList<>();
        for (Slot slot : slots) {
            @SuppressWarnings("unchecked") // a slot has processes of its own pool only
            MemberProcess<Q, R> process = (MemberProcess<Q, R>) slot.process;
            Connection<Q, R> connection = process == null ? null : process.connection();
            if (connection != null) {
                found.add(connection);
            }
        }
        return found;
    }
}

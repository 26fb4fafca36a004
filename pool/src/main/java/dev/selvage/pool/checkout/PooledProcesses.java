package dev.selvage.pool.checkout;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef;
import dev.selvage.supervisor.ChildRef;
import dev.selvage.supervisor.ChildSpec;
import dev.selvage.supervisor.Restart;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.supervisor.SupervisorSpec;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes the resources of one pool that are processes. They are temporary children of a dynamic supervisor, in the
 * pool's tree ahead of its keeper: it is the pool that replaces one that has ended, since its successor is another
 * resource.
 *
 * <p>Each is ended by a thread of its own, rather than by the supervisor, which does one thing at a time: so one that
 * takes long to end holds up neither another's end nor the start of the one that replaces it.
 */
final class PooledProcesses<M> implements TreeFactory.OfPool<ProcessRef<M>> {
    private static final Duration INTERRUPT_PATIENCE = Duration.ofSeconds(1);

    private final Function<? super String, ChildSpec<M>> specs;
    private final String pool;
    private final CheckoutOptions options;
    private final AtomicInteger lastNumber = new AtomicInteger();

    /** Where the pool is to be told of the end of each process that it has. */
    private final Map<ProcessRef<M>, Consumer<? super Throwable>> watched = new ConcurrentHashMap<>();

    /** Written by each keeper that begins. */
    private volatile Supervisor.@Nullable Children processes;

    PooledProcesses(Function<? super String, ChildSpec<M>> specs, String pool, CheckoutOptions options) {
        this.specs = specs;
        this.pool = pool;
        this.options = options;
    }

    @Override
    public ChildSpec<?> child() {
        return ChildSpec.supervisor(SupervisorSpec.dynamic(supervisorId()).withTicker(options.ticker()));
    }

    private String supervisorId() {
        return pool + "-processes";
    }

    @Override
    public void runsIn(Supervisor.Children tree) {
        processes = tree.find(supervisorId()).children();
    }

    // ---- making

    /**
     * Who asks a supervisor for a start and is interrupted does not learn whether there was one. So another thread
     * asks, and ends what comes too late.
     */
    @Override
    public ProcessRef<M> create() throws Exception {
        String id = pool + "-" + lastNumber.incrementAndGet();
        ChildSpec<M> spec =
                Objects.requireNonNull(specs.apply(id), "child specification").withRestart(Restart.TEMPORARY);
        Supervisor.Children siblings = Objects.requireNonNull(processes, "a keeper has begun");
        CompletableFuture<ChildRef<M>> started = new CompletableFuture<>();
        Thread.ofVirtual().name(id + "-start").start(() -> start(siblings, spec, started));
        try {
            return started.get()
                    .resolve()
                    .orElseThrow(() -> new CheckoutException(
                            "process '" + id + "' has declined to run, or ended as soon as it had started"));
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof Exception cause ? cause : failed;
        } catch (InterruptedException late) {
            if (!started.cancel(false)) {
                started.get().resolve().ifPresent(this::end); // it came at this moment
            }
            throw late;
        }
    }

    private void start(Supervisor.Children siblings, ChildSpec<M> spec, CompletableFuture<ChildRef<M>> started) {
        try {
            ChildRef<M> child = siblings.start(spec);
            if (!started.complete(child)) {
                child.resolve().ifPresent(this::end);
            }
        } catch (Throwable failure) {
            started.completeExceptionally(failure);
        }
    }

    // ---- looking after

    @Override
    public void watch(ProcessRef<M> process, Consumer<? super Throwable> broken) {
        watched.put(process, broken);
        process.monitor(exit -> broken.accept(ended(process)));
    }

    @Override
    public boolean validate(ProcessRef<M> process) {
        return process.isAlive();
    }

    /** Whose call has failed because the process ended may give it back before its monitor is told. */
    @Override
    public void reset(ProcessRef<M> process) {
        Consumer<? super Throwable> broken = watched.get(process);
        if (!process.isAlive() && broken != null) {
            broken.accept(ended(process));
        }
    }

    private static CheckoutException ended(ProcessRef<?> process) {
        ExitReason reason = process.exitReason().orElse(null);
        return new CheckoutException(
                "process '" + process.name() + "' has ended" + (reason == null ? "" : ": " + reason),
                reason instanceof ExitReason.Failed(Throwable cause) ? cause : null);
    }

    // ---- destroying

    @Override
    public void destroy(ProcessRef<M> process) {
        watched.remove(process);
        end(process);
    }

    private void end(ProcessRef<M> process) {
        try {
            process.shutdown(options.destroyTimeout(), INTERRUPT_PATIENCE);
        } catch (InterruptedException hurry) { // it has ended even so
            Thread.currentThread().interrupt();
        }
    }
}

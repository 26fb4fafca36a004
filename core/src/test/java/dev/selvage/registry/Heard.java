package dev.selvage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** What a listener heard, a line each: {@code +a=1}, {@code ~a=2}, {@code -a closed}, {@code missed 3}. */
final class Heard implements Consumer<RegistryEvent<String, Integer>> {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Queue<RegistryEvent<String, Integer>> events = new ConcurrentLinkedQueue<>();

    @Override
    public void accept(RegistryEvent<String, Integer> event) {
        events.add(event);
    }

    List<RegistryEvent<String, Integer>> events() {
        return List.copyOf(events);
    }

    List<String> lines() {
        return events.stream().map(Heard::line).toList();
    }

    /** Waits until that many lines were heard. */
    List<String> lines(int count) {
        Threads.awaitTrue(count + " events", () -> events.size() >= count);
        return lines();
    }

    /** Waits until the listener has ended, so that no more will be heard. */
    List<String> linesOf(RegistryListener listener) throws InterruptedException {
        assertThat(listener.thread().join(PATIENCE)).as("the listener's end").isTrue();
        return lines();
    }

    static String line(RegistryEvent<String, Integer> event) {
        return switch (event) {
            case RegistryEvent.Registered<String, Integer>(var entry, var value) -> "+" + entry.key() + "=" + value;
            case RegistryEvent.Updated<String, Integer>(var entry, var value) -> "~" + entry.key() + "=" + value;
            case RegistryEvent.Removed<String, Integer>(var entry, var cause) -> "-" + entry.key() + " " + line(cause);
            case RegistryEvent.Missed<String, Integer>(long count) -> "missed " + count;
        };
    }

    private static String line(RegistryEvent.Cause cause) {
        return switch (cause) {
            case RegistryEvent.Cause.Closed() -> "closed";
            case RegistryEvent.Cause.RegistryClosed() -> "registry closed";
            case RegistryEvent.Cause.Exited(var reason) ->
                "exited" + reason.map(known -> ": " + known).orElse("");
        };
    }
}

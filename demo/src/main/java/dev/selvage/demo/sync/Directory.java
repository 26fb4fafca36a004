package dev.selvage.demo.sync;

import dev.selvage.process.ProcessRef;
import dev.selvage.registry.Registry;
import dev.selvage.registry.UniqueRegistry;

/**
 * Where the story's processes find each other: a registry for naming. A process that is restarted is a new process with
 * a new reference, so the others keep its name and look it up when they start.
 */
final class Directory implements AutoCloseable {

    private static final String THE_ONE = "the one";

    private final UniqueRegistry<String, ProcessRef<QueueMessage>> queue = Registry.unique("event queue");
    private final UniqueRegistry<String, ProcessRef<DelayLine.Delay>> delayLine = Registry.unique("delay line");

    /** By the queue itself, since everybody registers for himself; undone by its end. */
    void registerQueue(ProcessRef<QueueMessage> self) {
        queue.register(THE_ONE, self);
    }

    /** By the delay line itself; undone by its end. */
    void registerDelayLine(ProcessRef<DelayLine.Delay> self) {
        delayLine.register(THE_ONE, self);
    }

    ProcessRef<QueueMessage> queue() {
        return queue.lookup(THE_ONE).orElseThrow().value();
    }

    ProcessRef<DelayLine.Delay> delayLine() {
        return delayLine.lookup(THE_ONE).orElseThrow().value();
    }

    @Override
    public void close() {
        queue.close();
        delayLine.close();
    }
}

package dev.selvage.demo.sync;

import dev.selvage.process.ProcessRef;
import dev.selvage.registry.Registration;
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

    Registration<String, ProcessRef<QueueMessage>> registerQueue(ProcessRef<QueueMessage> process) {
        return queue.register(THE_ONE, process);
    }

    Registration<String, ProcessRef<DelayLine.Delay>> registerDelayLine(ProcessRef<DelayLine.Delay> process) {
        return delayLine.register(THE_ONE, process);
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

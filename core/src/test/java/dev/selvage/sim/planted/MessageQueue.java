package dev.selvage.sim.planted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** Three senders put one message each in a queue; none may be lost. */
abstract class MessageQueue implements Scenario {

    static final class Node {
        @Nullable Node next;
    }

    /** Reads the head, then writes it. */
    public static final class Lossy extends MessageQueue {
        @Override
        void send() {
            Node node = new Node();
            node.next = head;
            head = node;
        }
    }

    /** Writes the head only if it is still the one that was read. */
    public static final class Lossless extends MessageQueue {
        @Override
        void send() {
            Node node = new Node();
            do {
                node.next = head;
            } while (!HEAD.compareAndSet(this, node.next, node));
        }
    }

    static final VarHandle HEAD;

    static {
        try {
            HEAD = MethodHandles.lookup().findVarHandle(MessageQueue.class, "head", Node.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    volatile @Nullable Node head;

    abstract void send();

    @Override
    public void play() throws InterruptedException {
        Sim.together(this::send, this::send, this::send);
        assertThat(count()).as("messages").isEqualTo(3);
    }

    private int count() {
        int count = 0;
        for (Node node = head; node != null; node = node.next) {
            count++;
        }
        return count;
    }
}

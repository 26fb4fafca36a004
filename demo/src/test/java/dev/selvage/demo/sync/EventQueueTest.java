package dev.selvage.demo.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.process.Mailbox;
import dev.selvage.process.ProcessException;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SAME_THREAD)
class EventQueueTest {

    private static final int WORKERS = 2;
    private static final Duration SHORT = Duration.ofMillis(50);

    private final Witness witness = new Witness();
    private final ProcessScope scope = ProcessScope.open("event queue test");
    private ProcessRef<DelayLine.Delay> delayLine;
    private ProcessRef<QueueMessage> queue;

    /** A worker in the test's hands: it tells what it got and does nothing else. */
    private final class IdleHand {
        private final LinkedBlockingQueue<SyncEvent> got = new LinkedBlockingQueue<>();
        private final ProcessRef<SyncEvent> process;

        IdleHand(String name) {
            process = scope.start(name, (Mailbox<SyncEvent> mailbox) -> {
                while (true) {
                    got.add(mailbox.receive());
                }
            });
        }

        void ready() {
            queue.send(new QueueMessage.Ready(process));
        }

        SyncEvent get() throws InterruptedException {
            SyncEvent event = got.poll(10, TimeUnit.SECONDS);
            assertThat(event).isNotNull();
            return event;
        }
    }

    @BeforeEach
    void start() {
        delayLine = scope.start("delay line", mailbox -> new DelayLine(mailbox, Duration.ofMillis(20)).run());
        queue = scope.start("queue", mailbox -> new EventQueue(mailbox, delayLine, WORKERS, witness).run());
    }

    @AfterEach
    void stop() {
        scope.close();
    }

    @Test
    @DisplayName("events go in order to whoever is ready, one each")
    void inOrder() throws InterruptedException {
        put(1, 2, 3);
        IdleHand one = new IdleHand("one");
        IdleHand two = new IdleHand("two");
        one.ready();
        assertThat(one.get().line()).isEqualTo(1);
        two.ready();
        assertThat(two.get().line()).isEqualTo(2);
        queue.send(new QueueMessage.Synced(one.process));
        one.ready();
        assertThat(one.get().line()).isEqualTo(3);
    }

    @Test
    @DisplayName("a full queue makes the reader wait, and lets it go on when an event is done")
    void bounded() throws InterruptedException {
        for (int line = 1; line <= EventQueue.CAPACITY; line++) {
            put(line);
        }
        assertThatThrownBy(() -> tryPut(999, SHORT)).isInstanceOf(ProcessException.CallTimeout.class);
        IdleHand hand = new IdleHand("hand");
        hand.ready();
        hand.get();
        queue.send(new QueueMessage.Synced(hand.process));
        assertThat(tryPut(1000, Duration.ofSeconds(10))).isTrue();
    }

    @Test
    @DisplayName("the event of a worker that died goes to the next one, before all others")
    void workerDied() throws InterruptedException {
        put(1, 2);
        IdleHand mortal = new IdleHand("mortal");
        mortal.ready();
        assertThat(mortal.get().line()).isEqualTo(1);
        mortal.process.kill();
        Awaitility.await().until(() -> witness.workersDied.sum() == 1);

        IdleHand heir = new IdleHand("heir");
        heir.ready();
        assertThat(heir.get().line()).isEqualTo(1);
    }

    @Test
    @DisplayName("an idle worker that died is given nothing")
    void idleWorkerDied() throws InterruptedException {
        IdleHand mortal = new IdleHand("mortal");
        IdleHand heir = new IdleHand("heir");
        mortal.ready();
        mortal.process.kill();
        mortal.process.join();
        put(1);
        heir.ready();
        assertThat(heir.get().line()).isEqualTo(1);
        assertThat(mortal.got).isEmpty();
    }

    @Test
    @DisplayName("an event in conflict comes back after its delay, and holds up neither worker nor queue meanwhile")
    void conflict() throws InterruptedException {
        put(1, 2);
        IdleHand hand = new IdleHand("hand");
        hand.ready();
        assertThat(hand.get().line()).isEqualTo(1);
        long before = System.nanoTime();
        queue.send(new QueueMessage.Conflict(hand.process));
        hand.ready();
        assertThat(hand.get().line()).isEqualTo(2);
        queue.send(new QueueMessage.Synced(hand.process));
        hand.ready();
        assertThat(hand.get().line()).isEqualTo(1);
        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(20_000_000);
        assertThat(witness.conflicts.sum()).isEqualTo(1);
    }

    @Test
    @DisplayName("who asks is told when nothing is left to do and every worker is idle, not before")
    void idle() throws InterruptedException {
        put(1);
        IdleHand one = new IdleHand("one");
        IdleHand two = new IdleHand("two");
        one.ready();
        two.ready();
        one.get();
        assertThatThrownBy(() -> queue.<Boolean>call(QueueMessage.TellWhenIdle::new, SHORT))
                .isInstanceOf(ProcessException.CallTimeout.class);
        queue.send(new QueueMessage.Synced(one.process));
        one.ready();
        assertThat(queue.<Boolean>call(QueueMessage.TellWhenIdle::new)).isTrue();
    }

    private void put(long... lines) throws InterruptedException {
        for (long line : lines) {
            assertThat(tryPut(line, Duration.ofSeconds(10))).isTrue();
        }
    }

    private boolean tryPut(long line, Duration timeout) throws InterruptedException {
        SyncEvent event = new SyncEvent(line, "user-" + line, "email");
        return queue.<Boolean>call(accepted -> new QueueMessage.Put(event, accepted), timeout);
    }
}

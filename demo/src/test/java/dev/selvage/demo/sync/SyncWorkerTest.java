package dev.selvage.demo.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.demo.stage.Dice;
import dev.selvage.exit.ExitReason;
import dev.selvage.process.Mailbox;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.registry.Registry;
import dev.selvage.registry.UniqueRegistry;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SAME_THREAD)
class SyncWorkerTest {

    private static final SyncEvent EVENT = new SyncEvent(7, "ada", "email");

    private final Witness witness = new Witness();
    private final UniqueRegistry<String, SyncEvent> usersInSync = Registry.unique("users in sync");
    private final LinkedBlockingQueue<QueueMessage> said = new LinkedBlockingQueue<>();
    private final ProcessScope scope = ProcessScope.open("sync worker test");
    private final ProcessRef<QueueMessage> queue = scope.start("queue", (Mailbox<QueueMessage> mailbox) -> {
        while (true) {
            said.add(mailbox.receive());
        }
    });

    @AfterEach
    void stop() {
        scope.close();
        usersInSync.close();
    }

    @Test
    @DisplayName("a worker takes the user, syncs, gives the user back and asks for more")
    void sync() throws InterruptedException {
        ProcessRef<SyncEvent> worker = worker(0);
        worker.send(EVENT);
        assertThat(nextSaid()).isEqualTo(new QueueMessage.Ready(worker));
        assertThat(nextSaid()).isEqualTo(new QueueMessage.Synced(worker));
        assertThat(nextSaid()).isEqualTo(new QueueMessage.Ready(worker));
        assertThat(usersInSync.size()).isZero();
        assertThat(witness.eventsSynced()).isEqualTo(1);
    }

    @Test
    @DisplayName("a user in other hands is a conflict: nothing is synced, and the worker asks for more at once")
    void conflict() throws InterruptedException {
        try (var held = usersInSync.register(EVENT.user(), EVENT)) {
            ProcessRef<SyncEvent> worker = worker(0);
            worker.send(EVENT);
            assertThat(nextSaid()).isEqualTo(new QueueMessage.Ready(worker));
            assertThat(nextSaid()).isEqualTo(new QueueMessage.Conflict(worker));
            assertThat(nextSaid()).isEqualTo(new QueueMessage.Ready(worker));
            assertThat(held.isActive()).isTrue();
        }
        assertThat(witness.syncs.sum()).isZero();
    }

    @Test
    @DisplayName("a worker that crashes in the middle of a sync leaves no lock and no trace of a sync under way")
    void crash() throws InterruptedException {
        ProcessRef<SyncEvent> worker = worker(1);
        worker.send(EVENT);
        assertThat(worker.join())
                .isInstanceOfSatisfying(
                        ExitReason.Failed.class,
                        failed -> assertThat(failed.cause())
                                .isInstanceOf(Backend.Crash.class)
                                .hasMessage("the sync of ada blew up (line 7)"));
        assertThat(usersInSync.lookup("ada")).isEmpty();
        assertThat(witness.syncs.sum()).isEqualTo(1);
        assertThat(witness.eventsSynced()).isZero();

        witness.enter(EVENT);
        assertThat(witness.collisions.sum()).isZero();
    }

    @Test
    @DisplayName("without the lock two workers sync the same user at once, and the witness sees it")
    void withoutLock() throws InterruptedException {
        witness.enter(EVENT);
        ProcessRef<SyncEvent> worker = scope.start(
                "careless",
                mailbox ->
                        new SyncWorker(mailbox, queue, usersInSync, event -> "line " + event.line(), backend(0)).run());
        worker.send(EVENT);
        assertThat(nextSaid()).isEqualTo(new QueueMessage.Ready(worker));
        assertThat(nextSaid()).isEqualTo(new QueueMessage.Synced(worker));
        assertThat(witness.collisions.sum()).isEqualTo(1);
    }

    private ProcessRef<SyncEvent> worker(int crashEvery) {
        return scope.start(
                "worker",
                mailbox -> new SyncWorker(mailbox, queue, usersInSync, SyncEvent::user, backend(crashEvery)).run());
    }

    private Backend backend(int crashEvery) {
        return new Backend(Duration.ofMillis(1), crashEvery, new Dice(1), witness);
    }

    private QueueMessage nextSaid() throws InterruptedException {
        QueueMessage message = said.poll(10, TimeUnit.SECONDS);
        assertThat(message).isNotNull();
        return message;
    }
}

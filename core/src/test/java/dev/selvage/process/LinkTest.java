package dev.selvage.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.exit.ExitReason;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Abnormal exits pass over links, normal ones do not (rule 5.6). */
class LinkTest {

    /** A body that ends in one of the ways there are, when told to. */
    record Ending(String name, ProcessBody<String> body, boolean abnormal) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Ending> endings() {
        return Stream.of(
                new Ending("normal", Mailbox::receive, false),
                new Ending(
                        "stopped",
                        mailbox -> {
                            mailbox.receive();
                            mailbox.self().stop();
                            mailbox.receive();
                        },
                        false),
                new Ending(
                        "killed",
                        mailbox -> {
                            mailbox.receive();
                            mailbox.self().kill();
                            mailbox.receive();
                        },
                        true),
                new Ending(
                        "failed",
                        mailbox -> {
                            throw new IllegalStateException(mailbox.receive());
                        },
                        true),
                new Ending(
                        "failed with an error",
                        mailbox -> {
                            throw new StackOverflowError(mailbox.receive());
                        },
                        true));
    }

    @ParameterizedTest
    @MethodSource("endings")
    @DisplayName(
            "5.6 a link ends the other process for the same reason if the exit is abnormal, and leaves it alone if not")
    void passesOn(Ending ending) throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> first = scope.start("first", ending.body());
            ProcessRef<String> second = scope.start("second", Mailbox::receive);
            second.link(first);
            first.send("end");
            ExitReason reason = first.join();
            assertThat(reason.isAbnormal()).isEqualTo(ending.abnormal());
            if (!ending.abnormal()) {
                assertThat(second.isAlive()).isTrue();
                second.send("end");
            }
            assertThat(second.join()).isEqualTo(ending.abnormal() ? reason : ExitReason.normal());
            assertThat(second.snapshot().links()).isEmpty();
            assertThat(first.snapshot().links()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("endings")
    @DisplayName("5.6 a process that traps exits gets each as a message, normal ones too, and lives on")
    void trapped(Ending ending) throws Exception {
        BlockingQueue<Exit> told = new LinkedBlockingQueue<>();
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> first = scope.start("first", ending.body());
            CountDownLatch trapping = new CountDownLatch(1);
            ProcessRef<Object> keeper = scope.start("keeper", mailbox -> {
                mailbox.trapExits(exit -> exit);
                mailbox.self().link(first);
                trapping.countDown();
                told.add((Exit) mailbox.receive());
                mailbox.receive();
            });
            trapping.await();
            first.send("end");
            assertThat(told.take()).isEqualTo(new Exit(first, first.join()));
            assertThat(keeper.isAlive()).isTrue();
            keeper.send("end");
            assertThat(keeper.join()).isEqualTo(ExitReason.normal());
        }
    }

    @ParameterizedTest
    @MethodSource("endings")
    @DisplayName("5.6 a link with a process that has exited already passes its exit on at once")
    void toTheDead(Ending ending) throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> dead = scope.start("dead", ending.body());
            dead.send("end");
            ExitReason reason = dead.join();
            ProcessRef<String> late = scope.start("late", Mailbox::receive);
            late.link(dead);
            if (!ending.abnormal()) {
                late.send("end");
            }
            assertThat(late.join()).isEqualTo(ending.abnormal() ? reason : ExitReason.normal());
            assertThat(dead.snapshot().links()).isEmpty();
        }
    }

    @Test
    @DisplayName("5.6 links are two-way, and a failure travels along a chain with its first cause")
    void chain() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> first = scope.start("first", Mailbox::receive);
            ProcessRef<String> middle = scope.start("middle", Mailbox::receive);
            ProcessRef<String> last = scope.start("last", mailbox -> {
                throw new IllegalStateException(mailbox.receive());
            });
            first.link(middle);
            middle.link(last);
            last.send("the first cause");
            ExitReason reason = last.join();
            assertThat(first.join()).isSameAs(reason);
            assertThat(middle.join()).isSameAs(reason);
        }
    }

    @Test
    @DisplayName("5.6 linking twice is linking once, from either side; an unlink takes it away on both")
    void unlinked() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> first = scope.start("first", Mailbox::receive);
            ProcessRef<String> second = scope.start("second", Mailbox::receive);
            first.link(second);
            second.link(first);
            assertThat(first.snapshot().links()).isEqualTo(List.of(second));
            assertThat(second.snapshot().links()).isEqualTo(List.of(first));
            assertThat(second.unlink(first)).isTrue();
            assertThat(first.unlink(second)).isFalse();
            assertThat(first.snapshot().links()).isEmpty();
            first.kill();
            first.join();
            assertThat(second.isAlive()).isTrue();
            first.link(second); // a link anew is a link
            assertThat(second.join()).isEqualTo(ExitReason.killed());
        }
    }

    @Test
    @DisplayName("5.6 a process whose body hides the interrupt of a link still ends for the link's reason")
    void hiddenInterrupt() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> first = scope.start("first", Mailbox::receive);
            CountDownLatch never = new CountDownLatch(1);
            ProcessRef<?> second = scope.run("second", () -> {
                try {
                    never.await();
                } catch (InterruptedException hidden) {
                    assertThat(hidden).isNotNull(); // returns as if nothing had been
                }
            });
            first.link(second);
            first.kill();
            assertThat(second.join()).isEqualTo(ExitReason.killed());
        }
    }

    @Test
    @DisplayName("5.6 an exit that cannot be made a message ends nobody, and the next one is told")
    void trapThatThrows() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> first = scope.start("first", Mailbox::receive);
            ProcessRef<String> second = scope.start("second", Mailbox::receive);
            BlockingQueue<String> told = new LinkedBlockingQueue<>();
            CountDownLatch trapping = new CountDownLatch(1);
            ProcessRef<String> keeper = scope.start("keeper", mailbox -> {
                mailbox.trapExits(exit -> {
                    if (exit.process() == first) {
                        throw new IllegalStateException("no message");
                    }
                    return exit.process().name();
                });
                mailbox.self().link(first);
                mailbox.self().link(second);
                trapping.countDown();
                told.add(mailbox.receive());
            });
            trapping.await();
            first.kill();
            first.join();
            second.kill();
            assertThat(keeper.join()).isEqualTo(ExitReason.normal());
            assertThat(told).containsExactly("second");
        }
    }

    @Test
    @DisplayName("5.6 a notice of a link comes past the bound of a full mailbox")
    void pastTheBound() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> first = scope.start("first", Mailbox::receive);
            CountDownLatch trapping = new CountDownLatch(1);
            CountDownLatch full = new CountDownLatch(1);
            BlockingQueue<String> received = new LinkedBlockingQueue<>();
            ProcessRef<String> keeper = scope.start(
                    "keeper",
                    mailbox -> {
                        mailbox.trapExits(exit -> "exit");
                        mailbox.self().link(first);
                        trapping.countDown();
                        full.await();
                        received.add(mailbox.receive());
                        received.add(mailbox.receive());
                    },
                    options -> options.withCapacity(1, Mailbox.Overflow.REJECT));
            trapping.await();
            assertThat(keeper.send("fills it")).isTrue();
            assertThat(keeper.send("refused")).isFalse();
            first.kill();
            first.join();
            full.countDown();
            keeper.join();
            assertThat(received).containsExactly("fills it", "exit");
        }
    }

    @Test
    @DisplayName("5.6 a process cannot be linked with itself")
    void itself() {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> process = scope.start("lonely", Mailbox::receive);
            assertThatThrownBy(() -> process.link(process))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("lonely");
            assertThat(process.unlink(process)).isFalse();
        }
    }
}

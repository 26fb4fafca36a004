/**
 * Processes: virtual threads with a mailbox, one exit reason, and a scope that they cannot outlive.
 *
 * {@snippet :
 * sealed interface Message {}
 * record Add(int amount) implements Message {}
 * record Get(ReplyTo<Integer> from) implements Message {}
 *
 * try (var scope = ProcessScope.open("example")) {
 *     ProcessRef<Message> counter = scope.start("counter", mailbox -> {
 *         for (int sum = 0; ; ) {
 *             switch (mailbox.receive()) {
 *                 case Add(int amount) -> sum += amount;
 *                 case Get(ReplyTo<Integer> from) -> from.reply(sum);
 *             }
 *         }
 *     });
 *     counter.send(new Add(2));
 *     int sum = counter.call(Get::new);
 * }
 * }
 *
 * <p>Start with {@link dev.selvage.process.ProcessScope} and {@link dev.selvage.process.ProcessRef}. Inside a process
 * there is its {@link dev.selvage.process.Mailbox}.
 */
@NullMarked
package dev.selvage.process;

import org.jspecify.annotations.NullMarked;

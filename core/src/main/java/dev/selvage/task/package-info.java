/**
 * Work with a result: one task that runs in a process of its own, and a parallel map over a stream of inputs.
 *
 * {@snippet :
 * try (var scope = ProcessScope.open("report")) {
 *     Task<Integer> sum = Task.start(scope, "sum", () -> add(1, 2));
 *     int three = sum.await();
 * }
 * try (var lengths = ParallelMap.open("lengths", List.of("one", "three"), String::length)) {
 *     for (var each : lengths) {
 *         switch (each.outcome()) {
 *             case Outcome.Success(Integer length) -> found(each.input(), length);
 *             case Outcome.Failure(Throwable cause) -> failed(each.input(), cause);
 *             case Outcome.TimedOut(Duration limit) -> tooLong(each.input(), limit);
 *             case Outcome.Cancelled(ExitReason reason) -> ended(each.input(), reason);
 *         }
 *     }
 * }
 * }
 *
 * <p>{@link dev.selvage.task.Task} and {@link dev.selvage.task.ParallelMap} both run what they are given in processes
 * of a {@link dev.selvage.process.ProcessScope}: what a task registers or locks goes with it, whoever learns how it
 * ended finds that gone already, it shows in the JDK's thread dump by its name, and it cannot outlive its block. How it
 * ended is an {@link dev.selvage.task.Outcome}, as a value, or a {@link dev.selvage.task.TaskException}, thrown.
 *
 * <p>The ideas are those of Elixir's {@code Task.async}, {@code Task.yield} and {@code Task.async_stream}. What differs
 * on purpose: any thread may await a task, any number of them, and whoever gives up waiting ends nothing but its wait;
 * a parallel map holds a bounded number of results also behind a slow one; and a failed or late item is a value, never
 * the end of the whole.
 *
 * <p>Null arguments are refused with a {@link java.lang.NullPointerException} that names them.
 */
@NullMarked
package dev.selvage.task;

import org.jspecify.annotations.NullMarked;

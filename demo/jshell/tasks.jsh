// Work with a result: tasks to await, poll and cancel, and a function applied to a stream of inputs, several at a time.
//
//     jshell --class-path "$(demo/class-path)" demo/jshell/tasks.jsh

import dev.selvage.exit.*
import dev.selvage.process.*
import dev.selvage.task.*
import java.time.Duration
import java.util.stream.Stream

// A task runs in a process of its own. Its result is a value to switch over, or thrown by await.
var scope = ProcessScope.open("tasks example")
Task<Integer> answer = Task.start(scope, "answer", () -> 6 * 7)
System.out.println("the answer is " + answer.await())

// Giving up a wait ends nothing but the wait; cancel ends the task.
Task<String> slow = Task.start(scope, "slow", () -> { Thread.sleep(Duration.ofDays(1)); return "never"; })
System.out.println("after 10 ms: " + slow.join(Duration.ofMillis(10)) + ", done: " + slow.isDone())
slow.cancel()
System.out.println("after the cancel: " + slow.join())
scope.close()

// Four at a time of an endless stream, each for at most 50 ms. One fails, one takes too long; both are values.
var numbers = Stream.iterate(1, n -> n + 1)
int slowly(int n) throws Exception {
    Thread.sleep(n == 3 ? 100_000 : 5);
    return 12 / (n - 2);
}
var map = ParallelMap.open("divisions", numbers, n -> slowly(n),
        options -> options.withConcurrency(4).withTimeout(Duration.ofMillis(50)))
String told(ParallelMap.Item<Integer, Integer> item) {
    return "12 / (" + item.input() + " - 2) " + switch (item.outcome()) {
        case Outcome.Success(Integer value) -> "is " + value;
        case Outcome.Failure(Throwable cause) -> "failed: " + cause.getMessage();
        case Outcome.TimedOut(Duration limit) -> "took longer than " + limit;
        case Outcome.Cancelled(ExitReason reason) -> "ended: " + reason;
    };
}
map.stream().limit(6).map(item -> told(item)).forEach(System.out::println)

System.out.println("tasks.jsh: done, " + map + ". Try: told(map.take().get())")

package dev.selvage.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The examples of the package's documentation. */
class TaskExamplesTest {

    private final Map<Object, Object> results = new TreeMap<>();

    @Test
    @DisplayName("the example of the package: a task, and a parallel map with its outcomes in a switch")
    void thePackage() throws Exception {
        try (var scope = ProcessScope.open("report")) {
            Task<Integer> sum = Task.start(scope, "sum", () -> 1 + 2);
            int three = sum.await();
            assertThat(three).isEqualTo(3);
        }
        try (var lengths = ParallelMap.open("lengths", List.of("one", "three"), String::length)) {
            for (var each : lengths) {
                switch (each.outcome()) {
                    case Outcome.Success(Integer length) -> results.put(each.input(), length);
                    case Outcome.Failure(Throwable cause) -> results.put(each.input(), cause);
                    case Outcome.TimedOut(Duration limit) -> results.put(each.input(), limit);
                    case Outcome.Cancelled(ExitReason reason) -> results.put(each.input(), reason);
                }
            }
        }
        assertThat(results).hasToString("{one=3, three=5}");
    }

    private static String render(String user, List<String> orders) {
        return user + ": " + orders;
    }

    @Test
    @DisplayName("the example of Task: two things at a time")
    void twoThingsAtATime() throws Exception {
        assertThat(page()).isEqualTo("ann: [tea, cake]");
    }

    private static String page() throws InterruptedException {
        try (var scope = ProcessScope.open("page")) {
            Task<String> user = Task.start(scope, "user", () -> "ann");
            Task<List<String>> orders = Task.start(scope, "orders", () -> List.of("tea", "cake"));
            return render(user.await(), orders.await());
        } // whatever still runs when this block is left is stopped and joined
    }

    @Test
    @DisplayName("the example of Outcome: a value made of each kind")
    void aValueOfEachKind() {
        assertThat(line(new Outcome.Success<>(3))).isEqualTo("got 3");
        assertThat(line(new Outcome.Failure<>(new Exception("no")))).isEqualTo("failed: no");
        assertThat(line(new Outcome.TimedOut<>(Duration.ofSeconds(5)))).isEqualTo("took longer than PT5S");
        assertThat(line(new Outcome.Cancelled<>(ExitReason.killed()))).isEqualTo("ended: killed");
    }

    private static String line(Outcome<Integer> outcome) {
        String line = switch (outcome) {
            case Outcome.Success(Integer value) -> "got " + value;
            case Outcome.Failure(Throwable cause) -> "failed: " + cause.getMessage();
            case Outcome.TimedOut(Duration limit) -> "took longer than " + limit;
            case Outcome.Cancelled(ExitReason reason) -> "ended: " + reason;
        };
        return line;
    }

    private static final class Http {
        String get(String address) {
            if (address.isEmpty()) {
                throw new IllegalArgumentException("no address");
            }
            return "page of " + address;
        }
    }

    @Test
    @DisplayName("the example of ParallelMap: pages, those that failed to be tried again later")
    void pages() {
        Http http = new Http();
        List<String> addresses = List.of("a", "", "b");
        List<String> again = new ArrayList<>();
        try (var pages = ParallelMap.open("pages", addresses, http::get, options -> options.withConcurrency(8))) {
            for (var page : pages) {
                switch (page.outcome()) {
                    case Outcome.Success(String text) -> results.put(page.input(), text);
                    case Outcome.Failure(Throwable cause) -> again.add(page.input() + cause.getMessage());
                    case Outcome.TimedOut(Duration limit) -> again.add(page.input() + limit);
                    case Outcome.Cancelled(ExitReason reason) -> again.add(page.input() + reason);
                }
            }
        } // left early or not: nothing runs any more
        assertThat(results).hasToString("{a=page of a, b=page of b}");
        assertThat(again).containsExactly("no address");
    }

    @Test
    @DisplayName("the example of ParallelMapOptions and of take: unordered, one by one")
    void unordered() throws Exception {
        Http http = new Http();
        try (var pages = ParallelMap.open(
                "pages",
                List.of("a"),
                http::get,
                options -> options.withConcurrency(8).withOrdered(false))) {
            Optional<ParallelMap.Item<String, String>> first = pages.take();
            assertThat(first.orElseThrow().outcome().orElseThrow()).isEqualTo("page of a");
            assertThat(pages.take()).isEmpty();
        }
    }
}

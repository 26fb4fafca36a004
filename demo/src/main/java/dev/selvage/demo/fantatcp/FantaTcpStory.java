package dev.selvage.demo.fantatcp;

import dev.selvage.demo.stage.Report;
import dev.selvage.demo.stage.Stage;
import dev.selvage.demo.stage.Story;
import dev.selvage.demo.stage.Times;
import dev.selvage.demo.stage.Verdict;
import dev.selvage.pool.routing.Routing;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * FantaTCP. Thousands of callers share ten connections to a server that answers out of order, drops connections and
 * goes silent, while somebody crashes connections on this side too. Each caller blocks until it has its own answer, or
 * an error. Played once for each strategy of routing: {@link Round} is the heart of it, {@link FantaTransport} all that
 * the pool has to be told of the protocol.
 */
public final class FantaTcpStory implements Story {

    /**
     * An error has come at once if it took so long at most from its call on. That is far more than is needed where the
     * machine has nothing else to do, and far less than the time limit of a request, which no error may wait for.
     */
    private static final Duration AT_ONCE = Round.REQUEST_TIMEOUT.dividedBy(6);

    private final boolean lyingServer;

    /** Makes the story. */
    public FantaTcpStory() {
        this(false);
    }

    /** With a server that lies now and then, which the verdict must notice. */
    FantaTcpStory(boolean lyingServer) {
        this.lyingServer = lyingServer;
    }

    @Override
    public Report play(Stage stage) throws IOException, InterruptedException {
        Load load = Load.of(stage.quick(), lyingServer);
        List<Round.Result> results = new ArrayList<>();
        for (Map.Entry<String, Routing> strategy : strategies().entrySet()) {
            if (!stage.signal().isRaised()) {
                results.add(new Round(strategy.getKey(), strategy.getValue(), load).play(stage));
            }
        }
        return report(load, results, !stage.signal().isRaised());
    }

    private static Map<String, Routing> strategies() {
        Map<String, Routing> strategies = new LinkedHashMap<>();
        strategies.put("random", Routing.random());
        strategies.put("round robin", Routing.roundRobin());
        strategies.put("least used", Routing.leastUsed());
        return strategies;
    }

    private static Report report(Load load, List<Round.Result> results, boolean complete) {
        List<String> facts = new ArrayList<>();
        facts.add("%,d callers on virtual threads share %d connections".formatted(load.callers(), Round.CONNECTIONS));
        facts.add("the server took %,d connections, dropped %,d of them, went silent on %,d; one in %d is slow"
                .formatted(
                        sum(results, counts -> counts.connections),
                        sum(results, counts -> counts.drops),
                        sum(results, counts -> counts.silences),
                        load.manners().slowEvery()));
        facts.addAll(errorsByKind(results));
        facts.add("");
        facts.add("strategy     share of each connection, in %            median  99 % in  errors");
        results.forEach(result -> facts.add(distribution(result)));

        List<Verdict> verdicts = new ArrayList<>();
        verdicts.add(everyCallItsOwnAnswer(results, complete));
        verdicts.add(errorsAtOnce(results));
        if (complete) {
            verdicts.add(noneHung(results));
        }
        verdicts.add(treeCameBack(results));
        String tree = results.isEmpty() ? "" : results.getLast().tree();
        return new Report("FantaTCP", complete, facts, tree, verdicts);
    }

    private static List<String> errorsByKind(List<Round.Result> results) {
        Map<String, List<Times>> byKind = new TreeMap<>();
        results.forEach(result -> result.ledger()
                .errorsByKind()
                .forEach((kind, times) ->
                        byKind.computeIfAbsent(kind, added -> new ArrayList<>()).add(times)));
        List<String> lines = new ArrayList<>();
        byKind.forEach((kind, times) -> lines.add("errors: %,6d %s, the slowest %s after its call"
                .formatted(times.stream().mapToLong(Times::count).sum(), kind, Times.text(longest(times)))));
        return lines;
    }

    private static String distribution(Round.Result result) {
        long total =
                Math.max(1, result.sent().stream().mapToLong(Long::longValue).sum());
        String shares = result.sent().stream()
                .map(sent -> "%3.0f".formatted(100.0 * sent / total))
                .collect(Collectors.joining(" "));
        Times answers = result.ledger().answers;
        return "%-11s %s  %7s  %7s  %,6d"
                .formatted(
                        result.strategy(),
                        shares,
                        Times.text(answers.within(0.5)),
                        Times.text(answers.within(0.99)),
                        result.ledger().errors.count());
    }

    private static Verdict everyCallItsOwnAnswer(List<Round.Result> results, boolean complete) {
        long answers = results.stream()
                .mapToLong(result -> result.ledger().answers.count())
                .sum();
        long errors = results.stream()
                .mapToLong(result -> result.ledger().errors.count())
                .sum();
        long wrong = results.stream()
                .mapToLong(result -> result.ledger().wrong.sum())
                .sum();
        return new Verdict(
                "every call got its own answer or a clear error",
                wrong == 0 && (answers > 0 || !complete),
                "%,d answers, %,d errors, %,d answers of somebody else".formatted(answers, errors, wrong));
    }

    private static Verdict errorsAtOnce(List<Round.Result> results) {
        long timeouts = results.stream()
                .mapToLong(result -> result.ledger().timeouts.sum())
                .sum();
        Duration longest =
                longest(results.stream().map(result -> result.ledger().errors).toList());
        return new Verdict(
                "and each error at once",
                timeouts == 0 && longest.compareTo(AT_ONCE) <= 0,
                "%s at most from the call to its error, %,d timeouts".formatted(Times.text(longest), timeouts));
    }

    private static Verdict noneHung(List<Round.Result> results) {
        long asked = results.stream()
                .mapToLong(result -> result.ledger().asked.sum())
                .sum();
        long ended =
                results.stream().mapToLong(result -> result.ledger().ended()).sum();
        return new Verdict(
                "no call hung", asked == ended, "%,d of %,d calls still waiting".formatted(asked - ended, asked));
    }

    private static Verdict treeCameBack(List<Round.Result> results) {
        long crashes = results.stream().mapToLong(Round.Result::crashes).sum();
        Duration longest =
                longest(results.stream().map(Round.Result::recoveries).toList());
        return new Verdict(
                "the tree came back each time",
                results.stream().allMatch(Round.Result::back),
                "%,d crashes, all %d connections there again within %s"
                        .formatted(crashes, Round.CONNECTIONS, Times.text(longest)));
    }

    private static long sum(List<Round.Result> results, Function<FantaServer.Counts, LongAdder> count) {
        return results.stream()
                .mapToLong(result -> count.apply(result.server()).sum())
                .sum();
    }

    private static Duration longest(List<Times> times) {
        return times.stream().map(Times::longest).max(Duration::compareTo).orElse(Duration.ZERO);
    }
}

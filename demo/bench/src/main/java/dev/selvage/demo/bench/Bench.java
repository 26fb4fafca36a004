package dev.selvage.demo.bench;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the benchmarks and prints what they show as ratios to their floors, in Markdown.
 *
 * <p>Each round runs every benchmark once in a fork of its own, so that the forks of what is compared are interleaved
 * and a slow minute of the machine touches all alike. The figure of a benchmark is the median of its rounds.
 */
public final class Bench {
    private static final String USAGE = """
            usage: demo/bench/run [--quick] [--rounds N] [BENCHMARK ...]
              --quick        one round with short iterations: a look, not a measurement
              --rounds N     how many forks of each benchmark, interleaved (default 5)
              BENCHMARK      only those whose class name contains this, such as CallRoundTrip
            """;

    private Bench() {}

    /**
     * Runs what the arguments say.
     *
     * @param args see the usage
     * @throws RunnerException if a benchmark fails
     */
    public static void main(String[] args) throws RunnerException {
        int rounds = 5;
        boolean quick = false;
        String include = ".*";
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--help" -> {
                    System.out.print(USAGE);
                    return;
                }
                case "--quick" -> quick = true;
                case "--rounds" -> rounds = roundsOf(i + 1 < args.length ? args[++i] : "nothing");
                default -> {
                    if (args[i].startsWith("-")) {
                        fail("unknown option " + args[i]);
                    }
                    include = ".*" + args[i] + ".*";
                }
            }
        }
        Map<String, Series> measured = new LinkedHashMap<>();
        for (int round = 1; round <= (quick ? 1 : rounds); round++) {
            System.err.println("round " + round + " of " + (quick ? 1 : rounds));
            collect(new Runner(options(include, quick)).run(), measured);
        }
        System.out.print(new Report(measured.values(), quick ? 1 : rounds).markdown());
    }

    private static int roundsOf(String text) {
        try {
            int rounds = Integer.parseInt(text);
            if (rounds >= 1) {
                return rounds;
            }
        } catch (NumberFormatException e) {
            // told below, with what is allowed
        }
        fail("--rounds: " + text + "; allowed: 1 or more");
        return 0;
    }

    private static void fail(String what) {
        System.err.println(what);
        System.err.print(USAGE);
        System.exit(2);
    }

    private static org.openjdk.jmh.runner.options.Options options(String include, boolean quick) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("dev\\.selvage\\.demo\\.bench\\." + include)
                .forks(1)
                .warmupIterations(quick ? 2 : 3)
                .measurementIterations(quick ? 2 : 5)
                .warmupTime(TimeValue.milliseconds(quick ? 300 : 1000))
                .measurementTime(TimeValue.milliseconds(quick ? 300 : 1000))
                .shouldFailOnError(true)
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT);
        return options.build();
    }

    private static void collect(Collection<RunResult> results, Map<String, Series> into) {
        for (RunResult result : results) {
            String benchmark = result.getParams().getBenchmark();
            int dot = benchmark.lastIndexOf('.');
            String group = benchmark.substring(benchmark.lastIndexOf('.', dot - 1) + 1, dot);
            String method = benchmark.substring(dot + 1);
            StringBuilder parameters = new StringBuilder();
            List<String> names = List.copyOf(result.getParams().getParamsKeys());
            for (String name : names) {
                parameters.append(parameters.isEmpty() ? "" : ", ").append(name).append(' ');
                parameters.append(result.getParams().getParam(name));
            }
            var allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
            into.computeIfAbsent(benchmark + parameters, key -> new Series(group, method, parameters.toString()))
                    .add(result.getPrimaryResult().getScore(), allocated == null ? Double.NaN : allocated.getScore());
        }
    }

    /** What the rounds of one benchmark gave. */
    static final class Series {
        final String group;
        final String method;
        final String parameters;
        private double[] nanos = {};
        private double[] bytes = {};

        Series(String group, String method, String parameters) {
            this.group = group;
            this.method = method;
            this.parameters = parameters;
        }

        void add(double score, double allocatedBytes) {
            nanos = append(nanos, score);
            bytes = append(bytes, allocatedBytes);
        }

        private static double[] append(double[] values, double value) {
            double[] longer = Arrays.copyOf(values, values.length + 1);
            longer[values.length] = value;
            Arrays.sort(longer);
            return longer;
        }

        boolean isFloor() {
            return method.startsWith("floor");
        }

        double medianNanos() {
            return nanos[nanos.length / 2];
        }

        double leastNanos() {
            return nanos[0];
        }

        double mostNanos() {
            return nanos[nanos.length - 1];
        }

        double medianBytes() {
            return bytes[bytes.length / 2];
        }
    }
}

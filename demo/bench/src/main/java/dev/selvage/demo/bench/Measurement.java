package dev.selvage.demo.bench;

import dev.selvage.demo.bench.lender.Lenders;
import dev.selvage.demo.bench.peer.Peers;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs classes of benchmarks with JMH, one fork of each at a time, and keeps what they gave. */
final class Measurement {
    /** The name of the method that is run with peers, and of its parameter. */
    private static final String PEER = "peer";

    /** The name of the method that is run with pools that lend, and of its parameter. */
    private static final String LENDER = "lender";

    private final boolean quick;
    private final List<Peers> runnablePeers;
    private final @Nullable String postgresFlag;
    private final Map<String, Series> series = new LinkedHashMap<>();

    Measurement(boolean quick, List<Peers> runnablePeers, @Nullable String postgresFlag) {
        this.quick = quick;
        this.postgresFlag = postgresFlag;
        this.runnablePeers = runnablePeers;
    }

    static Table tableOf(Class<?> benchmarks) {
        return Objects.requireNonNull(benchmarks.getAnnotation(Table.class), benchmarks.getName());
    }

    Collection<Series> series() {
        return series.values();
    }

    /** One fork of each benchmark of the class. */
    void measure(Class<?> benchmarks) throws RunnerException {
        for (int threads : tableOf(benchmarks).threads()) {
            collect(
                    benchmarks,
                    options(benchmarks, threads)
                            .include(pattern(benchmarks))
                            .exclude("\\." + PEER + "$")
                            .exclude("\\." + Postgres.METHOD + "$"));
            if (postgresFlag != null && hasMethod(benchmarks, Postgres.METHOD)) {
                collect(
                        benchmarks,
                        options(benchmarks, threads)
                                .include(pattern(benchmarks) + Postgres.METHOD + "$")
                                .jvmArgsAppend(postgresFlag));
            }
            for (Peers peer : tableOf(benchmarks).peers()) {
                if (runnablePeers.contains(peer)) {
                    collect(
                            benchmarks,
                            options(benchmarks, threads)
                                    .include(pattern(benchmarks) + PEER + "$")
                                    .param(PEER, peer.name())
                                    .jvmArgsAppend(peer.jvmFlags().toArray(String[]::new)));
                }
            }
        }
    }

    static boolean hasMethod(Class<?> benchmarks, String name) {
        return Arrays.stream(benchmarks.getMethods())
                .anyMatch(method -> method.getName().equals(name));
    }

    private static String pattern(Class<?> benchmarks) {
        return "^" + Pattern.quote(benchmarks.getName()) + "\\.";
    }

    private ChainedOptionsBuilder options(Class<?> benchmarks, int threads) {
        TimeValue iteration =
                TimeValue.milliseconds(quick ? 200 : tableOf(benchmarks).millis());
        return new OptionsBuilder()
                .forks(1)
                .threads(threads)
                .warmupIterations(quick ? 2 : 3)
                .measurementIterations(quick ? 2 : 5)
                .warmupTime(iteration)
                .measurementTime(iteration)
                .shouldFailOnError(true)
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT);
    }

    private void collect(Class<?> benchmarks, ChainedOptionsBuilder options) throws RunnerException {
        for (RunResult result : new Runner(options.build()).run()) {
            BenchmarkParams params = result.getParams();
            Series row = series.computeIfAbsent(
                    params.getBenchmark() + params.getThreads() + parameters(params, true),
                    key -> newSeries(benchmarks, params));
            var allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
            row.add(result.getPrimaryResult().getScore(), allocated == null ? Double.NaN : allocated.getScore());
        }
    }

    private static Series newSeries(Class<?> benchmarks, BenchmarkParams params) {
        String name = params.getBenchmark().substring(params.getBenchmark().lastIndexOf('.') + 1);
        Method method = Arrays.stream(benchmarks.getMethods())
                .filter(candidate -> candidate.isAnnotationPresent(Benchmark.class)
                        && candidate.getName().equals(name))
                .findFirst()
                .orElseThrow();
        Row row = Objects.requireNonNull(method.getAnnotation(Row.class), name);
        Table table = tableOf(benchmarks);
        String with = parameters(params, false);
        if (table.threads().length > 1) {
            with += (with.isEmpty() ? "" : ", ") + "threads " + params.getThreads();
        }
        Role role = row.role();
        String label = row.value();
        if (name.equals(PEER)) {
            Peers peer = Peers.valueOf(params.getParam(PEER));
            label = Versions.label(peer.title(), peer.name()) + (label.isEmpty() ? "" : ", " + label);
        } else if (name.equals(LENDER)) {
            Lenders lender = Lenders.valueOf(params.getParam(LENDER));
            label = Versions.label(lender.title(), lender.library());
            role = Role.of(lender);
        }
        return new Series(table, role, label, with, row.atMost());
    }

    private static String parameters(BenchmarkParams params, boolean withContender) {
        StringBuilder text = new StringBuilder();
        for (String name : params.getParamsKeys()) {
            if (withContender || !(name.equals(PEER) || name.equals(LENDER))) {
                text.append(text.isEmpty() ? "" : ", ").append(name).append(' ').append(params.getParam(name));
            }
        }
        return text.toString();
    }
}

package dev.selvage.pool.checkout;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tells who has the resources of a checkout pool, for people. */
final class Holders {
    private static final int TOLD = 5;
    private static final int FRAMES = 8;

    private Holders() {}

    static <R> List<CheckoutPool.Holder> of(Collection<PooledResource<R>> resources, long nowNanos) {
        return leases(resources).map(lease -> of(lease, nowNanos)).toList();
    }

    static CheckoutPool.Holder of(CheckoutLease<?> lease, long nowNanos) {
        return new CheckoutPool.Holder(
                lease.borrower, Duration.ofNanos(nowNanos - lease.sinceNanos), lease.lent.number);
    }

    /** The leases, those held longest first. */
    private static <R> Stream<CheckoutLease<R>> leases(Collection<PooledResource<R>> resources) {
        return resources.stream()
                .map(resource -> resource.lease)
                .filter(Objects::nonNull)
                .sorted(Comparator.comparingLong(lease -> lease.sinceNanos));
    }

    /** Who holds the resources, how long, and what they do now: those that have held one longest. */
    static <R> String text(Collection<PooledResource<R>> resources, long nowNanos) {
        return text(of(resources, nowNanos));
    }

    /** The same, with one of them first, even if it holds one no longer. */
    static <R> String text(CheckoutLease<R> first, Collection<PooledResource<R>> resources, long nowNanos) {
        Stream<CheckoutLease<R>> others = leases(resources).filter(lease -> lease != first);
        return text(Stream.concat(Stream.of(first), others)
                .map(lease -> of(lease, nowNanos))
                .toList());
    }

    private static String text(List<CheckoutPool.Holder> holders) {
        String told = holders.stream().limit(TOLD).map(Holders::text).collect(Collectors.joining());
        int more = holders.size() - TOLD;
        return told + (more > 0 ? "\n  and " + more + " more" : "");
    }

    private static String text(CheckoutPool.Holder holder) {
        String frames = Arrays.stream(holder.thread().getStackTrace())
                .dropWhile(Holders::isOfTheJdk)
                .limit(FRAMES)
                .map(frame -> "\n      at " + frame)
                .collect(Collectors.joining());
        return "\n  " + holder + frames;
    }

    /** The top of a waiting thread's stack says the same of all: that it waits. */
    private static boolean isOfTheJdk(StackTraceElement frame) {
        return frame.getClassName().startsWith("java.") || frame.getClassName().startsWith("jdk.");
    }
}

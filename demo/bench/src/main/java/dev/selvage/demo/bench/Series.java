package dev.selvage.demo.bench;

import java.util.Arrays;

/** What the rounds of one benchmark gave: a row of its table. */
final class Series {
    final Table table;
    final Role role;
    final String label;
    final String with;
    final double atMost;
    private double[] nanos = {};
    private double[] bytes = {};

    Series(Table table, Role role, String label, String with, double atMost) {
        this.table = table;
        this.role = role;
        this.label = label;
        this.with = with;
        this.atMost = atMost;
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

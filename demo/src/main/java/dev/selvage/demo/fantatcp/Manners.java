package dev.selvage.demo.fantatcp;

import java.time.Duration;
import java.util.Objects;

/**
 * How a {@link FantaServer} behaves.
 *
 * @param longestAnswer each answer takes a random time up to this, so answers overtake each other
 * @param slowEvery one connection in so many is slow: its answers take {@value #SLOWER} times as long; 0: none
 * @param dropEvery on average one request in so many makes the server drop its connection; 0: never
 * @param silenceEvery on average one request in so many makes the server go silent on its connection: it stays open,
 *     and nothing comes any more; 0: never
 * @param lieEvery on average one request in so many gets somebody else's answer, which no decent server does: this is
 *     for showing that the verdict would notice; 0: never
 */
public record Manners(Duration longestAnswer, int slowEvery, int dropEvery, int silenceEvery, int lieEvery) {

    static final int SLOWER = 8;

    /** Checks each value. */
    public Manners {
        Objects.requireNonNull(longestAnswer, "longestAnswer");
        if (longestAnswer.isNegative()) {
            throw new IllegalArgumentException("longestAnswer: " + longestAnswer + "; allowed: zero or more");
        }
        requireNotNegative("slowEvery", slowEvery);
        requireNotNegative("dropEvery", dropEvery);
        requireNotNegative("silenceEvery", silenceEvery);
        requireNotNegative("lieEvery", lieEvery);
    }

    /**
     * Returns the manners of a server that answers everything, each after up to five milliseconds.
     *
     * @return good manners
     */
    public static Manners polite() {
        return new Manners(Duration.ofMillis(5), 0, 0, 0, 0);
    }

    Manners withSlowEvery(int connections) {
        return new Manners(longestAnswer, connections, dropEvery, silenceEvery, lieEvery);
    }

    Manners withDropEvery(int requests) {
        return new Manners(longestAnswer, slowEvery, requests, silenceEvery, lieEvery);
    }

    Manners withSilenceEvery(int requests) {
        return new Manners(longestAnswer, slowEvery, dropEvery, requests, lieEvery);
    }

    Manners withLieEvery(int requests) {
        return new Manners(longestAnswer, slowEvery, dropEvery, silenceEvery, requests);
    }

    private static void requireNotNegative(String name, int value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + ": " + value + "; allowed: 0 (never) or more");
        }
    }
}

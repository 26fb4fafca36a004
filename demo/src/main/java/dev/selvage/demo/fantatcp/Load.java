package dev.selvage.demo.fantatcp;

import java.time.Duration;

/**
 * How hard the story is played.
 *
 * @param callers how many virtual threads make requests
 * @param requestsEach how many requests each of them makes, one after the other
 * @param longestPause a caller pauses for a random time up to this before each request
 * @param crashInterval how often a connection (and now and then the registry) is crashed
 * @param silence how long a connection may owe an answer before it counts as lost
 * @param manners how the server behaves
 */
record Load(
        int callers,
        int requestsEach,
        Duration longestPause,
        Duration crashInterval,
        Duration silence,
        Manners manners) {

    static Load of(boolean quick, boolean lyingServer) {
        Manners rude = Manners.polite().withSlowEvery(10).withLieEvery(lyingServer ? 500 : 0);
        return quick
                ? new Load(
                        1_000,
                        6,
                        Duration.ofMillis(300),
                        Duration.ofMillis(100),
                        Duration.ofMillis(300),
                        rude.withDropEvery(500).withSilenceEvery(3_000))
                : new Load(
                        2_000,
                        32,
                        Duration.ofMillis(500),
                        Duration.ofMillis(250),
                        Duration.ofMillis(500),
                        rude.withDropEvery(2_000).withSilenceEvery(10_000));
    }

    long requests() {
        return (long) callers * requestsEach;
    }
}

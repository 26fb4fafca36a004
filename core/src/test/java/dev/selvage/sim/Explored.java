package dev.selvage.sim;

import java.time.Duration;

/**
 * What an exploration that found nothing has seen.
 *
 * @param schedules how many seeds were run
 * @param distinct how many of them differed in what ran when
 * @param points how many scheduling points were passed in all
 * @param steps how many times a thread was picked to run
 * @param simulatedTime how far the simulated clocks went in all
 */
public record Explored(int schedules, int distinct, long points, long steps, Duration simulatedTime) {}

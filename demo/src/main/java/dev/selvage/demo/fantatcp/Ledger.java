package dev.selvage.demo.fantatcp;

import dev.selvage.demo.stage.Times;
import dev.selvage.pool.routing.RoutingException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;

/**
 * What became of each call, written down by its caller: the answer is compared with the question, and the clock is the
 * caller's own. Any thread may call.
 */
final class Ledger {

    final LongAdder asked = new LongAdder();
    final LongAdder wrong = new LongAdder();
    final LongAdder timeouts = new LongAdder();
    final Times answers = new Times();
    final Times errors = new Times();
    private final Map<String, Times> errorsByKind = new ConcurrentHashMap<>();

    void answered(String question, String answer, long nanos) {
        answers.add(nanos);
        if (!answer.equals(question.replaceFirst("PING", "PONG"))) {
            wrong.increment();
        }
    }

    void failed(RoutingException error, long nanos) {
        errors.add(nanos);
        errorsByKind.computeIfAbsent(kind(error), kind -> new Times()).add(nanos);
        if (error instanceof RoutingException.RequestTimeout) {
            timeouts.increment();
        }
    }

    /** Returns how many calls have ended, well or not. */
    long ended() {
        return answers.count() + errors.count();
    }

    /** Returns how long the errors of each kind took, from the call on; kinds in words. */
    Map<String, Times> errorsByKind() {
        return Map.copyOf(errorsByKind);
    }

    private static String kind(RoutingException error) {
        return switch (error) {
            case RoutingException.Disconnected lost when lost.getCause() instanceof TimeoutException -> "found silent";
            case RoutingException.Disconnected lost -> "connection lost";
            case RoutingException.NoMember none -> "no connection";
            case RoutingException.RequestTimeout late -> "timeout";
            default -> error.getClass().getSimpleName();
        };
    }
}

package dev.selvage.demo.redis;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What Redis is asked: the name of a command and its arguments, in UTF-8.
 *
 * @param words the name first; at least one
 */
public record Command(List<String> words) {

    /** Not one reply to one command: whoever matches replies by their order would be wrong about all that follow. */
    private static final Set<String> OTHER_THAN_ONE_REPLY = Set.of(
            "SUBSCRIBE",
            "PSUBSCRIBE",
            "SSUBSCRIBE",
            "UNSUBSCRIBE",
            "PUNSUBSCRIBE",
            "SUNSUBSCRIBE",
            "MONITOR",
            "SYNC",
            "PSYNC",
            "CLIENT REPLY",
            "CLIENT TRACKING");

    /** They change the connection for all who share it. */
    private static final Set<String> STATE_OF_CONNECTION = Set.of(
            "MULTI",
            "EXEC",
            "DISCARD",
            "WATCH",
            "UNWATCH",
            "SELECT",
            "AUTH",
            "HELLO",
            "RESET",
            "QUIT",
            "READONLY",
            "READWRITE",
            "ASKING");

    /** They keep the connection waiting, and all who share it. */
    private static final Set<String> BLOCKING = Set.of(
            "BLPOP", "BRPOP", "BRPOPLPUSH", "BLMOVE", "BLMPOP", "BZPOPMIN", "BZPOPMAX", "BZMPOP", "WAIT", "WAITAOF");

    /** Checks and copies the words. */
    public Command {
        words = List.copyOf(words);
        if (words.isEmpty() || words.get(0).isBlank()) {
            throw new IllegalArgumentException("words: " + words + "; allowed: the name of a command, and arguments");
        }
    }

    /**
     * Makes a command.
     *
     * @param words the name first
     * @return the command
     */
    public static Command of(String... words) {
        return new Command(List.of(words));
    }

    /** Why it cannot be sent over a connection that is shared; empty if it can. */
    Optional<String> unshareable() {
        String name = words.get(0).toUpperCase(Locale.ROOT);
        String both = words.size() > 1 ? name + " " + words.get(1).toUpperCase(Locale.ROOT) : name;
        if (OTHER_THAN_ONE_REPLY.contains(name) || OTHER_THAN_ONE_REPLY.contains(both)) {
            return Optional.of("is not answered by one reply");
        }
        if (STATE_OF_CONNECTION.contains(name)) {
            return Optional.of("changes the connection for others");
        }
        boolean waits = BLOCKING.contains(name) || (name.startsWith("XREAD") && hasArgument("BLOCK"));
        return waits ? Optional.of("keeps others waiting") : Optional.empty();
    }

    private boolean hasArgument(String wanted) {
        return words.stream().skip(1).anyMatch(wanted::equalsIgnoreCase);
    }

    @Override
    public String toString() {
        return String.join(" ", words);
    }
}

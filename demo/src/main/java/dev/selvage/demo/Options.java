package dev.selvage.demo;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks for. An immutable value; {@link #parse} is the only way to get one.
 *
 * @param help whether only the usage is wanted
 * @param quick whether the run should take seconds only
 * @param withoutLock whether the sync story leaves out its lock, to show what the lock prevents
 * @param seed where the random choices start
 * @param sync whether to play the sync story
 * @param fantaTcp whether to play the FantaTCP story
 * @param events the user's own event file, if there is one
 * @param log where the toolkit's log goes, if anywhere
 */
record Options(
        boolean help,
        boolean quick,
        boolean withoutLock,
        long seed,
        boolean sync,
        boolean fantaTcp,
        Optional<Path> events,
        Optional<Path> log) {

    static final long DEFAULT_SEED = 1;

    private static final String ALL = "--quick, --seed N, --without-lock, --log FILE, --help";

    static final String USAGE = """
            usage: ./demo/run [option]... [story]

            stories (without one, both are played)
              sync [FILE]      workers sync users and never two of them the same user;
                               FILE: your own events, one "user change" a line
              fantatcp         thousands of callers share ten connections through a routing pool

            options
              --quick          a few seconds instead of about a minute
              --seed N         where the random choices start, a whole number (default: 1)
              --without-lock   the sync story without its lock: see the verdict fail
              --log FILE       where the toolkit's own log goes, each crash with its stack (default: nowhere)
              --help           this text

            Ctrl-C stops the story in order; the report is still printed.
            exit status: 0 all verdicts hold, 1 one failed, 2 wrong usage or unreadable file
            """;

    /** The command line is wrong; the message says in what, and what there is. */
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }

    static Options parse(String... arguments) throws UsageException {
        Parser parser = new Parser(arguments);
        parser.run();
        return parser.options();
    }

    /** One pass over the arguments; each argument either sets a field or is refused by name. */
    private static final class Parser {

        private final Deque<String> rest;
        private boolean help;
        private boolean quick;
        private boolean withoutLock;
        private long seed = DEFAULT_SEED;
        private Optional<String> story = Optional.empty();
        private Optional<Path> events = Optional.empty();
        private Optional<Path> log = Optional.empty();

        Parser(String... arguments) {
            this.rest = new ArrayDeque<>(List.of(arguments));
        }

        void run() throws UsageException {
            while (!rest.isEmpty()) {
                String argument = rest.removeFirst();
                if (argument.startsWith("-")) {
                    option(argument);
                } else {
                    word(argument);
                }
            }
            if (withoutLock && story.equals(Optional.of("fantatcp"))) {
                throw new UsageException("--without-lock belongs to the story sync, not to fantatcp");
            }
        }

        private void option(String option) throws UsageException {
            switch (option) {
                case "--help", "-h" -> help = true;
                case "--quick" -> quick = true;
                case "--without-lock" -> withoutLock = true;
                case "--seed" -> seed = seed(rest.pollFirst());
                case "--log" -> log = Optional.of(Path.of(file(rest.pollFirst())));
                default -> {
                    if (!option.startsWith("--seed=")) {
                        throw new UsageException("unknown option: " + option + "; there is: " + ALL);
                    }
                    seed = seed(option.substring("--seed=".length()));
                }
            }
        }

        private void word(String word) throws UsageException {
            boolean isStory = word.equals("sync") || word.equals("fantatcp");
            if (story.isEmpty() && isStory) {
                story = Optional.of(word);
            } else if (story.isEmpty()) {
                throw new UsageException("unknown story: " + word + "; there is: sync [FILE], fantatcp");
            } else if (story.get().equals("sync") && events.isEmpty()) {
                events = Optional.of(Path.of(word));
            } else {
                throw new UsageException("one argument too many: " + word);
            }
        }

        private static String file(@Nullable String name) throws UsageException {
            if (name == null) {
                throw new UsageException("--log needs a file");
            }
            return name;
        }

        private static long seed(@Nullable String text) throws UsageException {
            try {
                return Long.parseLong(text == null ? "" : text);
            } catch (NumberFormatException e) {
                throw new UsageException(
                        "--seed needs a whole number, not " + (text == null ? "nothing" : "\"" + text + "\""));
            }
        }

        Options options() {
            boolean both = story.isEmpty();
            return new Options(
                    help,
                    quick,
                    withoutLock,
                    seed,
                    both || story.get().equals("sync"),
                    both || story.get().equals("fantatcp"),
                    events,
                    log);
        }
    }
}

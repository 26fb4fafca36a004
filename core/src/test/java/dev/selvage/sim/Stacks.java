package dev.selvage.sim;

import java.util.Arrays;
import java.util.Collection;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Threads and their stacks in words. */
final class Stacks {

    private static final int FRAMES = 25;

    private Stacks() {}

    static String endless(long points) {
        return "livelock: no end after " + points + " points and steps";
    }

    /** Describes the threads with their stacks; called by the driver, or by the thread that is running. */
    static String of(Collection<SimThread> threads, @Nullable SimThread running) {
        return threads.stream().map(thread -> describe(thread, running)).collect(Collectors.joining());
    }

    private static String describe(SimThread thread, @Nullable SimThread running) {
        boolean mounted = thread == running;
        String head = "  \"" + thread.name() + "\" " + (mounted ? "running" : thread.thread.getState());
        return head + "\n" + frames(thread.thread.getStackTrace());
    }

    private static String frames(StackTraceElement[] frames) {
        return Arrays.stream(frames)
                .filter(frame -> !isOfSimulator(frame))
                .limit(FRAMES)
                .map(frame -> "      at " + frame + "\n")
                .collect(Collectors.joining());
    }

    /** Says how a thread that was not stopped by the schedule came to stop. */
    static String stop(Thread thread, Thread.State state, boolean detailed) {
        String how = switch (state) {
            case TERMINATED -> "ends";
            case BLOCKED -> "waits for a monitor";
            case RUNNABLE -> "stops in the JDK";
            default -> "parks";
        };
        // looking at the stack of a thread that can run would hand it to the scheduler a second time
        boolean waits = state != Thread.State.TERMINATED && state != Thread.State.RUNNABLE;
        return detailed && waits ? how + " at " + first(Arrays.stream(thread.getStackTrace())) : how;
    }

    /** Returns the place in the code under test where the current thread is. */
    static String here() {
        return StackWalker.getInstance().walk(frames -> first(frames.map(StackWalker.StackFrame::toStackTraceElement)));
    }

    private static String first(Stream<StackTraceElement> frames) {
        Predicate<StackTraceElement> ofJdk =
                frame -> frame.getModuleName() != null && frame.getModuleName().startsWith("java.");
        return frames.filter(ofJdk.negate())
                .filter(frame -> !isOfSimulator(frame))
                .findFirst()
                .map(frame -> simpleName(frame) + "." + frame.getMethodName() + ":" + frame.getLineNumber())
                .orElse("?");
    }

    private static String simpleName(StackTraceElement frame) {
        return frame.getClassName().substring(frame.getClassName().lastIndexOf('.') + 1);
    }

    private static boolean isOfSimulator(StackTraceElement frame) {
        return WovenLoader.isOfSimulator(frame.getClassName());
    }
}

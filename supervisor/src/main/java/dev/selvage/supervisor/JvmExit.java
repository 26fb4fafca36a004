package dev.selvage.supervisor;

import java.util.Arrays;

/**
 * The end of the JVM, as far as it concerns the stop of a tree: a child that calls {@link System#exit} waits in there
 * for the shutdown hooks, ignoring interrupts, while our hook waits for the child. So such a child is not waited for.
 */
final class JvmExit {

    /** Written once, by the first hook that runs. */
    private static volatile boolean begun;

    private JvmExit() {}

    static void begin() {
        begun = true;
    }

    /** Whether the JVM is ending and the thread waits for that. */
    static boolean isWaitedForBy(Thread thread) {
        return begun && Arrays.stream(thread.getStackTrace()).anyMatch(JvmExit::isExit);
    }

    private static boolean isExit(StackTraceElement frame) {
        return frame.getClassName().equals("java.lang.Runtime")
                && frame.getMethodName().equals("exit");
    }
}

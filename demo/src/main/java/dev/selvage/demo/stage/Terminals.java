package dev.selvage.demo.stage;

import java.io.Console;

/** Finds out whether standard output is a terminal, on every JDK from 21 on. */
final class Terminals {

    private Terminals() {}

    /*
     * Up to JDK 21, System.console() is null unless input and output are both a terminal. From 22 on it is never null,
     * and the new method Console.isTerminal() answers; it is not in the API this code is compiled against.
     */
    @SuppressWarnings("SystemConsoleNull") // on 21 it still is
    static boolean standardOutputIsTerminal() {
        Console console = System.console();
        if (console == null || "dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException jdk21) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}

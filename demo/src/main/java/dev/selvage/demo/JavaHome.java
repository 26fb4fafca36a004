package dev.selvage.demo;

/**
 * Prints the home of the JDK it runs on: the build runs it with the JDK it found, and {@code demo/run} takes that one.
 */
final class JavaHome {

    private JavaHome() {}

    public static void main(String[] arguments) {
        System.out.println(System.getProperty("java.home"));
    }
}

package dev.selvage.scope;

import org.jspecify.annotations.Nullable;

/**
 * The shape of the JDK that this JVM runs on, resolved once. It sits in static final fields so that the compiler sees
 * through to the method handles; a failure is kept for the first use to throw, where users can read it, rather than
 * thrown from a static initializer, where they get a NoClassDefFoundError.
 */
final class RunningJdk {

    private static final String API = "java.util.concurrent.StructuredTaskScope";

    private static final @Nullable ScopeShape SHAPE;
    private static final ScopeException.@Nullable Unsupported FAILURE;

    static {
        ScopeShape shape = null;
        ScopeException.Unsupported failure = null;
        try {
            shape = resolve(API, name());
        } catch (ScopeException.Unsupported unsupported) {
            failure = unsupported;
        }
        SHAPE = shape;
        FAILURE = failure;
    }

    private RunningJdk() {}

    static ScopeShape shape() {
        ScopeShape shape = SHAPE;
        if (shape == null) {
            throw new ScopeException.Unsupported(
                    String.valueOf(FAILURE == null ? null : FAILURE.getMessage()), FAILURE);
        }
        return shape;
    }

    static ScopeShape resolve(String api, String jdk) {
        Class<?> type;
        try {
            type = Class.forName(api, true, null);
        } catch (ClassNotFoundException missing) {
            throw new ScopeException.Unsupported(
                    jdk + " has no " + api + ", which Selvage stands on; JDK 21 to 28 have it.", missing);
        }
        return ScopeShape.of(type, jdk);
    }

    private static String name() {
        return "JDK " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")";
    }
}

package dev.selvage.sim;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Loads the classes under test itself, woven, before it asks its parent; each exploration has one of its own.
 *
 * <p>Shared with the parent, and so the same class on both sides: the simulator itself (the package
 * {@code dev.selvage.sim}, not what lies below it) and what passes between the two, which is the ticker.
 */
final class WovenLoader extends ClassLoader {

    private static final String OWN_PACKAGE = Sim.class.getPackageName();

    private static final List<String> SHARED = List.of("dev.selvage.time.Ticker", "dev.selvage.time.SystemTicker");

    static {
        registerAsParallelCapable();
    }

    private final List<String> prefixes;
    private final Weaver weaver;

    WovenLoader(ClassLoader parent, List<String> prefixes) {
        super("woven", parent);
        this.prefixes = prefixes;
        this.weaver = new Weaver(this::bytesOf, this::isWoven);
        setDefaultAssertionStatus(true);
    }

    static boolean isOfSimulator(String className) {
        return className.startsWith(OWN_PACKAGE + ".") && className.indexOf('.', OWN_PACKAGE.length() + 1) < 0;
    }

    boolean isWoven(String className) {
        return prefixes.stream().anyMatch(className::startsWith)
                && !isOfSimulator(className)
                && !SHARED.contains(className);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!isWoven(name)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : findClass(name);
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] bytes = bytesOf(name);
        if (bytes == null) {
            throw new ClassNotFoundException(name);
        }
        byte[] woven = weaver.weave(bytes);
        return defineClass(name, woven, 0, woven.length);
    }

    private byte @Nullable [] bytesOf(String className) {
        try (InputStream in = getParent().getResourceAsStream(className.replace('.', '/') + ".class")) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.selvage.demo.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;

/** The versions of those that we measure beside, as the build has them. */
final class Versions {
    private static final Properties VERSIONS = new Properties();

    static {
        try (InputStream file = Objects.requireNonNull(Versions.class.getResourceAsStream("versions.properties"))) {
            VERSIONS.load(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Versions() {}

    /** Returns a title with the version that belongs to it; without one where there is none. */
    static String label(String title, String name) {
        String version = VERSIONS.getProperty(name);
        return version == null ? title : title + " " + version;
    }
}

package dev.selvage.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.logging.FileHandler;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * Where the toolkit's log goes while the demo runs. It logs each crash with its stack, as it should; but here crashes
 * are made by the hundred, so they go to a file or nowhere, and not between the lines of the progress.
 */
final class ToolkitLog {

    /** Held here, because java.util.logging forgets the settings of a logger that nobody holds. */
    private static final Logger SELVAGE = Logger.getLogger("dev.selvage");

    private ToolkitLog() {}

    static void to(Optional<Path> file) throws IOException {
        SELVAGE.setUseParentHandlers(false);
        if (file.isPresent()) {
            FileHandler handler = new FileHandler(file.get().toString().replace("%", "%%"));
            handler.setFormatter(new SimpleFormatter());
            SELVAGE.addHandler(handler);
        }
    }
}

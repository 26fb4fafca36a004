package dev.selvage.demo;

import dev.selvage.demo.fantatcp.FantaTcpStory;
import dev.selvage.demo.stage.Console;
import dev.selvage.demo.stage.Report;
import dev.selvage.demo.stage.Stage;
import dev.selvage.demo.stage.StopSignal;
import dev.selvage.demo.stage.Story;
import dev.selvage.demo.stage.Unplayable;
import dev.selvage.demo.sync.SyncStory;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The demo's main: plays the stories that the command line asks for, one after the other, and prints their reports. */
public final class Demo {

    static final int ALL_HOLDS = 0;
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;

    private final Console console;
    private final PrintStream errors;
    private final StopSignal signal;

    Demo(Console console, PrintStream errors, StopSignal signal) {
        this.console = console;
        this.errors = errors;
        this.signal = signal;
    }

    /**
     * Runs the demo and ends the JVM with its status: 0 if all verdicts hold, 1 if one failed, 2 if the command line is
     * wrong or the event file cannot be read. After Ctrl-C or SIGTERM the JVM ends with the signal's status.
     *
     * @param arguments see {@code --help}
     */
    public static void main(String[] arguments) {
        StopSignal signal = StopSignal.ofThisJvm();
        int status = new Demo(Console.system(), System.err, signal).run(arguments);
        signal.finished();
        System.exit(status);
    }

    int run(String... arguments) {
        Locale.setDefault(Locale.ROOT); // the demo speaks English, numbers included
        try {
            Options options = Options.parse(arguments);
            if (options.help()) {
                Options.USAGE.lines().forEach(console::line);
                return ALL_HOLDS;
            }
            ToolkitLog.to(options.log());
            return play(options);
        } catch (Options.UsageException | Unplayable e) {
            errors.println(e.getMessage());
            return WRONG_USAGE;
        } catch (IOException e) {
            errors.println("cannot go on: " + e);
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        } catch (RuntimeException | Error e) {
            errors.println("the demo itself has failed:");
            e.printStackTrace(errors);
            return FAILED;
        }
    }

    private int play(Options options) throws Unplayable, IOException, InterruptedException {
        Stage stage = new Stage(console, signal, options.seed(), options.quick());
        console.line("seed " + options.seed() + (options.quick() ? ", quick" : "") + "; Ctrl-C stops in order");
        boolean allHold = true;
        for (Story story : stories(options)) {
            if (!signal.isRaised()) {
                Report report = story.play(stage);
                report.lines().forEach(console::line);
                allHold &= report.holds();
            }
        }
        console.line("");
        String stopped = signal.isRaised() ? "Stopped before the end. " : "";
        console.line(stopped + (allHold ? "All verdicts hold." : "A VERDICT FAILED."));
        return allHold ? ALL_HOLDS : FAILED;
    }

    private static List<Story> stories(Options options) {
        List<Story> stories = new ArrayList<>();
        if (options.sync()) {
            stories.add(new SyncStory(options.events(), !options.withoutLock()));
        }
        if (options.fantaTcp()) {
            stories.add(new FantaTcpStory());
        }
        return stories;
    }
}

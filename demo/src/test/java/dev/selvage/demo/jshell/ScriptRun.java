package dev.selvage.demo.jshell;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.EvalException;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;

/**
 * Runs a script as the {@code jshell} command does, line by line in a JVM of its own, and unlike that command notices
 * when a snippet is refused or throws: the command goes on and exits with 0.
 *
 * @param output what the script printed
 * @param failures what went wrong, snippet by snippet; empty if nothing did
 */
record ScriptRun(String output, List<String> failures) {

    static ScriptRun of(String script, List<String> classPath) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        List<String> failures = new ArrayList<>();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        try (JShell shell = JShell.builder().out(out).err(out).build()) {
            classPath.forEach(shell::addToClasspath);
            StringBuilder lines = new StringBuilder();
            for (String line : script.lines().toList()) {
                lines.append(line).append('\n');
                SourceCodeAnalysis.CompletionInfo info =
                        shell.sourceCodeAnalysis().analyzeCompletion(lines.toString());
                switch (info.completeness()) {
                    case EMPTY -> lines.setLength(0);
                    case CONSIDERED_INCOMPLETE, DEFINITELY_INCOMPLETE -> {}
                    case COMPLETE, COMPLETE_WITH_SEMI, UNKNOWN -> {
                        shell.eval(info.source()).forEach(event -> check(shell, event, failures));
                        lines.setLength(0);
                    }
                }
            }
            if (!lines.toString().isBlank()) {
                failures.add("the script ends in the middle of: " + lines);
            }
        }
        return new ScriptRun(bytes.toString(StandardCharsets.UTF_8), failures);
    }

    private static void check(JShell shell, SnippetEvent event, List<String> failures) {
        Snippet snippet = event.snippet();
        if (event.exception() != null) {
            failures.add(described(event.exception()) + " in: " + snippet.source());
        }
        if (event.status() != Snippet.Status.VALID && event.status() != Snippet.Status.OVERWRITTEN) {
            List<String> why = new ArrayList<>();
            shell.diagnostics(snippet).forEach(diagnostic -> why.add(diagnostic.getMessage(Locale.ROOT)));
            if (snippet instanceof DeclarationSnippet declaration) {
                shell.unresolvedDependencies(declaration).forEach(name -> why.add("unresolved: " + name));
            }
            failures.add(event.status() + " " + why + " in: " + snippet.source());
        }
    }

    private static String described(Exception exception) {
        String name = exception instanceof EvalException thrown
                ? thrown.getExceptionClassName()
                : exception.getClass().getName();
        return name + ": " + exception.getMessage();
    }
}

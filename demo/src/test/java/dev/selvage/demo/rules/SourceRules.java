package dev.selvage.demo.rules;

import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.CatchTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.SynchronizedTree;
import com.sun.source.tree.ThrowTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;

/** What can be seen in one source file. Every rule returns what breaks it, as sentences that begin with the place. */
final class SourceRules {

    static final int MAX_LINES_OF_FILE = 500;
    static final int MAX_LINES_OF_METHOD = 70;
    static final int MAX_COLUMNS = 120;

    // In pieces, so that the rule does not find itself.
    private static final Pattern UNFINISHED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX|HA" + "CK)\\b");

    private static final Predicate<Tree> THROW = part -> part instanceof ThrowTree;
    private static final Predicate<Tree> ASSIGNMENT = part -> part instanceof AssignmentTree;
    private static final Predicate<Tree> INTERRUPT = part -> part instanceof MethodInvocationTree call
            && call.getMethodSelect().toString().endsWith(".interrupt");

    private SourceRules() {}

    static List<String> longFiles(SourceFile file) {
        long lines = file.text().lines().count();
        return lines > MAX_LINES_OF_FILE ? List.of(file.name() + ": " + lines + " lines") : List.of();
    }

    static List<String> longLines(SourceFile file) {
        List<String> found = new ArrayList<>();
        int number = 0;
        for (String line : file.text().lines().toList()) {
            number++;
            int columns = line.codePointCount(0, line.length());
            if (columns > MAX_COLUMNS) {
                found.add(file.name() + ":" + number + ": " + columns + " columns");
            }
        }
        return found;
    }

    static List<String> unfinishedWork(SourceFile file) {
        List<String> found = new ArrayList<>();
        int number = 0;
        for (String line : file.text().lines().toList()) {
            number++;
            if (UNFINISHED.matcher(line).find()) {
                found.add(file.name() + ":" + number + ": " + line.strip());
            }
        }
        return found;
    }

    static List<String> longMethods(SourceFile file) {
        List<String> found = new ArrayList<>();
        new TreeScanner<Void, Void>() {
            @Override
            public Void visitMethod(MethodTree method, Void nothing) {
                long lines = file.lastLine(method) - file.firstLine(method) + 1;
                if (lines > MAX_LINES_OF_METHOD) {
                    found.add(file.place(method) + ": " + method.getName() + " has " + lines + " lines");
                }
                return super.visitMethod(method, nothing);
            }
        }.scan(file.tree(), null);
        return found;
    }

    /** Monitors pin the carrier on JDK 21 to 23, and nobody can wait on one with a ticker. */
    static List<String> monitors(SourceFile file) {
        List<String> found = new ArrayList<>();
        new TreeScanner<Void, Void>() {
            @Override
            public Void visitSynchronized(SynchronizedTree block, Void nothing) {
                found.add(file.place(block) + ": a synchronized block");
                return super.visitSynchronized(block, nothing);
            }

            @Override
            public Void visitModifiers(ModifiersTree modifiers, Void nothing) {
                if (modifiers.getFlags().contains(Modifier.SYNCHRONIZED)) {
                    found.add(file.place(modifiers) + ": a synchronized method");
                }
                return super.visitModifiers(modifiers, nothing);
            }
        }.scan(file.tree(), null);
        return found;
    }

    /**
     * An InterruptedException that is caught has to be passed on: by throwing in the catch block, by setting the flag
     * again in the same method or lambda (a wait that has to be finished first sets it at its end), or by remembering
     * it in the catch block for a throw of the same method or a flag set elsewhere in the file.
     */
    static List<String> swallowedInterrupts(SourceFile file) {
        List<String> found = new ArrayList<>();
        new TreePathScanner<Void, Void>() {
            @Override
            public Void visitCatch(CatchTree caught, Void nothing) {
                boolean interrupt =
                        caught.getParameter().getType().toString().matches(".*\\bInterruptedException\\b.*");
                if (interrupt && !passedOn(caught, enclosingBody(getCurrentPath()), file)) {
                    found.add(file.place(caught) + ": an InterruptedException ends here");
                }
                return super.visitCatch(caught, nothing);
            }
        }.scan(file.tree(), null);
        return found;
    }

    private static boolean passedOn(CatchTree caught, Tree body, SourceFile file) {
        boolean remembered =
                contains(caught.getBlock(), ASSIGNMENT) && (contains(body, THROW) || contains(file.tree(), INTERRUPT));
        return remembered || contains(caught.getBlock(), THROW) || contains(body, INTERRUPT);
    }

    private static Tree enclosingBody(TreePath path) {
        for (Tree part : path) {
            if (part instanceof MethodTree || part instanceof LambdaExpressionTree) {
                return part;
            }
        }
        return path.getLeaf();
    }

    private static boolean contains(Tree whole, Predicate<Tree> what) {
        boolean[] found = {false};
        new TreeScanner<Void, Void>() {
            @Override
            public Void scan(Tree part, Void nothing) {
                found[0] |= part != null && what.test(part);
                return super.scan(part, nothing);
            }
        }.scan(whole, null);
        return found[0];
    }
}

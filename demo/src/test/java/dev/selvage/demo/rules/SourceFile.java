package dev.selvage.demo.rules;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** One Java file: its name as it is reported, its text, and the syntax tree that the JDK's own parser makes of it. */
record SourceFile(String name, String text, CompilationUnitTree tree, SourcePositions positions) {

    static SourceFile of(Path file) {
        return of(Project.root().relativize(file).toString(), Project.read(file));
    }

    static SourceFile of(String name, String text) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        JavacTask task = (JavacTask)
                compiler.getTask(null, null, null, List.of("-proc:none"), null, List.of(new InMemory(name, text)));
        try {
            CompilationUnitTree tree = task.parse().iterator().next();
            return new SourceFile(name, text, tree, Trees.instance(task).getSourcePositions());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The line on which a part of the tree begins, from 1. */
    long firstLine(Tree part) {
        return tree.getLineMap().getLineNumber(positions.getStartPosition(tree, part));
    }

    /** The line on which a part of the tree ends, from 1. */
    long lastLine(Tree part) {
        return tree.getLineMap().getLineNumber(positions.getEndPosition(tree, part));
    }

    /** The place of a part of the tree, as reports name it. */
    String place(Tree part) {
        return name + ":" + firstLine(part);
    }

    /** A source that exists only in memory. */
    static final class InMemory extends SimpleJavaFileObject {

        private final String text;

        InMemory(String name, String text) {
            super(URI.create("string:///" + name), JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}

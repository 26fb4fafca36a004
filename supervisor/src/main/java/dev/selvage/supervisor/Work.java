package dev.selvage.supervisor;

import dev.selvage.process.Exit;
import dev.selvage.process.ProcessBody;
import dev.selvage.process.TaskBody;
import dev.selvage.supervisor.SupervisorTree.Kind;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a child does.
 *
 * @param <M> the type of its messages
 */
sealed interface Work<M> {

    /** What it is called in the tree. */
    Kind kind();

    /** Has a mailbox; counts as started once its thread was. */
    record Plain<M>(ProcessBody<M> body) implements Work<M> {
        @Override
        public Kind kind() {
            return Kind.PROCESS;
        }
    }

    /** Has a mailbox; says itself when it is ready. */
    record Announcing<M>(AnnouncingBody<M> body, Kind kind) implements Work<M> {}

    /** Has no mailbox; counts as started once its thread was. Somebody may want to hear of its end. */
    record Task<M>(TaskBody body, @Nullable Consumer<? super Exit> onEnd) implements Work<M> {
        @Override
        public Kind kind() {
            return Kind.TASK;
        }
    }

    /** Is a supervisor; ready when its own children are. */
    record Nested<M>(SupervisorSpec spec) implements Work<M> {
        @Override
        public Kind kind() {
            return Kind.SUPERVISOR;
        }
    }
}

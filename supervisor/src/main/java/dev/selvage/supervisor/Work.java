package dev.selvage.supervisor;

import dev.selvage.process.ProcessBody;
import dev.selvage.process.TaskBody;

/**
 * What a child does.
 *
 * @param <M> the type of its messages
 */
sealed interface Work<M> {

    /** Has a mailbox; counts as started once its thread was. */
    record Plain<M>(ProcessBody<M> body) implements Work<M> {}

    /** Has a mailbox; says itself when it is ready. */
    record Announcing<M>(AnnouncingBody<M> body) implements Work<M> {}

    /** Has no mailbox; counts as started once its thread was. */
    record Task<M>(TaskBody body) implements Work<M> {}

    /** Is a supervisor; ready when its own children are. */
    record Nested<M>(SupervisorSpec spec) implements Work<M> {}
}

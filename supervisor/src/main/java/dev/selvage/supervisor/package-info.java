/**
 * Supervisors: they start children in order, restart them by a strategy, and stop them in reverse.
 *
 * {@snippet :
 * static final ChildSpec<Request> STORE = ChildSpec.process("store", Store::serve);
 *
 * SupervisorSpec app = SupervisorSpec.restForOne("app",
 *         STORE,
 *         ChildSpec.supervisor(SupervisorSpec.oneForOne("workers").withChildren(workers)));
 *
 * try (Supervisor running = Supervisor.start(app)) {
 *     running.child(STORE).orElseThrow().call(Get::new);
 * }
 * }
 *
 * <p>Start with {@link dev.selvage.supervisor.Supervisor}, {@link dev.selvage.supervisor.SupervisorSpec} and
 * {@link dev.selvage.supervisor.ChildSpec}.
 *
 * <p>A child is found again after a restart by a {@link dev.selvage.supervisor.ChildRef}, which also starts, ends and
 * replaces it at run time. What can be seen of a tree is {@link dev.selvage.supervisor.SupervisorTree}.
 *
 * <p>The logger is {@code dev.selvage.supervisor}: restarts at INFO, a supervisor that gives up at ERROR. The failure
 * that ended a child is logged with its stack trace by {@code dev.selvage.process}.
 */
@NullMarked
package dev.selvage.supervisor;

import org.jspecify.annotations.NullMarked;

package dev.selvage.supervisor;

import dev.selvage.process.Mailbox;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Bodies of children that are made of something else than a body. */
final class Bodies {

    private Bodies() {}

    static <M> AnnouncingBody<M> server(Callable<? extends ChildSpec.@Nullable Server<? super M>> init) {
        return (mailbox, start) -> {
            ChildSpec.Server<? super M> made = init.call();
            if (made == null) {
                start.decline();
                return;
            }
            try (made) {
                start.ready();
                serve(made, mailbox);
            }
        };
    }

    private static <M> void serve(ChildSpec.Server<? super M> server, Mailbox<M> mailbox) throws Exception {
        for (; ; ) {
            server.handle(mailbox.receive());
        }
    }

    static AnnouncingBody<Void> resource(Callable<? extends @Nullable AutoCloseable> open) {
        return (mailbox, start) -> {
            AutoCloseable opened = open.call();
            if (opened == null) {
                start.decline();
                return;
            }
            try (opened) {
                start.ready();
                mailbox.receive(); // until the stop, or the interrupt: nobody can send a Void
            }
        };
    }
}

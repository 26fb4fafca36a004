package dev.selvage.process;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.Consumer;

/** Hands what nobody will receive to whoever asked for it. */
final class DeadLetters {

    private DeadLetters() {}

    /** What was queued when the process ended. Notices and alarms are about the process itself, and die with it. */
    static void tellLeft(ManagedProcess<?> process, List<Envelope> left) {
        Consumer<? super Mailbox.DeadLetter> listener = process.options().deadLetterListener();
        if (listener != null) {
            left.forEach(envelope -> tell(process, listener, envelope, Mailbox.DeadLetter.Cause.EXITED));
        }
    }

    /** What an overflow rule has dropped. */
    static void tellDropped(ManagedProcess<?> process, Envelope dropped) {
        Consumer<? super Mailbox.DeadLetter> listener = process.options().deadLetterListener();
        if (listener != null) {
            tell(process, listener, dropped, Mailbox.DeadLetter.Cause.DROPPED);
        }
    }

    private static void tell(
            ManagedProcess<?> process,
            Consumer<? super Mailbox.DeadLetter> listener,
            Envelope envelope,
            Mailbox.DeadLetter.Cause cause) {
        if (!envelope.isMessage()) {
            return;
        }
        try {
            listener.accept(new Mailbox.DeadLetter(process, envelope.message(), cause));
        } catch (Throwable failure) {
            ManagedProcess.LOG.log(Level.ERROR, "the dead letter listener of '" + process.name() + "' failed", failure);
        }
    }
}

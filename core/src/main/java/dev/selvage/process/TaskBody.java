package dev.selvage.process;

/**
 * What a process without a mailbox does. It is stopped by an interrupt, at once.
 *
 * {@snippet :
 * TaskBody copy = () -> input.transferTo(output);
 * }
 */
@FunctionalInterface
public interface TaskBody {

    /**
     * Runs on the process's own virtual thread.
     *
     * @throws Exception to fail: the process exits with that as its reason
     */
    void run() throws Exception;
}

package dev.selvage.process;

/** The body of a process that takes no messages. */
record TaskRun(TaskBody task) implements ProcessBody<Object> {
    private static final TaskRun TAKEN = new TaskRun(() -> {});
    private static final ProcessBody<Object> BODY_TAKEN = mailbox -> {};

    @Override
    public void run(Mailbox<Object> closed) throws Exception {
        task.run();
    }

    /** What stands where a body of the same sort was: who keeps a process that has ended keeps nothing of its body. */
    @SuppressWarnings("unchecked") // it takes any message
    static <M> ProcessBody<M> inPlaceOf(ProcessBody<M> taken) {
        return (ProcessBody<M>) (taken instanceof TaskRun ? TAKEN : BODY_TAKEN);
    }
}

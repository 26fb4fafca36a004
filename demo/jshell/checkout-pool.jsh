// A checkout pool of processes: one that crashes is replaced, and what a dead borrower held comes back.
//
//     jshell --class-path "$(demo/class-path)" demo/jshell/checkout-pool.jsh

import dev.selvage.pool.checkout.*
import dev.selvage.process.*

// Two clerks, each a process that divides what it is asked to; each is lent to one borrower at a time.
record Divide(int a, int b, ReplyTo<Integer> answer) {}
ProcessBody<Divide> clerk = mailbox -> { while (true) { Divide job = mailbox.receive(); job.answer().reply(job.a() / job.b()); } }
CheckoutPool<ProcessRef<Divide>> clerks = CheckoutPool.start("clerks", 2, ResourceFactory.process(clerk))

int half = clerks.use(who -> who.<Integer>call(to -> new Divide(84, 2, to)))
System.out.println("84 by 2 is " + half)

// A clerk crashes on its job. The borrower learns the reason at once, and another clerk takes the place.
try {
    clerks.use(who -> who.<Integer>call(to -> new Divide(1, 0, to)));
} catch (ProcessException.Exited crashed) {
    System.out.println("crashed: " + crashed.reason());
}
int third = clerks.use(who -> who.<Integer>call(to -> new Divide(84, 3, to)))
System.out.println("84 by 3 is " + third)

// Two borrowers end without giving back. Who comes next is served all the same.
for (int i = 0; i < 2; i++) {
    Thread.startVirtualThread(() -> { try { clerks.checkOut(); } catch (InterruptedException e) { } }).join();
}
int quarter = clerks.use(who -> who.<Integer>call(to -> new Divide(84, 4, to)))
System.out.println("84 by 4 is " + quarter + ", and " + clerks.statistics().reclaimed() + " were taken back from the dead")

clerks.close()
System.out.println("checkout-pool.jsh: done, " + clerks.statistics().checkouts() + " loans")

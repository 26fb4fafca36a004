// Jobs on a worker pool: those of one key one at a time and in order, one that fails tried again.
//
//     jshell --class-path "$(demo/class-path)" demo/jshell/worker-pool.jsh

import dev.selvage.pool.worker.*
import dev.selvage.time.Backoff
import java.time.Duration
import java.util.concurrent.atomic.AtomicInteger

// Two workers; a mail's key is its address. The first attempt to reach eve fails.
record Mail(String to, int number) {}
AtomicInteger attempts = new AtomicInteger()
String deliver(Mail mail) throws java.io.IOException {
    if (mail.to().equals("eve") && attempts.incrementAndGet() == 1) { throw new java.io.IOException("nobody at home"); }
    System.out.println("mail " + mail.number() + " to " + mail.to());
    return mail.to() + " has " + mail.number();
}
WorkerPool<Mail, String> mails = WorkerPool.start("mails", 2, Mail::to, mail -> deliver(mail), options -> options.withAttempts(3, Backoff.fixed(Duration.ofMillis(10))))

// Ada's mails arrive in order, though there are two workers; bob's do not wait for them.
Job<String> last = null
for (int i = 1; i <= 3; i++) { last = mails.submit(new Mail("ada", i)); mails.submit(new Mail("bob", i)); }
System.out.println(last.await())

Job<String> again = mails.submit(new Mail("eve", 1))
System.out.println(again.await() + ", at attempt " + attempts)

mails.close()
System.out.println("worker-pool.jsh: done, " + mails.statistics().done() + " jobs")

package dev.selvage.task;

import java.util.Iterator;
import java.util.concurrent.atomic.AtomicInteger;

/** The numbers from 1 on, up to a last one, that counts how many were pulled and knows by whom. */
final class CountingInputs implements Iterable<Integer> {
    private final int last;
    private final AtomicInteger pulled = new AtomicInteger();
    private volatile Thread puller;

    private CountingInputs(int last) {
        this.last = last;
    }

    static CountingInputs endless() {
        return upTo(Integer.MAX_VALUE);
    }

    static CountingInputs upTo(int last) {
        return new CountingInputs(last);
    }

    int pulled() {
        return pulled.get();
    }

    Thread puller() {
        return puller;
    }

    @Override
    public Iterator<Integer> iterator() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return pulled.get() < last;
            }

            @Override
            public Integer next() {
                puller = Thread.currentThread();
                return pulled.incrementAndGet();
            }
        };
    }
}

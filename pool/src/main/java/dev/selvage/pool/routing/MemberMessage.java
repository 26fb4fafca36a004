package dev.selvage.pool.routing;

import java.time.Duration;

/** What the process of a member is told. */
sealed interface MemberMessage<Q, R>
        permits MemberMessage.Connected,
                MemberMessage.Lost,
                MemberMessage.Ejected,
                MemberMessage.Drain,
                MemberMessage.Drained,
                Request {

    /** By the connection's reader: it has a transport. */
    record Connected<Q, R>(Connection<Q, R> connection) implements MemberMessage<Q, R> {}

    /** By whoever dropped the connection, once; all of its requests have been failed. */
    record Lost<Q, R>(Connection<Q, R> connection) implements MemberMessage<Q, R> {}

    /** By whoever took the connection out of the registry, for a time. */
    record Ejected<Q, R>(Connection<Q, R> connection, Duration time) implements MemberMessage<Q, R> {}

    /** By who keeps the size of the pool: it is one too many. */
    record Drain<Q, R>() implements MemberMessage<Q, R> {}

    /** By whoever ended the last request of a connection that is drained. */
    record Drained<Q, R>() implements MemberMessage<Q, R> {}
}

package dev.selvage.pool.routing;

/** What the process of a member is told. */
sealed interface MemberMessage<Q, R> permits MemberMessage.Connected, MemberMessage.Lost, Request {

    /** By the connection's reader: it has a transport. */
    record Connected<Q, R>(Connection<Q, R> connection) implements MemberMessage<Q, R> {}

    /** By whoever dropped the connection, once; all of its requests have been failed. */
    record Lost<Q, R>(Connection<Q, R> connection) implements MemberMessage<Q, R> {}
}

package dev.selvage.demo.sync;

/**
 * One line of the event file: something changed at a user, so that user is to be synced.
 *
 * @param line the number of the line, from 1; it names the event
 * @param user the user's id, the key that no two workers may hold at once
 * @param change what changed
 */
record SyncEvent(long line, String user, String change) {}

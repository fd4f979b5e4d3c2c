/**
 * Two engines of the arbiter that need no server. {@code file}: one record file per domain in a directory that all hosts
 * share (one machine, or a shared file system with working locks). {@code manual}: every host keeps its own records and
 * an operator says which of two hosts goes on.
 *
 * <p>A record is replaced as a whole: written to a temporary file, synced, renamed, and the directory synced, all under
 * a lock of its own file. So a reader sees the old record or the new one, and a crash leaves at worst a temporary file
 * that the next writer overwrites.
 */
package org.kemari.arbiterlocal.internal;

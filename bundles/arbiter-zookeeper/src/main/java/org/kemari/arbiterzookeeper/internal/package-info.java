/**
 * The arbiter's engine {@code zookeeper}, and a server of its own for a witness host.
 *
 * <p>A record is the data of one znode, {@code <root>/<domain>}. It is changed by {@code setData} with the version at
 * which the expected record was read, or by {@code create}: the ensemble's quorum decides, and of two hosts that ask for
 * the same generation at most one is told yes. What that rests on is that a znode is never removed while hosts use it:
 * with a new znode, versions begin again.
 *
 * <p>What is read is used only to find that version. A record that is not the expected one is believed only after a write
 * that changes nothing has gone through the quorum on the same session: a mere read may come from a server that has
 * fallen behind, and {@code sync} can be answered by a leader that does not know yet that it is none any more.
 *
 * <p>A session is given up as soon as its connection ends or a request on it is late, and another one is opened with the
 * next server. So the client library never sends again, or later, what it was once given, and its own waits between two
 * attempts (up to a second) are not ours. Nothing here hangs on the life of a session.
 */
package org.kemari.arbiterzookeeper.internal;

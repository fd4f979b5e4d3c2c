/**
 * Connections between hosts.
 *
 * <p>A connection begins with TLS 1.3, if {@code security = tls}: both sides show a certificate that a CA of the trust
 * store has signed. Nothing is resumed from earlier connections, so that every one is held to the stores as they are now.
 * Then the caller says in a {@link org.kemari.link.internal.Preamble} who it is, whom it wants and for what; its name must
 * be in its certificate, and the one it wants must be in the certificate of the other end, which it has checked before it
 * said anything. The answer is a {@link org.kemari.link.internal.PreambleReply}. Until then a caller is a stranger: their
 * number is bounded, and so is their time.
 *
 * <p>TLS tells the other end little about a refusal. Therefore each host looks at its own certificate before it blames
 * the other, whoever talks in clear text to TLS, or the other way round, is answered in words, and all that can be said
 * after the handshake is said in the reply. Everything is logged once per host and cause.
 *
 * <p>To a peer there may be several paths. Their TCP connections race, with a head start for the one that worked last;
 * what comes after the TCP connection is done on one path at a time, so that the other end sees one caller.
 *
 * <p>The engine is Java's. It is slow until the compiler has been at it, so it is exercised when the bundle starts. Keys
 * are changed by it after 137 GB; a link's reader and writer cope with that as it comes.
 */
package org.kemari.link.internal;

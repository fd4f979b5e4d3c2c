/**
 * What a host finds when it looks at itself, once a second, on a thread of its own: the arbiter, its peers' paths, its
 * guests and their devices, its memory and its state directory.
 *
 * <p>A {@link org.kemari.health.internal.checks.Source} looks, and the judgement is in plain classes that are told what was
 * seen and when. Times are those that the checks have <em>observed</em>: when this host was stopped for a minute, nothing
 * has been standing still for a minute that anybody has seen.
 *
 * <p>What cannot be told from outside is not claimed: a guest whose kernel spins looks like a busy one.
 */
package org.kemari.health.internal.checks;

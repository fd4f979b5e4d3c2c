/**
 * Runs Spin on the model of the arbiter protocol ({@code src/main/promela/kemari.pml}): the model as it is must survive an
 * exhaustive search, and every broken variant of it must not.
 */
package org.kemari.itests.model;

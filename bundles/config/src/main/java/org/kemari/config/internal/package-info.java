/**
 * Configuration. Host settings come from the configuration {@code org.kemari.host}; domain definitions from files read
 * with Commons Configuration, whose {@code read()} is used directly because its builders look for classes through the
 * thread's context class loader, which is wrong or absent inside OSGi.
 *
 * <p>{@link org.kemari.config.internal.DefinitionFile} reads a file into a tree,
 * {@link org.kemari.config.internal.DefinitionParser} makes a definition of the tree and collects every problem on the
 * way, {@link org.kemari.config.internal.DomainDirectory} keeps what is in force.
 */
package org.kemari.config.internal;

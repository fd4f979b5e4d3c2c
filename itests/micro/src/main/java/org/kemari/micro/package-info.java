/**
 * Benchmarks of the inner loops, by JMH: what a request costs in the rings, what a page costs to be found and copied, what
 * a message costs to be written and read. Each says how many bytes of heap one operation takes, which is to be none where
 * it is done for each request or page.
 */
package org.kemari.micro;

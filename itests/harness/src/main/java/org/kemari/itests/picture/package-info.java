/** Pictures for the documentation, taken of real programs that look at a real host. */
package org.kemari.itests.picture;

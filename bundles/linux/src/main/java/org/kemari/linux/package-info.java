/**
 * The one doorway to the Linux kernel: descriptors, memory maps, files, unix sockets, events, page tracking, TAP devices.
 *
 * <p>Everything native stays behind this package: no type of JNA and no raw structure leaves it. Each object owns what it
 * holds and gives it back in {@code close()}, which can be called by any thread and more than once; a descriptor that
 * another thread is using at that moment is closed when that use ends, so that its number is never reused under it. Errors
 * of the kernel are {@link org.kemari.linux.LinuxException}s that name the call and the object.
 *
 * <p>Memory is different: {@link org.kemari.linux.NativeMemory} is read and written without any lock, so its owner must
 * close it only when nobody uses it any more.
 */
@Export
@Version("1.0.0")
package org.kemari.linux;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

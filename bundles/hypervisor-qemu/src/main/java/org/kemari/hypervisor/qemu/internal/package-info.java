/**
 * QEMU as the hypervisor.
 *
 * <p>A virtual machine is an ordinary process of the distribution's QEMU that outlives this JVM, and is steered through
 * its monitor (QMP). Three choices carry this package:
 *
 * <ul>
 *   <li>The guest's memory is a file on a tmpfs which other parts map, and which is never sent by QEMU itself. Only the
 *       device state is QEMU's business: saved with {@code xen-save-devices-state}, which despite its name works on every
 *       machine type, and loaded with {@code migrate-incoming}.
 *   <li>What QEMU can do is asked of QEMU (commands, machines, devices over QMP), never concluded from its version.
 *   <li>Whether KVM runs guests is found out by running one: see {@link
 *       org.kemari.hypervisor.qemu.internal.AcceleratorProbe}.
 * </ul>
 */
package org.kemari.hypervisor.qemu.internal;

package org.kemari.api.hypervisor;

/** How a virtual machine begins. */
public enum LaunchMode {
    /** The guest boots, paused until {@link VirtualMachine#resume}. */
    BOOT,
    /** It waits for {@link VirtualMachine#loadDeviceState} and does not touch its RAM meanwhile (once ready). */
    INCOMING,
    /** As {@link #INCOMING}, with the RAM file that {@link VirtualMachine#retire} has left behind. */
    INCOMING_RETAINED
}

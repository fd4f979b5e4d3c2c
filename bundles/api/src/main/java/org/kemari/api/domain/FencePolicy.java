package org.kemari.api.domain;

/** Whether the old primary must have been fenced before a takeover executes anything. */
public enum FencePolicy {
    /** If the host has a fence command and the domain has a shared disk that the guest may write. */
    AUTO,
    /** Always; without a fence command on the host a takeover waits for an operator. */
    ALWAYS,
    /** Never: the arbiter's record is enough. */
    NEVER
}

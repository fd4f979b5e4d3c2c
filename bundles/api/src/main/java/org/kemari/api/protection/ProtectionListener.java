package org.kemari.api.protection;

/** Told of every change of a domain's role or state; register as a service. Called in order; return at once. */
public interface ProtectionListener {
    /**
     * @param before the status before
     * @param now the status now; state, role or generation differ
     */
    void domainChanged(DomainStatus before, DomainStatus now);
}

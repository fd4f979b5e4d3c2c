package org.kemari.api.tap;

/** Told what happens in a tap. Called on the tap's threads; return at once. */
public interface TapListener {
    /** There is at least one held output that no checkpoint has been prepared for. Called once until the next prepare. */
    void outputHeld();

    /**
     * A device is out of order: the guest broke the protocol, or the disk failed.
     *
     * @param device its id
     * @param reason for people
     */
    void deviceBroken(String device, String reason);

    /**
     * A disk failed a request while {@link DomainTap#keepFailed} was on. The request stays uncompleted: told for the first
     * one.
     *
     * @param device its id
     * @param reason for people
     */
    default void diskFailed(String device, String reason) {}
}

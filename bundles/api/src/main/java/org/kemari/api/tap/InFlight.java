package org.kemari.api.tap;

/**
 * A request taken from its ring and not completed.
 *
 * @param head index of its first descriptor, 0 to 32767
 * @param sequence number of the request within its device, growing in the order in which requests were taken from the
 *     rings; starts again at 1 when the device is reset, with a new {@link DeviceSnapshot#incarnation}
 */
public record InFlight(int head, long sequence) {}

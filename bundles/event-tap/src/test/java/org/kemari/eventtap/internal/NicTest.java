package org.kemari.eventtap.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NicTest {
    /** A bridge takes the lowest address of its ports: that must not be a guest's device. */
    @Test
    void theDevicesOwnAddressIsHigherThanThoseOfCards() {
        byte[] guest = {0x52, 0x54, 0x00, 0x11, 0x22, 0x33};
        assertThat(Nic.highest(guest)).containsExactly(0xfe, 0xff, 0x00, 0x11, 0x22, 0x33);
        assertThat(guest[0]).isEqualTo((byte) 0x52);
    }
}

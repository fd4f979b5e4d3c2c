package org.kemari.linux.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessMappingsTest {
    private static final List<String> LINES = List.of(
            "5581f6a00000-5581f6a01000 r--p 00000000 fe:01 1234   /usr/bin/qemu",
            "7f0000000000-7f0080000000 rw-s 00000000 00:1b 42     /dev/shm/a guest.ram",
            "7f0080000000-7f00c0000000 rw-s 80000000 00:1b 42     /dev/shm/a guest.ram (deleted)",
            "7f1000000000-7f1000001000 rw-p 00000000 00:1b 42     /dev/shm/a guest.ram",
            "7f2000000000-7f2000001000 rw-s 00000000 00:1c 42     /hugepages/other",
            "7f3000000000-7f3000001000 rw-s 00000000 00:1b 421    /dev/shm/b",
            "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]");

    @Test
    void findsTheSharedMappingsOfOneFileWithTheirOffsets() {
        assertThat(ProcessMappings.parse(LINES, 0x1b, 42))
                .containsExactly(
                        new ProcessMappings.Mapping(0x7f0000000000L, 0x7f0080000000L, 0),
                        new ProcessMappings.Mapping(0x7f0080000000L, 0x7f00c0000000L, 0x80000000L));
    }

    @Test
    void largeDeviceNumbersAreSplitAsTheKernelPrintsThem() {
        // makedev(0xfe, 0x12345) as in <sys/sysmacros.h>
        long device = 0xfeL << 8 | 0x45 | 0x12300L << 12;
        assertThat(ProcessMappings.parse(List.of("1000-2000 rw-s 00003000 fe:12345 7 /x"), device, 7))
                .containsExactly(new ProcessMappings.Mapping(0x1000, 0x2000, 0x3000));
        assertThat(ProcessMappings.parse(LINES, 0x1b, 43)).isEmpty();
    }
}

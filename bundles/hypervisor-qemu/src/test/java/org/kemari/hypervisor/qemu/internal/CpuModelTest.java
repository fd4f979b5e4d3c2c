package org.kemari.hypervisor.qemu.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CpuModelTest {
    private static final List<String> HOST = List.of(
            "processor\t: 0",
            "vendor_id\t: A",
            "model name\t: Fast CPU",
            "cpu MHz\t\t: 2596.1",
            "flags\t\t: fpu sse",
            "",
            "processor\t: 1",
            "flags\t\t: fpu");

    @Test
    void defaultsFollowTheAccelerator() {
        assertThat(CpuModel.of("", "tcg").model()).isEqualTo("qemu64");
        assertThat(CpuModel.of("", "kvm").model()).isEqualTo("host");
        assertThat(CpuModel.of("EPYC,+x", "kvm").identity(HOST)).isEqualTo("EPYC,+x");
        assertThat(CpuModel.of("max", "tcg").identity(HOST)).isEqualTo("max");
    }

    @Test
    void passedThroughCpusAreToldApartByWhatTheGuestSees() {
        CpuModel host = CpuModel.of("", "kvm");
        List<String> otherSpeed =
                HOST.stream().map(s -> s.replace("2596.1", "1")).toList();
        List<String> otherFlags =
                HOST.stream().map(s -> s.replace("fpu sse", "fpu")).toList();
        assertThat(host.identity(HOST)).startsWith("host (Fast CPU, features ").isEqualTo(host.identity(otherSpeed));
        assertThat(host.identity(otherFlags)).isNotEqualTo(host.identity(HOST));
        assertThat(CpuModel.of("host,-sse", "kvm").identity(HOST)).contains("Fast CPU");
    }
}

package org.kemari.link.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ./kemari certs} makes is what a host takes. */
@Timeout(300)
class CertsCommandTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private record Result(int status, String text) {}

    private Result certs(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(
                Path.of("../../config/bin/certs").toAbsolutePath().normalize().toString());
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Result(process.exitValue(), text);
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void makesAGroupOfHostsThatTrustEachOther() throws Exception {
        String ca = directory.resolve("my ca").toString();
        assertThat(certs("host", ca, "west").text()).contains("make one with ./kemari certs init");
        assertThat(certs("init", ca).status()).isZero();
        assertThat(certs("init", ca).text()).contains("left as it is");
        assertThat(certs("host", ca, "west").text()).contains("etc/kemari/tls of host west");
        Path chosen = Files.writeString(directory.resolve("chosen"), "a password of mine\n");
        assertThat(certs("host", ca, "east_1", "--password-file", chosen.toString(), "--days", "30")
                        .status())
                .isZero();
        assertThat(certs("host", ca, "../evil").status()).isNotZero();
        // what has no dot could be another host
        assertThat(certs("host", ca, "evil", "--also", "127.0.0.1,east_1").text())
                .contains("not east_1");
        assertThat(Path.of(ca, "evil")).doesNotExist();

        Path west = Path.of(ca, "west");
        Path east = Path.of(ca, "east_1");
        assertThat(mode(Path.of(ca, "ca-key.p12"))).isEqualTo("rw-------");
        assertThat(mode(Path.of(ca, "ca-password"))).isEqualTo("rw-------");
        assertThat(mode(west)).isEqualTo("rwx------");
        assertThat(mode(west.resolve("host.p12"))).isEqualTo("rw-------");
        assertThat(Files.readString(east.resolve("password"))).isEqualTo("a password of mine\n");

        String before = Files.readString(west.resolve("password"));
        byte[] store = Files.readAllBytes(west.resolve("host.p12"));
        assertThat(certs("host", ca, "west").text()).contains("left as it is");
        assertThat(Files.readAllBytes(west.resolve("host.p12"))).isEqualTo(store);
        assertThat(certs("init", ca, "--renew").status()).isZero();
        // west is renewed under the CA's new certificate, east still trusts the old one
        assertThat(certs("host", ca, "west", "--renew", "--also", "10.0.0.1,fd00::1", "--also", "west.example.org")
                        .status())
                .isZero();
        assertThat(Files.readAllBytes(west.resolve("host.p12"))).isNotEqualTo(store);
        assertThat(Files.readString(west.resolve("password"))).isEqualTo(before);
        try (var files = Files.list(Path.of(ca))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("ca-key.p12", "ca-password", "ca.pem", "west", "east_1");
        }

        try (TlsSecurity westSide = security("west", west);
                TlsSecurity eastSide = security("east_1", east);
                Fixture fixture = new Fixture(PATIENCE, 4, westSide, "east_1")) {
            fixture.acceptors.put("echo", link -> {});
            fixture.caller("east_1", eastSide).connect("west", "echo", PATIENCE).close();
        }
    }

    private static TlsSecurity security(String host, Path stores) {
        return new TlsSecurity(host, Authority.settings(stores), Duration.ofSeconds(1), Duration.ZERO);
    }
}

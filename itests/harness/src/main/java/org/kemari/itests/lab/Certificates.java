package org.kemari.itests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The certificates of the hosts in laboratories, made with {@code ./kemari certs}. Making them takes seconds, so they are
 * kept in the project's {@code target} directory for the laboratories to come.
 */
public final class Certificates {
    private static final String DAYS = "3650";

    private final Path root;
    private final Path authority;

    /** Of the CA that all laboratories share. */
    public Certificates(Path root) {
        this(root, root.resolve("target/lab-certificates"));
    }

    /**
     * Of a CA of one's own.
     *
     * @param root the project
     * @param authority directory of the CA; it is made if it is not there
     */
    public Certificates(Path root, Path authority) {
        this.root = root;
        this.authority = authority;
    }

    /** Puts what a host needs into its etc directory. */
    public void give(String host, Path etc) throws IOException {
        Path made = host(host);
        Path tls = etc.resolve("kemari/tls");
        Files.createDirectories(tls);
        for (String file : List.of("password", "ca.p12", "host.p12")) {
            Files.copy(made.resolve(file), tls.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** The directory with a host's stores. */
    private Path host(String name) {
        try {
            Path lock = root.resolve("target/.lab-certificates");
            Files.createDirectories(lock.getParent());
            try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock held = channel.lock()) {
                if (held.isValid() && !Files.exists(authority.resolve("ca.pem"))) {
                    Lab.deleteTree(authority);
                    run("init", authority.toString());
                }
                Path host = authority.resolve(name);
                if (!Files.exists(host)) {
                    run("host", authority.toString(), name);
                }
                return host;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run(String... words) {
        List<String> command = new ArrayList<>(List.of(root.resolve("kemari").toString(), "certs"));
        command.addAll(List.of(words));
        command.addAll(List.of("--days", DAYS));
        Shell.run(command);
    }
}

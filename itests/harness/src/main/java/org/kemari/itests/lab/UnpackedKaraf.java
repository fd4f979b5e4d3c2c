package org.kemari.itests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

/**
 * A Karaf as an operator unpacks it, started by its own {@code bin/karaf}, alone in the network of the laboratory. What it
 * writes below {@code /var/lib} and {@code /run} is its own and ends with it, so that settings may stay as they are
 * shipped.
 */
public final class UnpackedKaraf implements AutoCloseable {
    private static final String ADDRESS = "127.0.0.1";
    private static final Duration BOOT_PATIENCE = Duration.ofSeconds(120);
    private static final Duration END_PATIENCE = Duration.ofSeconds(30);
    private static final String WITH_OWN_STATE =
            "mount -t tmpfs tmpfs /var/lib && mount -t tmpfs tmpfs /run && exec \"$@\"";

    private final Path home;
    private Process process;
    private HostConsole console;

    private UnpackedKaraf(Path home) {
        this.home = home;
    }

    /** Unpacks a tar.gz, whose files are in one directory, and lets the console's user in. */
    public static UnpackedKaraf unpack(Lab lab, String name, Path tarball) {
        Path home = lab.workspace().resolve(name);
        try {
            Files.createDirectories(home);
            Shell.run(List.of("tar", "-xzf", tarball.toString(), "-C", home.toString(), "--strip-components=1"));
            Files.writeString(
                    home.resolve("etc/users.properties"),
                    "\n" + HostConsole.USER + " = " + HostConsole.PASSWORD + ",_g_:admingroup\n"
                            + "_g_\\:admingroup = group,admin,manager,viewer,systembundles,ssh\n",
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lab.closeLater(new UnpackedKaraf(home));
    }

    /** Where it is. */
    public Path home() {
        return home;
    }

    public Path etc() {
        return home.resolve("etc");
    }

    /** Begins to start it. */
    public void launch() {
        try {
            ProcessBuilder builder = new ProcessBuilder(
                            "unshare", "--mount", "--", "sh", "-c", WITH_OWN_STATE, "sh", "bin/karaf", "daemon")
                    .directory(home.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(home.resolve("console.log").toFile());
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            process = builder.start();
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it and waits until its console can be connected. */
    public UnpackedKaraf start() throws TimeoutException {
        launch();
        Await.until(home + " is up", BOOT_PATIENCE, () -> {
            if (!process.isAlive()) {
                throw new Await.AbortWaiting("it has ended: " + Files.readString(home.resolve("console.log")));
            }
            console = HostConsole.connectToDefaults(ADDRESS);
            return true;
        });
        return this;
    }

    /** Its console, once it has been started. */
    public HostConsole console() {
        return console;
    }

    /** Where its sockets listen: address:port, one for each. */
    public List<String> listening() {
        String mine = "pid=" + process.pid() + ",";
        return Shell.run("ss -ltnpH")
                .lines()
                .filter(line -> line.contains(mine))
                .map(line -> line.split("\\s+")[3])
                .toList();
    }

    /** Ends it by its own {@code bin/stop}, and returns its exit status. */
    public int stop() throws TimeoutException {
        // the laboratory's own would be a script that makes another one
        Shell.run(List.of(
                "env",
                "JAVA_HOME=" + System.getProperty("java.home"),
                home.resolve("bin/stop").toString()));
        Await.until(home + " has ended", END_PATIENCE, () -> !process.isAlive());
        return process.exitValue();
    }

    /** Copies what it has logged into a directory. */
    public void saveLog(Path into) {
        try {
            Files.createDirectories(into);
            Files.copy(
                    home.resolve("data/log/karaf.log"),
                    into.resolve(home.getFileName() + ".log"),
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (process == null) {
            return;
        }
        if (console != null) {
            console.forget();
        }
        process.destroyForcibly();
        try {
            Await.until(home + " has ended", END_PATIENCE, () -> !process.isAlive());
        } catch (TimeoutException e) {
            System.err.println("kemari: " + e.getMessage());
        }
    }
}
